"""The difference since the last handover, what stands in the city, and what the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
from handover_paper import AT, FIRST, KIM, LEE, SECOND, accept_all, in_state, item, listed

from console.core.alarm.facts import AlarmFact, AlarmState, MaintenanceFact, RedefinedFact, Shelf
from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, RunState, StepFact, TagFact, TagKind
from console.core.command.facts import CommandFact, CommandRequest, CommandState, CommandStep
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.feed import FeedFact, FeedState
from console.core.handover.collect import MOST_OF_A_KIND, items_of
from console.core.handover.difference import difference, handed_over
from console.core.handover.facts import Change, HandoverItem, HandoverState, ItemKind
from console.core.handover.machine import HandoverMachine
from console.core.handover.records import ITEM, event_record, handovers_in, item_records
from console.core.journal import Record
from console.core.quality import Quality
from console.core.site import (
    AlarmCondition,
    AlarmDef,
    Area,
    Asset,
    AssetType,
    FeedDef,
    FeedMap,
    Site,
    TagDef,
    TagRoute,
)
from console.core.words import Text

X = Text("가", "x")
LAST = {one.key: one for one in handed_over((FIRST, SECOND, item("n1", ItemKind.NOTE)))}


def shown(items: Iterable[HandoverItem]) -> dict[str, Change]:
    return {one.subject: one.change for one in items}


def test_new_still_altered_and_ended_are_told_apart() -> None:
    present = [FIRST, item("a2.high"), item("a3.high")]
    last = {**LAST, "standing:a3.high": item("a3.high", mark="before")}
    found = difference(last, present, {}, offered=False)
    assert shown(found) == {
        "a0.high": Change.STILL,
        "a1.high": Change.ENDED,
        "a2.high": Change.NEW,
        "a3.high": Change.ALTERED,
    }


def test_notes_and_what_has_ended_are_handed_over_once() -> None:
    ended = msgspec.structs.replace(item("a9.high"), change=Change.ENDED)
    kept = handed_over((FIRST, ended, item("n1", ItemKind.NOTE)))
    assert [one.subject for one in kept] == ["a0.high"]


def test_a_draft_forgets_what_is_over_unless_something_was_written_beside_it() -> None:
    remarked = msgspec.structs.replace(SECOND, remark="밤새 울림")
    before = {FIRST.key: FIRST, SECOND.key: remarked}
    assert shown(difference({}, [], before, offered=False)) == {"a1.high": Change.ENDED}
    assert shown(difference({}, [], before, offered=True)) == {
        "a0.high": Change.ENDED,
        "a1.high": Change.ENDED,
    }


def test_the_list_is_in_order_of_kind_priority_and_time() -> None:
    urgent = item("z.high", priority=1)
    older = item("b.high", since=AT - 5)
    order = difference({}, [item("f", ItemKind.FEED), older, FIRST, urgent], {}, offered=False)
    assert [one.subject for one in order] == ["z.high", "a0.high", "b.high", "f"]


def alarm_def(name: str) -> AlarmDef:
    return AlarmDef(
        name=name, tag="level", label=X, condition=AlarmCondition.HIGH, limit=80.0, priority=2, cause=X,
        consequence=X, action=X, respond_min=5.0,
    )  # fmt: skip


def site(assets: int = 3) -> Catalogue:
    """The last asset is in area b; the feed `plant` brings all, `ships` nothing that has an area."""
    kind = AssetType(
        id="pump", label=X, glyph="pump", tags=(TagDef(name="level", label=X),), alarms=(alarm_def("high"),)
    )
    mapping = FeedMap(type="pump", source="{asset}", tags={"level": TagRoute(path="level")})
    feeds = tuple(
        FeedDef(id=name, adapter="columns", url="ws://127.0.0.1:9/", label=X, map=maps)
        for name, maps in (("plant", (mapping,)), ("ships", ()))
    )
    step = ProcedureStep(id="say", kind=StepKind.NOTE, label=X)
    return Catalogue(
        Site(
            id="s", name=X, time_zone="Asia/Seoul", south=35.0, west=129.0, north=36.0, east=130.0,
            areas=tuple(Area(id=name, name=X, lat=35.1, lon=129.1) for name in ("a", "b")),
            types=(kind,),
            assets=tuple(
                Asset(id=f"p{n}", type="pump", name=X, area="b" if n == assets - 1 else "a", lat=35.1, lon=129.1)
                for n in range(assets)
            ),
            feeds=feeds,
            procedures=(Procedure(id="drain", label=X, purpose=X, area="a", steps=(step, step)),),
        )
    )  # fmt: skip


@dataclass
class City:
    """What stands."""

    alarms_: list[AlarmFact] = field(default_factory=list[AlarmFact])
    by_hand_: dict[int, tuple[Quality, int]] = field(default_factory=dict[int, tuple[Quality, int]])
    commands_: list[CommandFact] = field(default_factory=list[CommandFact])
    runs_: list[RunFact] = field(default_factory=list[RunFact])
    feeds_: list[FeedFact] = field(default_factory=list[FeedFact])
    tags_: list[TagFact] = field(default_factory=list[TagFact])

    def alarms(self) -> list[AlarmFact]:
        return self.alarms_

    def maintenance(self) -> list[MaintenanceFact]:
        return [MaintenanceFact(area="a", by="kim", since=AT, until=AT + 9, reason="점검")]

    def redefined(self) -> list[RedefinedFact]:
        return [RedefinedFact(alarm=0, by="choi", at=AT, reason="장마", changes={"limit": (80.0, 85.0)})]

    def by_hand(self) -> Mapping[int, tuple[Quality, int]]:
        return self.by_hand_

    def tags(self) -> list[TagFact]:
        return self.tags_

    def commands(self) -> list[CommandFact]:
        return self.commands_

    def runs(self) -> list[RunFact]:
        return self.runs_

    def feeds(self) -> list[FeedFact]:
        return self.feeds_


@dataclass(frozen=True)
class Entry:
    id: str = "n1"
    at: int = AT
    author: str = "kim"
    author_name: str = "김"
    area: str = ""
    text: str = "배수문 소음"


def fact(alarm: int, **state: object) -> AlarmFact:
    made = msgspec.structs.replace(AlarmState(), **state)
    return AlarmFact(
        alarm=alarm, state=made, priority=2, occurrence=f"o{alarm}", at_event=AT, at_shelved=AT,
        at_unshelve=AT + 60, shelved_by="kim", shelf_reason="오작동", at_oos=AT, oos_by="lee", suppressed_by="r",
    )  # fmt: skip


def command(command_id: str, state: CommandState) -> CommandFact:
    return CommandFact(
        request=CommandRequest(command_id=command_id, asset="p0", command="start", value=40.0),
        state=state,
        by="kim",
        steps=(CommandStep(state, AT),),
        deadline=AT + 5,
    )


def run(run_id: str, state: RunState, *, dry: bool = False) -> RunFact:
    steps = (StepFact(id="1"), StepFact(id="2"))
    return RunFact(id=run_id, procedure="drain", state=state, by="kim", started=AT, dry=dry, steps=steps)


def test_everything_that_stands_becomes_an_item_of_its_kind() -> None:
    city = City(
        alarms_=[
            fact(0, cond=True, acked=False),
            fact(1, cond=True, shelf=Shelf.TIMED, sbd=True, oos=True),
            fact(2, cond=True),
        ],
        by_hand_={0: (Quality.MANUAL, AT), 1: (Quality.SIMULATED, AT)},
        commands_=[
            command("c1", CommandState.INDETERMINATE),
            command("c2", CommandState.AWAIT_APPROVAL),
            command("c3", CommandState.SUCCEEDED),
            command("c4", CommandState.SELECTING),
        ],
        runs_=[run("r1", RunState.HELD), run("r2", RunState.DONE), run("r3", RunState.RUNNING, dry=True)],
        feeds_=[
            FeedFact(feed="plant", state=FeedState.DOWN, since=AT, why="closed"),
            FeedFact(feed="ships", state=FeedState.LIVE, since=AT),
        ],
        tags_=[
            TagFact(
                id="t1",
                asset="p0",
                kind=TagKind.INHIBIT_ALL,
                text="정비",
                owner="kim",
                owner_name="김",
                at=AT,
            )
        ],
    )
    found = items_of(site(), city, [Entry()], frozenset({"a"}))
    assert [(one.kind, one.subject, one.what) for one in found] == [
        (ItemKind.STANDING, "p0.high", "B_UNACK"),
        (ItemKind.SHELVED, "p1.high", "I_OOSRV"),
        (ItemKind.SUPPRESSED, "p1.high", "I_OOSRV"),
        (ItemKind.OUT_OF_SERVICE, "p1.high", "I_OOSRV"),
        (ItemKind.OVERRIDE, "a", "maintenance"),
        (ItemKind.OVERRIDE, "p0.high", "redefined"),
        (ItemKind.OVERRIDE, "p0.level", "manual"),
        (ItemKind.OVERRIDE, "p1.level", "simulated"),
        (ItemKind.LOCKOUT, "p0", "INHIBIT_ALL"),
        (ItemKind.COMMAND, "p0", "INDETERMINATE"),
        (ItemKind.COMMAND, "p0", "AWAIT_APPROVAL"),
        (ItemKind.RUN, "drain", "held"),
        (ItemKind.FEED, "plant", "down"),
        (ItemKind.NOTE, "kim", ""),
    ]
    shelved = found[1]
    assert (shelved.until, shelved.text, shelved.by) == (AT + 60, "오작동", "kim")
    assert found[5].text == "장마 (limit 80→85)"
    assert (found[9].until, found[10].until) == (0, AT + 5)


def test_only_what_is_of_the_areas_or_of_the_whole_site_is_in_the_list() -> None:
    city = City(
        alarms_=[fact(0, cond=True), fact(2, cond=True)],
        feeds_=[FeedFact(feed="ships", state=FeedState.DOWN, since=AT)],
    )
    notes = [Entry(id="n2", area="a"), Entry(id="n3")]
    found = items_of(site(), city, notes, frozenset({"b"}))
    assert [(one.kind, one.subject) for one in found] == [
        (ItemKind.STANDING, "p2.high"),
        (ItemKind.FEED, "ships"),
        (ItemKind.NOTE, "kim"),
    ]


def test_of_a_flood_the_most_urgent_are_named_and_the_rest_is_counted_and_never_said_to_be_over() -> None:
    catalogue = site(MOST_OF_A_KIND + 20)
    city = City(alarms_=[fact(n, cond=True) for n in range(MOST_OF_A_KIND + 10)])
    found = items_of(catalogue, city, (), frozenset({"a", "b"}))
    standing = [one for one in found if one.kind is ItemKind.STANDING]
    assert len(standing) == MOST_OF_A_KIND + 1
    assert (standing[-1].what, standing[-1].text) == ("more", "10")
    last = {f"standing:p{n}.high": item(f"p{n}.high") for n in range(MOST_OF_A_KIND + 10)}
    listed_ = difference(last, found, last, offered=True)
    assert not any(one.change is Change.ENDED for one in listed_)


def test_the_ledger_alone_gives_the_whole_handover_back() -> None:
    """What a printed sheet needs: items with remarks and who accepted them when, both signatures, what moved."""
    paper: HandoverMachine = in_state(HandoverState.ACCEPTING)
    paper.events()
    paper.remark(FIRST.key, "펌프 교체 중", KIM, AT)
    paper.remark("", "조용한 밤", KIM, AT)
    paper.object(SECOND.key, SECOND.mark, "원인을 모름", LEE, 1.0, AT)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", KIM, AT + 7)
    paper.sign(paper.fact.digest, "step_up", LEE, AT + 8)
    signed = paper.fact
    paper.settled({"moved": ("a",), "runs": ("r1",), "locked": 2}, AT + 9)
    records: list[Record] = []
    for event in paper.events():
        if event.new.over and not event.fact.settled:
            records += item_records(event)
        records.append(event_record(event))
    (found,) = handovers_in(reversed(records))
    assert found.items == signed.items
    assert (found.state, found.remark, found.ended_at) == (HandoverState.SIGNED, "조용한 밤", AT + 8)
    assert found.incoming is not None
    assert (found.outgoing.signed_at, found.incoming.proof) == (AT + 7, "step_up")
    assert (found.moved, found.runs, found.locked, found.settled) == (("a",), ("r1",), 2, True)
    assert listed(paper, "a1.high").objection
    assert sum(record.what == ITEM for record in records) == 2
    assert handovers_in([]) == ()
