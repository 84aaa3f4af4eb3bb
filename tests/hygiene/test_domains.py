"""What kind of mailbox an address is."""

import pytest
from disposable_email_domains import blocklist
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hygiene import domains
from bridge.hygiene.domains import Mailbox
from bridge.hygiene.wordlists import words
from tests.hygiene.hostile import locals_


@pytest.mark.parametrize("domain", ["gmail.com", "googlemail.com", "web.de", "outlook.fr", "yahoo.co.uk", "qq.com"])
def test_large_mailbox_providers_are_free_mail(domain):
    """People share these domains, so they say nothing of a company."""
    assert domains.domain(domain) is domains.Domain.FREE_MAIL


@pytest.mark.parametrize("domain", ["example.com", "mail.gmail.com", "gmail.example", ""])
def test_other_domains_are_not_free_mail(domain):
    """Neither a company's domain nor a subdomain of a provider is shared."""
    assert domains.domain(domain) is not domains.Domain.FREE_MAIL


@pytest.mark.parametrize("domain", ["mailinator.com", "yopmail.com", "inbox.mailinator.com", "a.b.yopmail.com"])
def test_throw_away_domains_and_their_subdomains_are_disposable(domain):
    """A parent on the list is enough."""
    assert domains.is_disposable(domain)
    assert domains.domain(domain) is not domains.Domain.RELAY


@pytest.mark.parametrize(
    "domain", ["duck.com", "privaterelay.appleid.com", "mozmail.com", "x.mozmail.com", "simplelogin.com", "anonaddy.me"]
)
def test_relays_are_known_and_count_as_disposable(domain):
    """The package lacks them (instantly.md pitfall 36)."""
    assert domains.domain(domain) is domains.Domain.RELAY
    assert domains.is_disposable(domain)


@pytest.mark.parametrize("domain", ["example.com", "shop.example", "appleid.com", "com", ""])
def test_ordinary_domains_are_neither(domain):
    """A parent of a relay is no relay."""
    assert not domains.is_disposable(domain)
    assert domains.domain(domain) is not domains.Domain.RELAY


def test_no_free_mail_domain_is_called_disposable():
    """The two lists would contradict each other, and most creators would be held."""
    assert not words("free_mail") & blocklist
    assert not [domain for domain in words("free_mail") if domains.is_disposable(domain)]


@given(st.one_of(locals_, st.from_regex(r"(no|do)?[._-]?(not)?[._-]?(reply|mail|info|team|jane)[._+-]?[0-9a-z]{0,4}")))
@settings(deadline=None, max_examples=300)
def test_no_mailbox_that_is_never_answered_slips_through(local):
    """Never answered goes before role; the hints before the search let nothing slip."""
    mailbox = local.partition("+")[0]
    assert domains.mailbox(local) is Mailbox.NO_REPLY or not domains._NO_REPLY.search(mailbox)


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", domains.Domain.FREE_MAIL),
        ("gmial.com", domains.Domain.TYPO),
        ("mailinator.com", domains.Domain.THROW_AWAY),
        ("x.mailinator.com", domains.Domain.THROW_AWAY),
        ("privaterelay.appleid.com", domains.Domain.RELAY),
        ("x.mozmail.com", domains.Domain.RELAY),
        ("studio.example", domains.Domain.OTHER),
    ],
)
def test_a_domain_has_one_kind(domain, kind):
    """The one that matters most to a sender."""
    assert domains.domain(domain) is kind


