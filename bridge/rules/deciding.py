"""Puts filters and mapping in order: one decision for one lead. Depends on nothing but its arguments.

The filters are asked in the order of HYGIENE.md section 4: address, validation, suppression, kind of address,
audience. The first that objects is the reason; where none does, the route's templates make the fields. What depends on
other leads (duplicates, the cap of a domain) is decided where they are seen together: at the claim, in the store.
"""

from collections.abc import Mapping
from dataclasses import asdict, field
from datetime import datetime
from hashlib import blake2b

from bridge.hygiene import email, identities
from bridge.lazy import dataclass
from bridge.model import Decision, Deliver, Hold, Identity, Kind, Lead, Reason, Route, Rules, SourceCampaign
from bridge.rules import filters
from bridge.rules.mapping import Mapper, mapper, templates
from bridge.templates import Template

VERSION = 2
"""Moves whenever this program decides or maps otherwise than before: stored leads are then decided again."""


@dataclass(frozen=True, slots=True)
class Decider:
    """A route's rules and templates, read once. `key` changes exactly when its decisions may."""

    rules: Rules
    core: Mapping[str, Template]
    variables: Mapping[str, Template]
    key: str
    identity: Kind
    along: Kind | None
    usernames: bool
    fields: Mapper = field(repr=False, compare=False)
    validity: filters.Validity | None = field(repr=False, compare=False)
    kind_of_address: filters.KindCheck = field(repr=False, compare=False)
    audience: tuple[filters.Check, ...] = field(repr=False, compare=False)

    def decide(
        self, lead: Lead, campaign: SourceCampaign, now: datetime, suppressed: frozenset[str] = frozenset()
    ) -> Decision:
        """Deliver with these fields, or hold for this reason. `suppressed` holds keys of identities."""
        found = email.read(lead.email) if lead.email else None
        mailbox = found if isinstance(found, email.Address) and not lead.email_masked else None
        reached = mailbox if self.identity == "email" else self._profile(lead, self.identity)
        if reached is None or lead.problem:
            return filters.unreachable(lead, self.identity, found)
        expires_at = self.validity(lead, now) if self.validity else None
        if isinstance(expires_at, Hold):
            return expires_at
        # Any identity counts, also one that this route does not use.
        if suppressed and not suppressed.isdisjoint(identities.keys(lead)):
            return Hold(Reason.SUPPRESSED)
        counted = self.kind_of_address(reached) if isinstance(reached, email.Address) else ""
        if not isinstance(counted, str):
            return counted
        for check in self.audience:
            if objection := check(lead, campaign):
                return objection
        fields = self.fields(lead, campaign, mailbox)
        if self.along:
            other = mailbox if self.along == "email" else self._profile(lead, self.along)
            fields = fields.with_other(other.value) if other else fields
        return Deliver(reached.value, fields, counted, expires_at)

    def _profile(self, lead: Lead, kind: Kind) -> Identity | None:
        return identities.of_kind(lead, kind) if self.usernames else identities.linked(lead, kind)


def decider(route: Route) -> Decider:
    """Read the route's rules and templates. Raises templates.TemplateProblem, which the configuration rules out."""
    core, custom = templates(route)
    rules = route.rules
    return Decider(
        rules,
        core,
        custom,
        _key(route),
        route.target.identity,
        route.target.along,
        route.target.usernames,
        mapper(core, custom, route.overrides),
        filters.validity(rules) if route.target.demands_validation else None,
        filters.kind_of_address(rules),
        tuple(filters.audience(rules)),
    )


def _key(route: Route) -> str:
    """What decisions depend on. The target counts: a lead that waits for another delivery may go elsewhere."""
    rules, fields, target = route.rules, route.fields, route.target
    custom = None if fields.variables is None else sorted(fields.variables.items())
    aim = (target.vendor, target.kind, target.ref, target.dedupe)
    # Who was contacted lately is looked at before the call, and by the clock.
    asking = sorted((name, value) for name, value in asdict(rules).items() if name != "recontact")
    asked = repr((VERSION, aim, asking, sorted(fields.core.items()), custom))
    if (target.identity, target.demands_validation) != ("email", True):
        asked += repr((target.identity, target.demands_validation))
    if (target.along, target.usernames) != (None, True):
        asked += repr((target.along, target.usernames))
    if route.update.fields != "never":  # switched on, it looks at every delivered lead once
        asked += repr(route.update)
    if route.overrides:
        asked += repr(sorted(route.overrides.items()))
    return blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
