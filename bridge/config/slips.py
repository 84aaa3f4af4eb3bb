"""Slips in the environment: a name that is nearly a variable of leadbridge, a key of another vendor. Reads no file."""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from bridge.config.vendor import Vendor
from bridge.errors import ConfigProblem

_ALIKE = 0.8


def misspelled(names: Iterable[str], own: Collection[str], of_clients: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each misspelled name with the one that was probably meant.

    `own` are whole names; one of `of_clients` may have a client's prefix before it. Both may end in `_FILE`. A name
    with the first word of ours, such as SCRAVIO_, is meant for leadbridge however far it is from every other.
    """
    known = {name: name for name in (*own, *of_clients)}
    words = "|".join(sorted({name.partition("_")[0] for name in known}))
    for name in names:
        found = re.search(rf"(?:^|_)((?:{words})_.*)", name, re.IGNORECASE)
        prefix, tail = (name[: found.start(1)], found[1]) if found else ("", name)
        bare = tail.removesuffix("_FILE")
        if bare in of_clients or (bare in own and not prefix):
            continue
        near = get_close_matches(bare[:60].upper(), known, n=1, cutoff=0.0 if found else _ALIKE)
        if near:
            kept = prefix if near[0] in of_clients else ""
            yield name, kept + near[0] + tail[len(bare) :]


def refuse_swapped(prefix: str, vendor: Vendor, key: str, vendors: Iterable[Vendor]) -> None:
    """Raise ConfigProblem where the key begins as another vendor's keys do. Never shows more of it."""
    for other in vendors:
        for variable in other.variables if other is not vendor else ():
            if variable.begins and key.startswith(variable.begins):
                raise ConfigProblem(
                    f"{prefix}{vendor.secrets[0]} holds a key of {other.title}: it begins with {variable.begins}.",
                    hint=f"Are two keys swapped? It belongs into {prefix}{variable.name}; "
                    f"you find {vendor.title}'s key in {vendor.key_at}.",
                )
