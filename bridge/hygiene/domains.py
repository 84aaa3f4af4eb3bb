"""Says what kind of mailbox an address is: free, throw-away, relay, role, never answered. Judges only, never holds.

Takes the `local` and `domain` of an `email.Address`: lower case, ASCII. Lists stand in `lists/`; the throw-away domains
come from the package disposable-email-domains, which lacks the relays (instantly.md pitfall 36).
"""

import re
from enum import Enum, auto
from functools import cache, lru_cache

from bridge.hygiene import typos
from bridge.hygiene.wordlists import words

# A word, perhaps numbered, that stands alone or before a separator: "info2", "booking-uk", "the.team", "contact.us".
_FIRST_WORD = re.compile(r"(?:(?:the|our|my|your)[._-])?([a-z]+)\d*(?:[._-]|$)")
_DIGITS = "0123456789"
_LONG_ENOUGH = 7
_LONGEST_COMPOUND = 32
_LONGEST_ROLE = 24
_SURE_ROLE = 6  # letters of a role word that is found though a name is written on to it
_CLEAR = 4  # letters of a role word that say so in a compound: "press", not "pr" or "hr"
_NO_REPLY = re.compile(
    r"(?:^|[._-]|\d)(?:no[._-]?(?:reply|replies|response|answer|mail$)|(?:do|dont)[._-]?(?:not[._-]?)?(?:reply|respond|answer)"
    r"|mailer[._-]?daemon|auto[._-]?(?:reply|responder)|spam[._-]?trap|honey[._-]?pot)"
)
# One of these stands in whatever the expression above finds: a look for them spares most mailboxes the search.
_NO_REPLY_HINT = re.compile(r"repl|respon|answer|mail|daemon|trap|pot")


class Mailbox(Enum):
    """Whose a mailbox is, by the part before the @."""

    PERSON = auto()
    ROLE = auto()
    NO_REPLY = auto()


class Domain(Enum):
    """What a domain is to a sender. One kind each: the one that matters most."""

    OTHER = auto()
    FREE_MAIL = auto()
    THROW_AWAY = auto()
    RELAY = auto()
    TYPO = auto()


def mailbox(local: str) -> Mailbox:
    """Whose mailbox it is; one that is never read is that first."""
    if _begins_like_none(local) and not _NO_REPLY_HINT.search(local):
        return Mailbox.PERSON
    name = local.partition("+")[0] if "+" in local else local
    # Without separators, and without a number at the end.
    whole = name.rstrip(_DIGITS).replace(".", "").replace("_", "").replace("-", "")
    if whole in words("no_reply") or (_NO_REPLY_HINT.search(name) and _NO_REPLY.search(name)):
        return Mailbox.NO_REPLY
    return Mailbox.ROLE if _is_function(name, whole) else Mailbox.PERSON


def _begins_like_none(local: str) -> bool:
    """Whether no word of the lists can be its first word, nor all of it: so most mailboxes of people begin."""
    begin, known = local[:4], _beginnings()
    return begin.isalpha() and begin not in known and begin[:3] not in known and begin[:2] not in known


@cache
def _beginnings() -> frozenset[str]:
    """The first four letters of each word, or all of a shorter one."""
    known = words("no_reply") | words("role") | words("role_alone") | words("role_parts")
    return frozenset(word[:4] for word in known | {"the", "our", "my", "your"})


@lru_cache(maxsize=4_096)
def domain(name: str) -> Domain:
    """What the domain is. Throw-away domains and relays count with their subdomains."""
    if name in words("free_mail"):
        return Domain.FREE_MAIL
    if typos.is_typo(name):  # many a slip is on the list of throw-away domains too; this names the fault
        return Domain.TYPO
    names = _with_parents(name)
    if not words("relay").isdisjoint(names):
        return Domain.RELAY
    return Domain.OTHER if _throw_away().isdisjoint(names) else Domain.THROW_AWAY


def is_disposable(domain: str) -> bool:
    """Whether mailboxes there are made to be thrown away, or hide the person (relays); subdomains count."""
    names = _with_parents(domain)
    return not (_throw_away().isdisjoint(names) and words("relay").isdisjoint(names))


def _is_function(name: str, whole: str) -> bool:
    first, roles = _FIRST_WORD.match(name), words("role")
    if (first is not None and first[1] in roles) or whole in roles or whole in words("role_alone"):
        return True
    if not _LONG_ENOUGH <= len(whole) <= _LONGEST_COMPOUND:
        return False
    # How it begins and ends spares most mailboxes the closer look.
    begin, end, begin_surely = _edges()
    if whole[:_SURE_ROLE] in begin_surely and _is_before_a_name(whole):
        return True
    begins = whole[:3] in begin or whole[:2] in begin
    return begins and (whole[-3:] in end or whole[-2:] in end) and _is_compound(whole)


def _is_before_a_name(whole: str) -> bool:
    """`bookingsjane`: a role word and a given name behind it, as `bookings-jane`."""
    from bridge.hygiene.names.lists import surely  # noqa: PLC0415 - 27 ms that few mailboxes need

    roles = words("role")
    places = range(_SURE_ROLE, min(len(whole) - 2, _LONGEST_ROLE + 1))
    return any(whole[:place] in roles and surely(whole[place:]).first for place in places)


@cache
def _edges() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """How words of a compound begin and end, and how the role words begin that are found before a name."""
    known, sure = words("role") | words("role_parts"), (word for word in words("role") if len(word) >= _SURE_ROLE)
    ends = frozenset(word[-3:] for word in known)
    return frozenset(word[:3] for word in known), ends, frozenset(word[:_SURE_ROLE] for word in sure)


def _is_compound(whole: str) -> bool:
    """Whether the letters are role words and words that stand beside them, one of them a role word of some length."""
    roles, parts = words("role"), words("role_parts")
    ends: dict[int, bool] = {0: False}  # where words end, and whether a clear role word is among those before
    for start in range(len(whole)):
        if start not in ends:
            continue
        for end in range(start + 2, min(len(whole), start + _LONGEST_ROLE) + 1):
            word = whole[start:end]
            if word in roles or word in parts:
                ends[end] = ends.get(end, False) or ends[start] or (word in roles and len(word) >= _CLEAR)
    return ends.get(len(whole), False)


@cache
def _throw_away() -> frozenset[str]:
    from disposable_email_domains import blocklist  # noqa: PLC0415 - 10,000 names that only deciding needs

    return frozenset(blocklist)


def _with_parents(domain: str) -> list[str]:
    """The domain and every parent that still has a dot."""
    if domain.count(".") == 1:
        return [domain]
    names = []
    while "." in domain:
        names.append(domain)
        domain = domain.partition(".")[2]
    return names
