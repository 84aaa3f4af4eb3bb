"""An entry of the do-not-contact list as a value, and the texts by which it is found. Reads no database."""

from datetime import datetime
from functools import lru_cache

from bridge.lazy import dataclass

OPERATOR = "operator"
ERASED = "erased"
"""Origins of entries; others are `import:` and the file's name, and a vendor's `block_list`."""

_OF = "\n"  # stands in no address, domain or profile


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person or a domain not to contact. `value` is the key of an identity or a domain, "" for a hash only.

    `kind` is "address", "domain", "x" or "linkedin"; what is stored goes by the value. `client` is for whose routes
    alone it holds, "" for every client.
    """

    kind: str
    value: str
    reason: str = ""
    origin: str = OPERATOR
    workspace: str = ""
    added_at: datetime | None = None
    client: str = ""

    @property
    def text(self) -> str:
        """What its hash is made of."""
        return scoped(self.client, self.value)


def keys_of(person: str, client: str = "") -> tuple[str, ...]:
    """What suppresses this person: the key itself, an address's domain, and every parent domain but the last label.

    Each for all clients, and for this one.
    """
    _, at, domain = person.rpartition("@")
    texts = (person, *_with_parents(domain)) if at else ((person,) if person else ())
    return (*texts, *(scoped(client, text) for text in texts)) if client else texts


def scoped(client: str, text: str) -> str:
    """The text of an entry that holds for one client; for all of them it is the value itself, as it always was."""
    return f"{client}{_OF}{text}" if client else text


def kind_of(value: str) -> str:
    """The kind of an entry: that of its identity, "address" for e-mail, else "domain"."""
    kind, colon, _ = value.rpartition(_OF)[2].partition(":")
    return kind if colon else "address" if "@" in value else "domain"


@lru_cache(maxsize=16_384)
def _with_parents(domain: str) -> tuple[str, ...]:
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))
