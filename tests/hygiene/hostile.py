"""Texts as scraping and ill will bring them, for Hypothesis: the properties of hygiene must hold for all of them."""

from hypothesis import strategies as st

# fmt: off
CODE = [
    "{{", "}}", "{%", "%}", "{", "}", "|", "<", ">", "<b>", "</b>", "<script>", "<!--", "&lt;", "&#60;", "&#x7b;",
    "&amp;", "&amp;lt;", "&lbrace;", "&lbrace\u037e", "&verbar;", "&", ";", "#", "lt", "amp", "123", "%7B", "%257B",
    "｛", "｝", "｜", "＜", "＞", "﹛", "﹜", "﹤", "﹥", "︷", "≮", "≯", "＆", "﹠", "＃", "；", "ｌｔ",
]
EDGES = ["=", "@", "+", "-", "＝", "＠", "＋", "－", "﹢", "⁺", "≠", "\t", "\r", "\n", "\\n", "\\", "'", '"']
UNSEEN = [
    "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\u2028", "\u2029", "\u0085", "\v", "\f",
    "\x00", "\x1b", "\ud800", "\udfff", "\ue000", "\uffff", "\U0010ffff", "\u0378", "\u00a0", "\u3000", "\u3164",
]
LETTERS = [
    "a", "null", "None", "NaN", "jane", "Ä", "e\u0301", "\u0301", "\u0338", "👩‍👩‍👧", "🏽", "\ufe0f", " ", "  ",
    "İ", "ﷺ", "שלום",
]
# fmt: on

hostile_texts = st.lists(
    st.one_of(st.sampled_from(CODE + EDGES + UNSEEN + LETTERS), st.text(max_size=4)), max_size=14
).map("".join)
"""Short texts dense with what acts, hides, combines or starts a formula."""

locals_ = st.from_regex(r"[A-Za-z0-9_+\-!#$%&'/=?^~]{1,12}(\.[A-Za-z0-9_+-]{1,8}){0,2}", fullmatch=True)
domains_ = st.from_regex(
    r"([A-Za-z0-9]{1,10}\.){1,2}(com|Example|test|de)|gmail\.com|GoogleMail\.com|b[üu]cher\.example", fullmatch=True
)
addresses = st.builds("{}@{}".format, locals_, domains_)
"""Address-shaped texts, most of them well-formed."""
