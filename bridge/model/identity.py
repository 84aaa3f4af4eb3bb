"""A person's identity: what kind of name they are known by, and that name in its one spelling. Reads no raw text.

`hygiene.identities` makes them from scraped or typed text, and finds all identities of a lead.
"""

from typing import Final, Literal, get_args

from bridge.lazy import dataclass

Kind = Literal["email", "x", "linkedin"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Identity:
    """One name of a person. `value` is canonical for its kind: two spellings of one name are equal.

    The value of `email` is the key of the person behind an address; it is not always an address to send to.
    """

    kind: Kind
    value: str

    def __str__(self) -> str:
        """The typed key, as people read and write it: "email:jane@example.com", "x:jane"."""
        return f"{self.kind}:{self.value}"

    @property
    def key(self) -> str:
        """The key in the ledger. An e-mail address has no prefix there: docs/architecture.md says why."""
        return self.value if self.kind == "email" else str(self)

    @staticmethod
    def parse(key: str) -> "Identity":
        """The identity behind a typed key or a key of the ledger. Raises ValueError for any other text."""
        kind, colon, value = key.partition(":")
        if colon and value and kind in KINDS:
            return Identity(kind, value)
        if "@" in key and not colon:
            return Identity("email", key)
        raise ValueError("not the key of an identity")
