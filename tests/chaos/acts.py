"""What a run does after a push or beside it, played like the matrix: changes of leads, moves, and paces.

Each act has a world of its own, one piece of work that goes wrong, and a judge that asks the sandbox's own record.
"""

from contextlib import suppress
from dataclasses import replace

import sqlalchemy as sa

from bridge import ledger
from bridge.errors import BridgeError
from tests.chaos.play import TWICE, Finding
from tests.chaos.process import KilledError, Process, aside, end_leases
from tests.contract.schema import ContractTransport
from tests.harness import Operator

QUIET_ROUNDS = 12


class Act:
    """One activity of one vendor, on an empty ledger. `cell` may matter for what is right in the end."""

    wanted = 0  # people that must have come to the right end
    quiet_hours = 7
    vendor = "instantly"

    def __init__(self, url, dice, cell, world):
        self.url, self.dice, self.cell = url, dice, cell
        self.operator = Operator(url, world)
        self.bad = 0  # what was seen to be wrong while it happened
        self._witness(self.vendor)

    def _witness(self, vendor):
        """Have each request that the vendor really processed seen, before and after."""
        sandbox = self.operator.sandbox
        app = sandbox.apps[vendor]

        def handle(request):
            self.before(request)
            response = app.handle(request)
            if response.status < 300:
                self.after(request)
            return response

        sandbox.apps[vendor] = replace(app, handle=handle)

    # ---------------------------------------------------------------------------------------- what each act says itself

    def before(self, request):
        """A request is about to be processed."""

    def after(self, request):
        """A request was processed, and answered well."""

    def work(self, app):
        """What the process does that everything befalls. Raises BridgeError."""
        raise NotImplementedError

    def other(self, app):
        """What a second process does meanwhile."""
        self.work(app)

    def door(self):
        """The network: requests and answers are as the vendor documents them."""
        return ContractTransport(self.operator.sandbox.transport())

    def routes(self):
        """What bridge.toml says now."""
        raise NotImplementedError

    def meanwhile(self):
        """What changes in the world between two runs."""

    def last_words(self):
        """What the operator changes once the storm is over."""

    def is_over(self):
        """Whether quiet rounds have nothing left to do."""
        raise NotImplementedError

    def results(self):
        """How many of `wanted` came to the right end; how often something happened twice; how much is wrong."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------------------ how it goes

    def run(self, process=None):
        """One process, as the command line would start it."""
        try:
            with self.operator.app(*self.routes(), transport=process or self.door()) as app:
                if process is not None:
                    process.watch(app.db)
                self.work(app)
        except BridgeError:
            pass  # said in one sentence, with the exit code 1 or 2
        except KilledError:
            end_leases(self.url)

    def second(self):
        """Another process, from its start to its end."""

        def work():
            with self.operator.app(*self.routes(), transport=self.door()) as app:
                self.other(app)

        with suppress(BridgeError):  # "busy", and the like
            aside(work)

    def calm_down(self):
        """Quiet rounds until there is nothing left to do, and one more."""
        self.last_words()
        for _ in range(QUIET_ROUNDS):
            self.operator.clock.forward(hours=self.quiet_hours)
            over = self.is_over()
            self.run()
            if over:
                return

    def finding(self, injected):
        """What the sandbox saw, and what the ledger has left open."""
        right, twice, wrong = self.results()
        return Finding(
            injected=injected,
            expected=self.wanted,
            delivered=right,
            missing=max(0, self.wanted - right),
            twice=twice + self.doubled(self.operator.sandbox.report()),
            wrong=wrong + self.bad + self.left_open(),
        )

    def doubled(self, report):
        """How many were created, or posted, twice."""
        return sum(len(report[name]) for name in TWICE)

    def left_open(self):
        """Writes and leads of which the ledger does not know the end, and leads that still wait for a change."""
        return (
            self.query("SELECT count(*) FROM intent WHERE state IN ('open', 'doubt', 'asked')")[0][0]
            + self.query("SELECT count(*) FROM pending_change")[0][0]
            + self.query("SELECT count(*) FROM delivery WHERE state IN ('sending', 'in_doubt')")[0][0]
        )

    def query(self, text):
        """Rows of the ledger."""
        db = ledger.Database(self.url)
        with db.read() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(text))]
        db.close()
        return found


def play_act(act, seed):
    """The Finding of one cell: faults on the wire for one to three runs, or one blow at the n-th request or commit."""
    injected = _struck(act, seed + 1) if act.cell.strikes else _stormy(act)
    act.calm_down()
    return act.finding(injected)


def _stormy(act):
    dice, faults, cell, injected = act.dice, act.operator.sandbox.faults, act.cell, 0
    for _ in range(dice.randint(1, 3)):
        rule = faults.add(**cell.rule(dice))
        act.run()
        injected += faults.fired(rule)
        faults.remove(rule)
        act.operator.clock.forward(seconds=dice.choice((1, 31, 400)))
        act.meanwhile()
    return injected


def _struck(act, nth):
    """One process that is killed, overlapped or overtaken at this point; whether it came so far."""

    def strike(process):
        if act.cell.fault == "killed":
            process.kill()
        if act.cell.fault == "overtaken":
            end_leases(act.url)
        act.second()

    process = Process(act.door(), (act.cell.strikes, act.cell.moment), nth, strike)
    act.run(process)
    act.operator.clock.forward(seconds=act.dice.choice((1, 31, 400)))
    act.meanwhile()
    return int(process.struck)
