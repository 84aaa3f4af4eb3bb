"""The word lists from which made-up people are drawn. Holds data only; no such person exists.

Company domains end in `.example`. Real provider domains appear only where the provider is the subject (free mail,
disposable mail), always behind a local part that carries a made-up number.
"""


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _each(
    "Mia Jonas Elena Marco Sofia Liam Noah Olivia Emma Lucas Camila Mateo Aisha Omar Priya Arjun Yuki Hana Ingrid Lars "
    "Chloe Hugo Zoe Adam Nadia Ivan Katya Pavel Amara Kwame Thandi Sipho Freya Oscar Isla Ethan Grace Daniel Laura "
    "Carlos Ana Pedro Beatriz Tom Sarah James Lily Max Julia Felix Clara Anton Greta Bruno Renata Diego Paula Rafael "
    "Leila Samir"
)
FAMILY = _each(
    "Keller Brandt Rossi Moreno Silva Novak Costa Weber Fischer Laurent Dubois Moreau Jansen DeVries Larsen Nilsson "
    "Kowalski Nowak Petrov Ivanova Haddad Khan Patel Sharma Tanaka Sato Kim Park Nguyen Tran Okafor Mensah Dlamini "
    "Adeyemi Santos Oliveira Garcia Lopez Torres Ramos Murphy Walsh Hughes Clarke Bennett Hayes Brooks Foster Reid "
    "Grant Stone Vega Marin Lind Holm Berg Frost Winter Amsel Falk"
)
NICHES = (
    "fitness", "yoga", "travel", "vegan food", "skincare", "street style", "home decor", "photography", "gaming",
    "personal finance", "running", "ceramics", "parenting", "van life", "coffee", "books", "pilates", "surf",
)  # fmt: skip
BIOGRAPHIES = (
    "{niche} creator\nDM for collabs",
    "Helping you fall in love with {niche} | coach & mum of two",
    "{niche} • coffee • dogs",
    "Founder @{handle}.studio — {niche} for busy people",
    "all things {niche} ✨ new video every Friday",
    "📍 somewhere sunny | {niche} | work with me 👇",
    "{niche}, honestly.",
)
HOSTILE_BIOGRAPHIES = (
    "Love {{firstName}} {{RANDOM | hi | hello}} and {niche}",
    "{% if true %}{niche}{% endif %} {a|b|c}",
    "<b>{niche}</b><script>alert('x')</script> &lt;img src=x onerror=alert(1)&gt;",
    "=HYPERLINK(\"https://{handle}.example\",\"{niche}\")",
    "{niche}\r\n\r\nBcc: everyone@list.example\u2028second line",
    "\u202e{niche}\u202c right to left \u2066hidden\u2069 \u200bzero\u200bwidth",
    "broken \ud83d half emoji, NUL \u0000 and bell \u0007 {niche}",
    "｛｛{niche}｝｝ fullwidth ＜b＞ ﹛a｜b﹜",
    "{niche} " + "very long text without end " * 80,
    "null",
)  # fmt: skip
FOREIGN_NAMES = (
    "Анна Волкова", "محمد الفارسي", "田中 美咲", "김서연", "नेहा वर्मा", "Ελένη Παππά", "دنا כהן", "Nguyễn Thị Hoa",
)  # fmt: skip
EMOJI = ("✨", "🌿", "💪", "📸", "🏳️‍🌈", "👩‍🍳", "🇧🇷", "🔥")
COUNTRIES = ("US", "GB", "DE", "FR", "ES", "IT", "BR", "NL", "SE", "PL", "IN", "JP", "AU", "CA")
CITIES = ("Lisbon", "Berlin", "Leeds", "Austin", "Lyon", "Recife", "Malmö", "Kraków", "Pune", "Osaka")
CALLING = ("+1 (555) 01{n:02d}-1{n:02d}", "+4915555501{n:02d}", "0151 555 01{n:02d}", "+44 20 7946 0{n:03d}")

FREE_MAIL = ("gmail.com",) * 13 + ("hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "gmx.de")
DISPOSABLE = ("mailinator.com", "guerrillamail.com", "10minutemail.com")
AGENCIES = ("northlight-talent.example", "paperplane-mgmt.example", "harbor-creators.example")
ROLES = ("info", "booking", "management", "contact", "hello", "collabs", "press", "team")
NO_REPLY = ("noreply", "no-reply", "donotreply", "postmaster")
