"""Tags, areas, runs, session and ledger in the mirror, after every message that brings them."""

from __future__ import annotations

import msgspec

from console.client.mirror import Mirror
from console.client.store import Store
from console.core.command.control_facts import LeaseFact, RunFact, RunState, TagFact, TagKind
from console.core.handover.facts import Duty, HandoverFact, HandoverState, Party
from console.core.identity.facts import SessionFact, SessionState
from console.core.ledger.facts import LedgerFact
from console.wire.messages import (
    HandoversChanged,
    LeasesChanged,
    LedgerChanged,
    RunsChanged,
    SessionChanged,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    TagsChanged,
    Welcome,
)
from tests.client.small_city import SITE

TAG = TagFact(
    id="t1", asset="suyeong", kind=TagKind.INHIBIT_ALL, text="work", owner="lee", owner_name="Lee", at=5
)
OTHER = msgspec.structs.replace(TAG, id="t2", asset="gamcheon")
LEASE = LeaseFact(area="north", holder="lee")
RUN = RunFact(id="r1", procedure="storm", state=RunState.RUNNING, by="lee", started=1)


def welcome(*, full: bool) -> Welcome:
    return Welcome(resume="r", sequence=1, full=full, at=1, user="u", hub="h", catalogue="d")


def told(*, full: bool = True) -> Store:
    """A store that has had two tags, a lease and a run in one snapshot."""
    store = Store(Mirror())
    store.apply(welcome(full=full))
    store.apply(TagsChanged(sequence=1, tags=(TAG, OTHER)))
    store.apply(LeasesChanged(sequence=2, leases=(LEASE,)))
    store.apply(RunsChanged(sequence=3, runs=(RUN,)))
    store.apply(SnapshotDone(sequence=3))
    return store


def test_what_hangs_is_known_and_what_was_taken_down_is_gone() -> None:
    store = told()
    assert store.mirror.tags == {"t1": TAG, "t2": OTHER}
    assert store.take_changes().control.tags == {"suyeong", "gamcheon"}
    store.apply(TagsChanged(sequence=4, tags=(msgspec.structs.replace(TAG, removed=9, removed_by="lee"),)))
    assert store.mirror.tags == {"t2": OTHER}
    assert store.take_changes().control.tags == {"suyeong"}


def test_handovers_and_who_answers_for_what_are_known_until_a_snapshot_says_otherwise() -> None:
    party = Party(who="kim", name="Kim", human="kim")
    fact = HandoverFact(id="h1", state=HandoverState.DRAFTED, areas=("north",), outgoing=party, at=1)
    duty = Duty(area="north", who="lee", name="Lee", since=1, handover="h0")
    store = told()
    store.take_changes()
    store.apply(HandoversChanged(sequence=4, handovers=(fact,), duties=(duty,)))
    assert (store.mirror.handovers, store.mirror.duties) == ({"h1": fact}, {"north": duty})
    assert store.take_changes().control.handovers
    store.apply(welcome(full=True))
    store.apply(SnapshotDone(sequence=5))
    assert (store.mirror.handovers, store.mirror.duties) == ({}, {})
    assert store.take_changes().control.handovers


def test_a_full_snapshot_takes_away_what_it_does_not_name() -> None:
    store = told()
    store.take_changes()
    store.apply(welcome(full=True))
    store.apply(TagsChanged(sequence=8, tags=(OTHER,)))
    store.apply(SnapshotDone(sequence=8))
    assert (store.mirror.tags, store.mirror.leases, store.mirror.runs) == ({"t2": OTHER}, {}, {})
    changes = store.take_changes().control
    assert (changes.tags, changes.leases, changes.runs) == ({"suyeong", "gamcheon"}, {"north"}, {"r1"})


def test_a_resumed_link_keeps_what_was_known() -> None:
    store = told()
    store.apply(welcome(full=False))
    store.apply(SnapshotDone(sequence=9))
    assert len(store.mirror.tags) == 2
    assert [*store.mirror.leases] == ["north"]


def test_session_and_ledger_are_the_last_that_was_told() -> None:
    store = Store(Mirror())
    assert store.mirror.session is None
    session = SessionFact(state=SessionState.SIGNED_OUT)
    store.apply(SessionChanged(session=session))
    store.apply(LedgerChanged(sequence=1, ledger=LedgerFact(records=7)))
    assert (store.mirror.session, store.mirror.ledger.records) == (session, 7)
    changes = store.take_changes().control
    assert (changes.session, changes.ledger) == (True, True)
    assert not store.take_changes().control.session


def test_another_site_tells_all_of_it_again() -> None:
    store = told()
    store.take_changes()
    head = msgspec.structs.replace(SITE, types=(), assets=())
    for message in (
        SiteHead(site=head),
        SiteTypes(types=SITE.types),
        SiteAssets(assets=SITE.assets),
        SiteDone(),
    ):
        store.apply(message)
    changes = store.take_changes()
    assert changes.catalogue
    assert changes.control.leases == {"north", "eco"}
    assert changes.control.tags == {"suyeong", "gamcheon"}
    assert changes.control.runs == {"r1"}
