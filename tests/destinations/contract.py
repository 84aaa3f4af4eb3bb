"""What every destination must keep, whatever its vendor: inherit `DestinationContract` and provide a `stage`.

The other classes are for its abilities: inherit one for each that it has.

A stage has a `destination`; `deliveries(*addresses)` and `people(n)` make claimed deliveries; `put(address)` stands
for someone else's older lead in the target, `held()` lists the addresses in it, `requests()` counts requests;
`lose_answer(committed=…)`, `deny()` and `be_unavailable()` spoil the next push; `vanish()` deletes the target.
"""

import json

import pytest

from bridge.destinations.base import Doubt, LooksUp
from bridge.errors import AnswerLost, Denied, Unavailable
from bridge.model import Identity, Lead, Origin, Reason, State

ADDRESSES = ("jane@example.com", "joe@example.org", "ann@example.net")


class People:
    """Three people as the vendor knows them; whether its answer reports each lead, or counts them only."""

    PEOPLE = ADDRESSES
    SHOWS_EACH = True


class DestinationContract(People):
    """The promises of every `bridge.destinations.base.Destination`, whatever else it can do."""

    def test_new_people_are_delivered_in_order(self, stage):
        """One outcome for each delivery, in order, each delivered under an id of its own."""
        deliveries = stage.deliveries(*self.PEOPLE)
        outcomes = stage.destination.push(deliveries)
        assert [outcome.delivery_id for outcome in outcomes] == [delivery.id for delivery in deliveries]
        assert {(outcome.state, outcome.reason) for outcome in outcomes} == {(State.DELIVERED, Reason.CREATED)}
        assert len({outcome.remote_id for outcome in outcomes} - {""}) == len(self.PEOPLE)
        assert stage.held() == sorted(self.PEOPLE)

    def test_who_was_there_before_is_a_duplicate(self, stage):
        """A batch with known and new people sends only the new ones, and says of each what became of them."""
        stage.put(self.PEOPLE[1])
        outcomes = stage.destination.push(stage.deliveries(*self.PEOPLE))
        if self.SHOWS_EACH:
            assert [outcome.state for outcome in outcomes] == [State.DELIVERED, State.DUPLICATE, State.DELIVERED]
            assert outcomes[1].origin in {Origin.API, Origin.LOOKUP}
        else:  # all three are there; whose they are is mentioned none of them, and said to be a guess
            reported = {(outcome.state, outcome.reason, outcome.origin) for outcome in outcomes}
            assert reported == {(State.DELIVERED, Reason.PRESENT, Origin.INFERRED)}
        assert stage.held() == sorted(self.PEOPLE)

    def test_no_one_new_is_nothing_new(self, stage):
        """A batch of people who are all there changes nothing."""
        for address in self.PEOPLE:
            stage.put(address)
        outcomes = stage.destination.push(stage.deliveries(*self.PEOPLE))
        assert {outcome.state for outcome in outcomes} == {State.DUPLICATE}
        assert stage.held() == sorted(self.PEOPLE)

    def test_denied_leaves_nothing(self, stage):
        """Where a person must act, nothing happened."""
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.deny()
        with pytest.raises(Denied) as caught:
            stage.destination.push(deliveries)
        assert caught.value.hint
        assert stage.held() == []

    def test_unavailable_leaves_nothing(self, stage):
        """Where the vendor asks to wait, nothing happened."""
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.be_unavailable()
        with pytest.raises(Unavailable):
            stage.destination.push(deliveries)
        assert stage.held() == []

    def test_the_largest_batch_goes_in_one_push(self, stage):
        """A batch of `batch_size` is taken whole."""
        outcomes = stage.destination.push(stage.people(stage.destination.batch_size))
        assert {outcome.state for outcome in outcomes} == {State.DELIVERED}
        assert len(stage.held()) == stage.destination.batch_size

    def test_an_empty_batch_asks_no_one(self, stage):
        """No one to send is no request."""
        before = stage.requests()
        assert stage.destination.push([]) == []
        assert stage.requests() == before

    def test_checking_and_establishing_change_nothing_that_exists(self, stage):
        """Both name the same place, and neither adds anybody."""
        assert stage.destination.check().place == stage.destination.establish().place
        assert stage.held() == []

    def test_a_body_is_plain_json_with_the_address(self, stage):
        """What `preview` shows is JSON, and holds the address that is posted."""
        (delivery,) = stage.deliveries(self.PEOPLE[0])
        assert self.PEOPLE[0] in json.dumps(stage.destination.body(delivery))

    def test_how_doubt_ends_is_something_it_can_do(self, stage):
        """A destination whose doubt ends by LOOKUP can look."""
        assert stage.destination.doubt is not Doubt.LOOKUP or isinstance(stage.destination, LooksUp)


class EmailContract:
    """What a vendor keeps that reaches people by e-mail."""

    @pytest.mark.parametrize("email", ["", "no address", "j***@example.com", "a@b@example.com"])
    def test_a_lead_without_an_identity_of_the_kind_has_none(self, stage, email):
        """Nothing that is no address is given as one."""
        assert stage.destination.identity(Lead("1", "c", email=email)) is None

    def test_an_identity_is_canonical(self, stage):
        """What scraping left around an address is taken away; a masked one is none."""
        jane = Identity("email", "janedoe@gmail.com")
        assert stage.destination.identity(Lead("1", "c", email=" Jane.Doe@Gmail.com ")) == jane
        assert stage.destination.identity(Lead("1", "c", email="jane@example.com", email_masked=True)) is None


