"""The hash under which the ledger keeps what must not be read there. Reads no database."""

import hmac
from functools import lru_cache

KEY = "hash key"
"""The mark that holds a generated key; "" in it says that the key is BRIDGE_HASH_KEY."""

CHECK = "hash check"
"""The mark by which a wrong key is found."""

PROOF = "leadbridge"
"""The text whose hash is kept under CHECK."""

HIDDEN = "erased-"
"""What the id of an erased person's lead begins with."""


@lru_cache(maxsize=65_536)
def hashed(key: bytes, text: str) -> str:
    """What stands in the ledger in place of the text: 32 hexadecimal digits."""
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]


def hidden_id(key: bytes, source_id: str) -> str:
    """What stands in the ledger in place of the id of a lead whose person was erased."""
    return source_id if source_id.startswith(HIDDEN) else HIDDEN + hashed(key, of_id(source_id))


def of_id(source_id: str) -> str:
    """The text of an id of a lead, which is no person."""
    return f"lead {source_id}"
