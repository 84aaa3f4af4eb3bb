import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.templates import FIELDS, LONGEST, TemplateProblem, parse

JANE = {"username": "jane", "platform": "instagram", "first_name": ""}


def test_values_take_the_place_of_fields():
    """A sentence is put together from literal text and the values of its fields."""
    assert parse("Loved your {platform} page @{ username }!").render(JANE) == "Loved your instagram page @jane!"


@pytest.mark.parametrize("values", [{}, {"first_name": ""}])
def test_a_hole_empties_the_whole_text(values):
    """Where a field without fallback is empty or absent, nothing at all is sent."""
    assert parse("Hello {first_name}, nice page").render(values) == ""


def test_a_fallback_fills_the_hole():
    """An empty field says its fallback, and an empty fallback says that nothing is fine."""
    assert parse("Hello {first_name|there}").render(JANE) == "Hello there"
    assert parse("Hello {first_name|}!").render(JANE) == "Hello !"


def test_a_value_beats_its_fallback():
    """A fallback is not used where the field has a value."""
    assert parse("{username| someone }").render(JANE) == "jane"


def test_values_are_put_in_once():
    """Braces in a scraped value are no fields: what was put in is never read again."""
    assert parse("about {biography}").render({"biography": "{username}", "username": "jane"}) == "about {username}"


def test_the_empty_template_sends_nothing():
    """A template without text and fields renders to nothing."""
    assert parse("").render(JANE) == ""


def test_a_template_shows_its_fields():
    """The fields of a template are those it names, each once."""
    assert parse("{username} {username|x} {platform}").fields == {"username", "platform"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Hi {usernam}", "did you mean {username}?"),
        ("Hi {Followers}", "did you mean {followers}?"),
        ("Hi {qqqq}", "the fields are first_name"),
        ("Hi {}", "empty braces"),
        ("{Hi|Hello}", "names the field 'Hi'"),
        ("Hi {{firstName}}", "Instantly would run"),
        ("{% if x %}", "Instantly would run"),
        ("{username", "unmatched brace"),
        ("username}", "unmatched brace"),
        ("{a{username}b}", "unmatched brace"),
        ("{username|a|b}", "misplaced"),
        ("a | b", "misplaced"),
        ("<b>{username}</b>", "as a tag"),
        ("{username|<br>}", "as a tag"),
        ("one\ntwo", "invisible"),
        ("right\u202eleft", "invisible"),
        ("x" * (LONGEST + 1), "at most 300"),
        ("@{username}", 'starts with "@"'),
        ("{username|=1+1}", 'starts with "="'),
    ],
)
def test_a_faulty_template_is_refused(source, said):
    """What could act as code, get lost, or was mistyped is refused with the fix."""
    with pytest.raises(TemplateProblem) as caught:
        parse(source)
    assert said in str(caught.value)


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("{}|%<> @=ab\n\u202e") | st.characters(), max_size=40) | st.sampled_from(list(FIELDS)))
def test_any_text_is_read_or_refused(source):
    """Whatever an operator types either renders without braces or is a TemplateProblem."""
    try:
        template = parse(source)
    except TemplateProblem:
        return
    assert not set(template.render(dict.fromkeys(FIELDS, "v"))) & set("{}|<>\n")


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5), st.data())
def test_every_field_counts(names, data):
    """A text goes out exactly when every field it names has a value."""
    values = {name: data.draw(st.sampled_from(["", "v"]), name) for name in names}
    rendered = parse("to " + " ".join(f"{{{name}}}" for name in names)).render(values)
    assert bool(rendered) == all(values.values())
