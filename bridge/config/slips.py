"""Slips in the environment: a name that is nearly a variable of leadbridge, a key of another vendor. Reads no file."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
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


def refuse_swapped(prefix: str, vendor: Vendor, keys: Mapping[str, str], vendors: Iterable[Vendor]) -> None:
    """Raise ConfigProblem where the vendor's key begins as another's do, or another has the one that begins so.

    `keys` are all that are set, by the names of the vendors. Never shows more than that beginning.
    """
    for other in vendors:
        begins = next((one.begins for one in other.variables if one.begins), "")
        own = next((one.begins for one in vendor.variables if one.begins), "")
        is_theirs = begins and keys[vendor.name].startswith(begins)
        has_ours = own and not keys[vendor.name].startswith(own) and keys.get(other.name, "").startswith(own)
        if other is not vendor and (is_theirs or has_ours):
            holder, owner, sign = (vendor, other, begins) if is_theirs else (other, vendor, own)
            raise ConfigProblem(
                f"{prefix}{holder.secrets[0]} holds a key of {owner.title}: it begins with {sign}.",
                hint=f"Are two keys swapped? It belongs into {prefix}{owner.secrets[0]}; "
                f"you find {holder.title}'s key in {holder.key_at}.",
            )