# fmt: off
ROLES = [
    "info", "info2", "sales", "contact", "contact.us", "hello", "support", "booking-uk", "bookings", "mgmt", "pr",
    "management", "press", "biz", "business", "collabs", "inquiries", "enquiries", "marketing", "the.team",
    "workwithus", "businessenquiries", "pressinquiries", "direccion", "comercial", "parcerias", "work-with-us",
    "work.with.me",
    "bookingteam", "salesteam2", "officialbooking", "brandpartners", "collabswithus", "generalinquiries",
    "pressandmedia", "bizinquiries", "businessmail", "musicmanagement", "partenariats", "accueil", "zusammenarbeit",
    "iletisim", "isbirligi", "wspolpraca", "kerjasama", "lienhe", "samarbete", "yhteistyo", "direzione", "spoluprace",
    "ugyfelszolgalat", "colaborari", "suradnja", "samenwerking", "sotrudnichestvo", "epikoinonia", "kundeservice",
    "contrataciones", "atencionalcliente", "ventas", "assessoria", "orcamentos", "geschaeftsleitung",
    "talentmanagement",
    "bookingsjane", "pressejane", "contactjane", "rekrutacja", "rezervacija", "rekrytointi", "prenotazioni", "buchung",
    "team_1", "info+jane", "customer.service", "kontakt", "office-berlin", "admin", "webmaster", "information",
]
# fmt: on


@pytest.mark.parametrize("local", ROLES)
def test_mailboxes_of_a_function_are_roles(local):
    """Numbers, separators and tags do not hide a role."""
    assert domains.mailbox(local) is Mailbox.ROLE


@pytest.mark.parametrize(
    "local",
    [
        "prestonpr",
        "information.jane",
        "jane",
        "jane.business",
        "pr1ncess",
        "infojane",
        "hello.jane",
        "art",
        "",
        "pressman",
        "janebusiness",
        "salesman",
        "jobson",
        "ugc.jane",
        "comerford",
        "direkova",
        "medina",
        "promovera",
        "shoppe",
        "teamo",
        "studioanna",
        "janestudio",
        "musicjane",
        "boardman",
        "helpmann",
        "bookjane",
        "workingjane",
        "salome",
        "hrvoje",
    ],
)
def test_mailboxes_of_a_person_are_no_roles(local):
    """A role word inside a name, or after it, does not make the mailbox a function's."""
    assert domains.mailbox(local) is not Mailbox.ROLE


# fmt: off
UNANSWERED = [
    "noreply", "no-reply", "no_reply2", "no.reply", "donotreply", "do-not-reply", "dont-reply", "mailer-daemon",
    "postmaster", "abuse", "bounce", "bounces-17", "hostmaster", "root", "spam", "booking-noreply", "noreply+x",
]
# fmt: on


@pytest.mark.parametrize("local", UNANSWERED)
def test_mailboxes_no_one_reads_are_known(local):
    """These are always held."""
    assert domains.mailbox(local) is Mailbox.NO_REPLY


@pytest.mark.parametrize(
    "local", ["jane", "casinoreply", "spamela", "rooter", "jane.root", "abused", "reply", "noah", "donotello", ""]
)
def test_mailboxes_of_people_are_not_among_them(local):
    """Whole words only: an address held here could never be allowed."""
    assert domains.mailbox(local) is not Mailbox.NO_REPLY


def test_no_given_name_and_no_surname_is_a_compound_of_role_words():
    """Role words written together make no name of a person that the lists know."""
    for name in sorted(words("given_names") | words("surnames")):
        assert not (len(name) >= 7 and domains._is_compound(name)) or name in words("role"), name


@pytest.mark.parametrize("local", ["a" * 64, "prmeinto" * 8, "." * 64, "a." * 32, "-" * 64 + "1", "no." * 21, "1" * 64])
def test_long_local_parts_are_judged_too(local):
    """No local part of legal length makes a judgement slow or fail."""
    assert domains.mailbox(local) is not Mailbox.ROLE
    assert domains.mailbox(local) is not Mailbox.NO_REPLY


# fmt: off
LISTS = [
    "free_mail", "relay", "role", "role_alone", "no_reply", "no_profile", "typo_domains", "link_in_bio", "trackers",
]
# fmt: on


@pytest.mark.parametrize("name", LISTS)
def test_word_lists_are_clean(name):
    """Every entry is as the code compares it: lower case, ASCII, no space at its ends."""
    assert len(words(name)) > 30
    assert all(word.isascii() and word == word.lower().strip() for word in words(name))
