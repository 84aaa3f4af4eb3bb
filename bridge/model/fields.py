"""What goes out with an address. Decides nothing.

A msgspec value: it is made, stored and read back in a fifth of a dataclass's time. The package loads this module when
`Fields` is first asked for, since msgspec costs a start 10 ms.
"""

from collections.abc import Mapping

import msgspec

from bridge.model.facts import Scalar


class Fields(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What goes out with an address, neutralised and ready; "" means: not sent.

    `along` is the lead's other identity, for a target that takes two: an address, or the name of a profile.
    """

    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    job_title: str = ""
    phone: str = ""
    website: str = ""
    personalization: str = ""
    along: str = ""
    variables: Mapping[str, Scalar] = msgspec.field(default_factory=dict)

    def values(self) -> dict[str, Scalar]:
        """Everything but the other identity, by name; no variable has the name of a field."""
        return {name: getattr(self, name) for name in _EDITABLE} | dict(self.variables)

    def with_values(self, values: Mapping[str, Scalar]) -> "Fields":
        """The same with these values, "" for none."""
        custom = {**self.variables, **{name: value for name, value in values.items() if name not in _EDITABLE}}
        known = {name: str(value) for name, value in values.items() if name in _EDITABLE}
        sent = {name: value for name, value in custom.items() if value != ""}
        return msgspec.structs.replace(self, **known, variables=sent)

    def with_other(self, identity: str) -> "Fields":
        """The same with the lead's other identity along."""
        return msgspec.structs.replace(self, along=identity)


_EDITABLE = tuple(name for name in Fields.__struct_fields__ if name not in {"along", "variables"})
