"""Instantly's template language: what is resolved, what is left open, and what is never touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destinations.foreseen import Kind
from bridge.destinations.instantly import rendering
from bridge.destinations.instantly.rendering import as_text, read_steps, remarks, render, tokens, variables_of
from bridge.model import Delivery, Fields, Place

VALUES = {"firstName": "Jane", "platform": "tiktok"}


def rendered(template, values=VALUES):
    return "".join(piece.text for piece in render(template, values))


def kinds(template, values=VALUES):
    return [(piece.kind.value, piece.text) for piece in render(template, values)]


def steps_of(*bodies, subject="Hi", **more):
    variants = [{"subject": subject, "body": body} for body in bodies]
    return read_steps({"sequences": [{"steps": [{"type": "email", "delay": 2, "variants": variants} | more]}]})


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("Hi {{firstName}}!", "Hi Jane!"),
        ("Hi {{ firstName }}!", "Hi Jane!"),
        ("Hi {{lastName|there}}!", "Hi there!"),
        ("Hi {{lastName | you two }}!", "Hi you two!"),
        ("Hi{{lastName|}}!", "Hi!"),
        ("Hi {{firstName|there}}!", "Hi Jane!"),
        ("{{platform}}{{firstName}}", "tiktokJane"),
    ],
)
def test_a_variable_takes_the_value_else_its_fallback(template, result):
    """`{{name}}` and `{{name|fallback}}`, blanks around the name or not."""
    assert rendered(template) == result


@pytest.mark.parametrize("template", ["{{lastName}}", "{{firstname}}", "{{first_name}}", "{{nobody knows}}"])
def test_what_no_one_fills_is_marked_as_a_hole(template):
    """An empty, misspelled or unknown variable without fallback stays as it stands, and is reported."""
    assert kinds(f"Hi {template}.") == [("text", "Hi "), ("hole", template), ("text", ".")]


def test_spintax_is_shown_and_its_variables_are_filled():
    """Which of the choices goes is Instantly's to say; what is inside them is ours."""
    assert kinds("{{RANDOM | Hi {{firstName|there}} | Hello }} you") == [
        ("code", "{{RANDOM |"),
        ("text", " Hi "),
        ("filled", "Jane"),
        ("text", " | Hello "),
        ("code", "}}"),
        ("text", " you"),
    ]


@pytest.mark.parametrize("code", ["{% if x %}", "{# note #}", "{{ a | b: {c} }}", "{{}}", "{{unclosed"])
def test_other_code_is_left_alone(code):
    """Liquid, odd braces and a pair that never closes are shown as they stand, marked as code."""
    assert ("code", code) in kinds(f"before {code}")


def test_the_sender_is_not_ours_to_fill():
    """Instantly fills these from the sending account: neither a hole nor a variable of the lead."""
    assert kinds("{{sendingAccountFirstName}}") == [("sender", "{{sendingAccountFirstName}}")]
    assert variables_of(steps_of("{{accountSignature}} {{firstName|x}} {{firstName}}")) == {"firstName": {"x", None}}


@given(st.text(alphabet="{}|%# aRANDOM\n<>é", max_size=60))
def test_no_template_loses_a_letter(template):
    """Whatever stands in a campaign, the parts put together give it back, and nothing raises."""
    assert "".join(token.raw for token in tokens(template)) == template


@given(st.text(max_size=40), st.text(alphabet="{}| ab", max_size=30))
def test_values_are_not_read_as_templates(value, template):
    """A lead's value is put in once: braces in it are not resolved again."""
    pieces = list(render("{{x}}" + template, {"x": value}))
    if value:
        assert pieces[0].text == value
        assert pieces[0].kind is Kind.FILLED


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hi,<br/>you<br>there", "Hi,\nyou\nthere"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("a &amp; b&nbsp;c", "a & b c"),
        ('see <a href="https://a.example">this</a>', "see this (https://a.example)"),
        ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
        ('<img alt="a cat" src="x">', "[image: a cat]"),
        ("<style>p {}</style>seen<script>alert(1)</script>", "seen"),
        ("lines\nare\nlost", "lines are lost"),
        ("{{firstName|a &amp; b}}", "{{firstName|a & b}}"),
    ],
)
def test_html_is_shown_as_its_reader_sees_it(body, text):
    """Line breaks, links with their address, images by name; neither tags nor what is never seen."""
    assert as_text(body) == text


@given(st.text(alphabet="<>/abp r=\"'&;!-{}\n", max_size=80))
def test_no_html_breaks_the_reader(body):
    """Broken markup is read as far as it goes."""
    assert isinstance(as_text(body), str)


def test_a_letter_is_rendered_in_every_variant_that_is_on():
    """A and C where B is switched off; the lead's core and custom fields by the names that texts use."""
    variants = [
        {"subject": f"{n} {{{{firstName}}}}", "body": "{{vip}} {{ghost}}", "v_disabled": n == 1} for n in range(3)
    ]
    (step,) = read_steps({"sequences": [{"steps": [{"type": "email", "delay": 1, "variants": variants}]}]})
    delivery = Delivery(
        1, "j", "j@example.com", Fields(first_name="Jane", variables={"vip": 7}), Place("i", "w", "c", "1")
    )
    letters = rendering.letters(step, delivery)
    later = rendering.following((step, step, rendering.Step((), 4.0), step), delivery)
    assert [(one.step, one.days, one.variant) for one in later] == [(2, 1.0, "A"), (4, 4.0, "A")]
    assert [letter.variant for letter in letters] == ["A", "C"]
    assert [piece.text for piece in letters[1].subject] == ["2 ", "Jane"]
    assert letters[0].holes == ("ghost",)


@pytest.mark.parametrize(
    "campaign", [{}, {"sequences": None}, {"sequences": [{}]}, {"sequences": [{"steps": [None, 3]}]}]
)
def test_a_campaign_without_texts_has_no_letters(campaign):
    """Nulls and missing keys are no mails, and no crash."""
    assert all(not step.variants for step in read_steps(campaign))


def test_delays_are_days_whatever_their_unit():
    """Hours and minutes are parts of a day, and nonsense is none."""
    assert [steps_of("x", delay=delay, delay_unit=unit)[0].delay for delay, unit in
            ((3, "days"), (12, "hours"), (1440, "minutes"), (2, None), (True, "days"), ("x", "days"), (-1, "days"))
            ] == [3, 0.5, 1, 2, 0, 0, 0]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("Hi\\nyou<br/>", "line break as \\n"),
        ("Hi\nyou", "one line"),
        ("Hi {{firstName", "not closed"),
        ("{{RANDOM | {{a}} | {{b}} }}", "more than one variable"),
    ],
)
def test_what_will_look_wrong_is_remarked(body, word):
    """Known slips of campaign texts are reported with the step they are in; a sound text draws no remark."""
    (remark,) = remarks(steps_of(body))
    assert remark.startswith("Step 1 ")
    assert word in remark
    assert remarks(steps_of("Hi {{firstName|there}},<br/>{{RANDOM | {{a}} | you }}\n")) == []
