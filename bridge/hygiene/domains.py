"""Says what kind of mailbox an address is: free, throw-away, relay, role, never answered. Judges only, never holds.

Takes the `local` and `domain` of an `email.Address`: lower case, ASCII. Lists stand in `lists/`; the throw-away domains
come from the package disposable-email-domains, which lacks the relays (instantly.md pitfall 36).
"""

import re
from collections.abc import Iterator
from functools import cache

from bridge.hygiene.wordlists import words

# A word, perhaps numbered, that stands alone or before a separator: "info2", "booking-uk", "the.team", "contact.us".
_FIRST_WORD = re.compile(r"(?:(?:the|our|my|your)[._-])?([a-z]+)\d*(?:[._-].*)?")
_SEPARATORS = re.compile(r"[._-]+")
_NUMBER = re.compile(r"[._-]*\d+$")
_NO_REPLY = re.compile(
    r"(?:^|[._-]|\d)(?:no[._-]?(?:reply|replies|response|answer|mail$)|(?:do|dont)[._-]?(?:not[._-]?)?(?:reply|respond|answer)"
    r"|mailer[._-]?daemon|auto[._-]?(?:reply|responder)|spam[._-]?trap|honey[._-]?pot)"
)


def is_free_mail(domain: str) -> bool:
    """Whether anyone may have a mailbox there (gmail.com, web.de, large access providers): people share the domain."""
    return domain in words("free_mail")


def is_disposable(domain: str) -> bool:
    """Whether mailboxes there are made to be thrown away, or hide the person (relays); subdomains count."""
    return any(name in _throw_away() for name in _with_parents(domain)) or is_relay(domain)


def is_relay(domain: str) -> bool:
    """Whether the domain forwards to a hidden address (duck.com, privaterelay.appleid.com); subdomains count."""
    return any(name in words("relay") for name in _with_parents(domain))


def is_role(local: str) -> bool:
    """Whether the mailbox belongs to a function rather than to a person.

    The first word decides: `booking-uk`, `info.berlin`, `press2`; a few words count only alone (`hello`, not
    `hello.jane`). A role word after a name (`jane.business`) is how one person labels a second mailbox.
    """
    mailbox = local.partition("+")[0]
    first, whole = _FIRST_WORD.fullmatch(mailbox), _squashed(mailbox)
    roles = words("role")
    return (first is not None and first[1] in roles) or whole in roles or whole in words("role_alone")


def is_no_reply(local: str) -> bool:
    """Whether nobody reads the mailbox, or it is there to catch senders (postmaster, abuse, bounces): always held."""
    mailbox = local.partition("+")[0]
    return _NO_REPLY.search(mailbox) is not None or _squashed(mailbox) in words("no_reply")


def _squashed(mailbox: str) -> str:
    return _SEPARATORS.sub("", _NUMBER.sub("", mailbox))


@cache
def _throw_away() -> frozenset[str]:
    from disposable_email_domains import blocklist  # noqa: PLC0415 - 10,000 names that only deciding needs

    return frozenset(blocklist)


def _with_parents(domain: str) -> Iterator[str]:
    """The domain and every parent that still has a dot."""
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
