"""What stands in the city as items of a handover; pure, from the facts that every console sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from console.core.alarm.facts import AlarmFact, MaintenanceFact, RedefinedFact, Shelf
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.command.control_facts import RunFact, RunState, TagFact
from console.core.command.facts import CommandFact, CommandState
from console.core.feed import FeedFact, FeedState
from console.core.handover.difference import MORE
from console.core.handover.facts import TEXT_MAX, HandoverItem, ItemKind, mark_of
from console.core.quality import Quality

MOST_OF_A_KIND = 400
"""Items of one kind that are listed; of more only the number is, for nobody reads a flood line by line."""
_PASSING = frozenset({CommandState.RECEIVED, CommandState.SELECTING})
"""Over in a moment, one way or the other."""
_DELIVERS = frozenset({FeedState.LIVE, FeedState.GAP})
_RESTS = frozenset({RunState.PAUSED, RunState.HELD})
_BY_HAND = {Quality.MANUAL: "manual", Quality.SIMULATED: "simulated"}


class Note(Protocol):
    """An entry of the operator log, as a handover needs it."""

    @property
    def id(self) -> str:
        """Names it."""
        ...

    @property
    def at(self) -> int:
        """UTC ns."""
        ...

    @property
    def author(self) -> str:
        """The account."""
        ...

    @property
    def author_name(self) -> str:
        """As people read it."""
        ...

    @property
    def area(self) -> str:
        """Empty: of the whole site."""
        ...

    @property
    def text(self) -> str:
        """What was written."""
        ...


class Standing(Protocol):
    """Everything that a handover looks at."""

    def alarms(self) -> Iterable[AlarmFact]:
        """Alarms that are listed or suppressed."""
        ...

    def maintenance(self) -> Iterable[MaintenanceFact]:
        """Areas in maintenance mode."""
        ...

    def redefined(self) -> Iterable[RedefinedFact]:
        """Definitions changed at run time."""
        ...

    def by_hand(self) -> Mapping[int, tuple[Quality, int]]:
        """Tags whose value is set by hand or simulated: since when (UTC ns)."""
        ...

    def tags(self) -> Iterable[TagFact]:
        """Lock-out and caution tags that hang."""
        ...

    def commands(self) -> Iterable[CommandFact]:
        """Commands, also those that are over."""
        ...

    def runs(self) -> Iterable[RunFact]:
        """Runs of procedures, also those that are over."""
        ...

    def feeds(self) -> Iterable[FeedFact]:
        """All feeds."""
        ...


def items_of(
    catalogue: Catalogue, standing: Standing, notes: Iterable[Note], areas: frozenset[str]
) -> list[HandoverItem]:
    """Everything that stands in these areas or in the whole site, at most `MOST_OF_A_KIND` of a kind."""
    found = [
        *_alarms(catalogue, standing),
        *_overrides(catalogue, standing),
        *_lockouts(catalogue, standing.tags()),
        *_commands(catalogue, standing.commands()),
        *_runs(catalogue, standing.runs()),
        *_feeds(catalogue, standing.feeds(), areas),
        *(_note(note) for note in notes),
    ]
    mine = [item for item in found if not item.area or item.area in areas]
    return [item for kind in ItemKind for item in _capped(kind, [i for i in mine if i.kind is kind])]


def _alarms(catalogue: Catalogue, standing: Standing) -> Iterator[HandoverItem]:
    for fact in standing.alarms():
        point = catalogue.alarms[fact.alarm]
        if fact.state.listed:
            yield _standing(point, fact)
        if fact.state.shelf is not Shelf.NONE:
            yield _hidden(ItemKind.SHELVED, point, fact)
        if fact.state.sbd:
            yield _hidden(ItemKind.SUPPRESSED, point, fact)
        if fact.state.oos:
            yield _hidden(ItemKind.OUT_OF_SERVICE, point, fact)


def _standing(point: AlarmPoint, fact: AlarmFact) -> HandoverItem:
    return HandoverItem(
        key=f"{ItemKind.STANDING}:{point.key}",
        kind=ItemKind.STANDING,
        subject=point.key,
        area=point.asset.area,
        since=fact.at_event,
        what=fact.state.letter,
        text=fact.comment,
        by=fact.acked_by,
        priority=fact.priority,
        level=fact.level,
        ref=fact.occurrence,
        mark=mark_of(fact.occurrence, fact.priority, fact.state.letter),
    )


def _hidden(kind: ItemKind, point: AlarmPoint, fact: AlarmFact) -> HandoverItem:
    since, until, by, text = {
        ItemKind.SHELVED: (fact.at_shelved, fact.at_unshelve, fact.shelved_by, fact.shelf_reason),
        ItemKind.SUPPRESSED: (fact.at_suppressed, 0, fact.suppressed_by, ""),
        ItemKind.OUT_OF_SERVICE: (fact.at_oos, fact.at_service, fact.oos_by, fact.oos_reason),
    }[kind]
    return HandoverItem(
        key=f"{kind}:{point.key}",
        kind=kind,
        subject=point.key,
        area=point.asset.area,
        since=since,
        until=until,
        what=fact.state.letter,
        text=text,
        by=by,
        priority=fact.priority,
        level=fact.level,
        mark=mark_of(since, until, by, text),
    )


def _overrides(catalogue: Catalogue, standing: Standing) -> Iterator[HandoverItem]:
    for mode in standing.maintenance():
        yield _override("maintenance", mode.area, mode.area, (mode.since, mode.until), mode.by, mode.reason)
    for change in standing.redefined():
        point = catalogue.alarms[change.alarm]
        numbers = ", ".join(
            f"{field} {old:g}→{new:g}" for field, (old, new) in sorted(change.changes.items())
        )
        text = f"{change.reason} ({numbers})"
        yield _override("redefined", point.key, point.asset.area, (change.at, 0), change.by, text)
    for tag, (quality, since) in standing.by_hand().items():
        place = catalogue.tags[tag]
        yield _override(_BY_HAND[quality], place.key, place.asset.area, (since, 0), "", "")


def _override(what: str, subject: str, area: str, when: tuple[int, int], by: str, text: str) -> HandoverItem:
    return HandoverItem(
        key=f"{ItemKind.OVERRIDE}:{what}:{subject}",
        kind=ItemKind.OVERRIDE,
        subject=subject,
        area=area,
        since=when[0],
        until=when[1],
        what=what,
        text=text[:TEXT_MAX],
        by=by,
        mark=mark_of(what, *when, text),
    )


def _lockouts(catalogue: Catalogue, tags: Iterable[TagFact]) -> Iterator[HandoverItem]:
    for tag in tags:
        asset = catalogue.assets.get(tag.asset)
        yield HandoverItem(
            key=f"{ItemKind.LOCKOUT}:{tag.id}",
            kind=ItemKind.LOCKOUT,
            subject=tag.asset,
            area=asset.area if asset is not None else "",
            since=tag.at,
            until=tag.until,
            what=tag.kind,
            text=tag.text,
            by=tag.owner_name,
            ref=tag.id,
            mark=mark_of(tag.kind, tag.until, tag.text),
        )


def _commands(catalogue: Catalogue, commands: Iterable[CommandFact]) -> Iterator[HandoverItem]:
    for fact in commands:
        if fact.state.terminal or fact.state in _PASSING:
            continue
        request = fact.request
        asset = catalogue.assets.get(request.asset)
        yield HandoverItem(
            key=f"{ItemKind.COMMAND}:{request.command_id}",
            kind=ItemKind.COMMAND,
            subject=request.asset,
            area=asset.area if asset is not None else "",
            since=fact.steps[0].at if fact.steps else 0,
            until=fact.deadline if fact.state is CommandState.AWAIT_APPROVAL else 0,
            what=fact.state,
            text=request.command if request.value is None else f"{request.command} {request.value:g}",
            by=fact.by,
            ref=request.command_id,
            mark=mark_of(fact.state),
        )


def _runs(catalogue: Catalogue, runs: Iterable[RunFact]) -> Iterator[HandoverItem]:
    area_of = {procedure.id: procedure.area for procedure in catalogue.site.procedures}
    for run in runs:
        if run.state.over or run.dry:
            continue
        # One that goes on moves from step to step by itself; where one rests is what must be known.
        where = run.step if run.state in _RESTS else ""
        yield HandoverItem(
            key=f"{ItemKind.RUN}:{run.id}",
            kind=ItemKind.RUN,
            subject=run.procedure,
            area=area_of.get(run.procedure, ""),
            since=run.started,
            what=run.state,
            text=f"{run.step + 1}/{len(run.steps)}",
            by=run.by,
            ref=run.id,
            mark=mark_of(run.state, where),
        )


def _feeds(catalogue: Catalogue, feeds: Iterable[FeedFact], areas: frozenset[str]) -> Iterator[HandoverItem]:
    fed = _areas_fed(catalogue)
    for fact in feeds:
        served = fed.get(fact.feed, frozenset[str]())
        if fact.state in _DELIVERS or (served and not served & areas):
            continue
        yield HandoverItem(
            key=f"{ItemKind.FEED}:{fact.feed}",
            kind=ItemKind.FEED,
            subject=fact.feed,
            area=next(iter(served)) if len(served) == 1 else "",
            since=fact.since,
            what=fact.state,
            text=fact.why,
            mark=mark_of(fact.state),
        )


def _areas_fed(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Areas whose assets a feed brings; none where it brings moving things alone."""
    areas_of: dict[str, set[str]] = {}
    for asset in catalogue.site.assets:
        areas_of.setdefault(asset.type, set()).add(asset.area)
    return {
        feed.id: frozenset(area for mapping in feed.map for area in areas_of.get(mapping.type, ()))
        for feed in catalogue.site.feeds
    }


def _note(note: Note) -> HandoverItem:
    return HandoverItem(
        key=f"{ItemKind.NOTE}:{note.id}",
        kind=ItemKind.NOTE,
        subject=note.author,
        area=note.area,
        since=note.at,
        text=note.text[:TEXT_MAX],
        by=note.author_name,
        ref=note.id,
        mark=mark_of(note.id, note.text),
    )


def _capped(kind: ItemKind, items: Sequence[HandoverItem]) -> Sequence[HandoverItem]:
    if len(items) <= MOST_OF_A_KIND:
        return items
    ranked = sorted(items, key=lambda item: (item.priority, -item.since, item.key))
    rest = ranked[MOST_OF_A_KIND:]
    more = HandoverItem(
        key=f"{kind}:{MORE}",
        kind=kind,
        subject="",
        since=min(item.since for item in rest),
        what=MORE,
        text=str(len(rest)),
        priority=9,
        mark=mark_of(MORE),
    )
    return [*ranked[:MOST_OF_A_KIND], more]