class LookupContract(People):
    """The promises of `LooksUp`: doubt ends by asking."""

    def test_a_lost_answer_is_looked_up_and_not_repeated(self, stage):
        """The write is not sent twice; asked afterwards, the target says that it took effect."""
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.lose_answer(committed=True)
        with pytest.raises(AnswerLost):
            stage.destination.push(deliveries)
        outcomes = stage.destination.recheck(deliveries)
        assert {(one.state, one.reason, one.origin) for one in outcomes} == {
            (State.DELIVERED, Reason.CREATED, Origin.LOOKUP)
        }
        assert all(outcome.remote_id for outcome in outcomes)
        assert stage.held() == sorted(self.PEOPLE)

    def test_a_write_that_never_arrived_is_absent(self, stage):
        """Absence is reported as such; whether it is enough is not the destination's to judge."""
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.lose_answer(committed=False)
        with pytest.raises(AnswerLost):
            stage.destination.push(deliveries)
        outcomes = stage.destination.recheck(deliveries)
        assert {(outcome.state, outcome.reason) for outcome in outcomes} == {(State.IN_DOUBT, Reason.ABSENT)}
        assert stage.held() == []

    def test_rechecking_distinguishes_ours_from_theirs(self, stage):
        """Who stood there before the call is a duplicate, in the order of the deliveries."""
        stage.put(self.PEOPLE[2])
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.lose_answer(committed=True)
        with pytest.raises(AnswerLost):
            stage.destination.push(deliveries)
        outcomes = stage.destination.recheck(deliveries[::-1])
        assert [outcome.delivery_id for outcome in outcomes] == [3, 2, 1]
        assert [outcome.state for outcome in outcomes] == [State.DUPLICATE, State.DELIVERED, State.DELIVERED]

    def test_rechecking_writes_nothing(self, stage):
        """However often it is asked, the target stays as it is."""
        deliveries = stage.deliveries(*self.PEOPLE)
        for _ in range(2):
            stage.destination.recheck(deliveries)
        assert stage.held() == []

    def test_an_empty_question_asks_no_one(self, stage):
        """No one to look up is no request."""
        before = stage.requests()
        assert stage.destination.recheck([]) == []
        assert stage.requests() == before


class RepeatContract(People):
    """What a destination keeps whose doubt ends by REPEAT: the same may be sent again."""

    @pytest.mark.parametrize("committed", [True, False])
    def test_a_lost_answer_is_repeated_and_no_one_is_there_twice(self, stage, committed):
        """Whether the first call arrived or not, all are there once afterwards, each with a certain outcome."""
        deliveries = stage.deliveries(*self.PEOPLE)
        stage.lose_answer(committed=committed)
        with pytest.raises(AnswerLost):
            stage.destination.push(deliveries)
        for _ in range(2):
            outcomes = stage.destination.push(deliveries)
            assert [outcome.delivery_id for outcome in outcomes] == [1, 2, 3]
            assert {outcome.state for outcome in outcomes} <= {State.DELIVERED, State.DUPLICATE}
            assert stage.held() == sorted(self.PEOPLE)


class AuditContract(People):
    """The promises of `Audits`."""

    def test_an_inventory_names_everyone_once_and_changes_nothing(self, stage):
        """Ours under the ids of the push, someone else's too, addresses in lower case; the same when asked again."""
        stage.put("Somebody.Else@example.com")
        outcomes = stage.destination.push(stage.deliveries(*self.PEOPLE))
        place = stage.destination.check().place
        present = list(stage.destination.inventory(place))
        assert sorted(one.address for one in present) == sorted([*self.PEOPLE, "somebody.else@example.com"])
        assert {outcome.remote_id for outcome in outcomes} <= {one.remote_id for one in present}
        assert len({one.remote_id for one in present}) == len(present)
        assert list(stage.destination.inventory(place)) == present
        assert len(stage.held()) == len(present)

    def test_an_inventory_is_read_to_its_end(self, stage):
        """A target of many pages is reported whole."""
        stage.destination.push(stage.people(stage.destination.batch_size))
        assert sum(1 for _ in stage.destination.inventory(stage.destination.check().place)) == len(stage.held())

    def test_an_inventory_of_what_is_gone_is_denied(self, stage):
        """A target that does not exist is no empty one: anyone who looks into it must hear of it."""
        place = stage.destination.check().place
        stage.vanish()
        with pytest.raises(Denied) as caught:
            list(stage.destination.inventory(place))
        assert caught.value.hint


class ForesightContract(People):
    """The promises of `Foresees`."""

    def test_foreseeing_writes_nothing_and_speaks_of_those_asked(self, stage):
        """No one is added, only deliveries that were asked about are mentioned, and no more letters than wished."""
        stage.put(self.PEOPLE[1])
        deliveries = stage.deliveries(*self.PEOPLE)
        found = stage.destination.foresee(stage.destination.check().place, deliveries, 2)
        assert stage.held() == [self.PEOPLE[1]]
        asked = {delivery.id for delivery in deliveries}
        assert found.met.keys() <= asked
        assert found.letters.keys() <= asked
        assert len(found.letters) <= 2
        assert found.taken in {None, 2, 3}
