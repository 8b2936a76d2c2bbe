"""Visits of ships and trucks, from the records of their coming and going. What nobody saw is None, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from console.core.batch import NS
from console.core.journal import Record, RecordKind
from console.core.reporting import ZoneStage
from console.core.zones import ZoneChange
from console.report.facts.ground import Ground

_FOREVER = 2**63 - 1
_CAME = (ZoneChange.ENTER, ZoneChange.FOUND)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One stay at a place; times are UTC ns, None for what nobody saw, or what has not happened yet."""

    place: str
    mover: str
    kind: str
    name: str
    first: int
    """When it was first known to be there."""
    arrived: int | None = None
    served_from: int | None = None
    served_to: int | None = None
    served: bool = False
    at_service: bool = False
    """It lies there at the end of what is known."""
    left: int | None = None
    over: bool = False
    passing: bool = False
    """It was not served, and will not be."""

    @property
    def dwell_s(self) -> float | None:
        """From arrival to departure."""
        return _between(self.arrived, self.left)

    @property
    def waited_s(self) -> float | None:
        """From arrival to berth or gate."""
        return _between(self.arrived, self.served_from)

    @property
    def service_s(self) -> float | None:
        """At berth or gate, from the first coming to the last leaving."""
        return _between(self.served_from, self.served_to)


def _between(start: int | None, end: int | None) -> float | None:
    return (end - start) / NS if start is not None and end is not None else None


def visits(ground: Ground) -> list[Visit]:
    """Every stay that reaches into the span, in order of time."""
    both = (*ground.holdings.earlier, *ground.holdings.records)
    records = sorted((r for r in both if r.kind == RecordKind.MOVE), key=lambda record: record.at)
    found: list[Visit] = []
    stays: dict[tuple[str, str], Visit] = {}
    for record in records:
        key = (record.subject, record.fields.get("mover", ""))
        visit = _after(stays.pop(key, None), record, found)
        if visit is not None:
            stays[key] = visit
    found += stays.values()
    within = [one for one in found if _touches(one, ground)]
    within = [_settled(one, within) for one in within]
    return sorted(within, key=lambda one: (one.first, one.place, one.mover))


def _settled(visit: Visit, others: Sequence[Visit]) -> Visit:
    """Areas may overlap: who is served at another place in the meantime only passes this one."""
    if visit.served:
        return visit
    until = visit.left if visit.left is not None else _FOREVER
    for one in others:
        meets = one.first <= until and visit.first <= (one.left if one.left is not None else _FOREVER)
        if one.mover == visit.mover and one.served and meets:
            return msgspec.structs.replace(visit, passing=True)
    return msgspec.structs.replace(visit, passing=visit.over)


def _touches(visit: Visit, ground: Ground) -> bool:
    return not visit.over or (visit.left or visit.served_to or visit.first) >= ground.start


def _after(visit: Visit | None, record: Record, found: list[Visit]) -> Visit | None:
    """The stay after a record; one that is over goes to `found`."""
    came = record.what in _CAME
    if record.fields.get("stage") == ZoneStage.AREA:
        return _area(visit, record, came=came, found=found)
    if visit is None:
        # The service zone may reach beyond the area; being served is being there.
        visit = _begun(record, known=False) if came else None
    if visit is None:
        return None
    if came:
        seen = record.at if record.what == ZoneChange.ENTER else None
        first = visit.served_from if visit.served else seen
        return msgspec.structs.replace(visit, served_from=first, served_to=None, served=True, at_service=True)
    until = record.at if record.what == ZoneChange.LEAVE else None
    return msgspec.structs.replace(visit, served_to=until, at_service=False)


def _area(visit: Visit | None, record: Record, *, came: bool, found: list[Visit]) -> Visit | None:
    if came:
        if visit is not None and record.what == ZoneChange.FOUND:
            # The hub was away, or the feed: nobody knows whether it is still the same stay.
            found.append(msgspec.structs.replace(visit, over=True, at_service=False))
            visit = None
        begun = _begun(record, known=record.what == ZoneChange.ENTER)
        if visit is None:
            return begun
        return msgspec.structs.replace(visit, arrived=visit.arrived or begun.arrived)
    if visit is not None:
        left = record.at if record.what == ZoneChange.LEAVE else None
        found.append(msgspec.structs.replace(visit, left=left, over=True, at_service=False))
    return None


def _begun(record: Record, *, known: bool) -> Visit:
    fields = record.fields
    return Visit(
        place=record.subject,
        mover=fields.get("mover", ""),
        kind=fields.get("mover_kind", ""),
        name=fields.get("name", ""),
        first=record.at,
        arrived=record.at if known else None,
    )


def of_kind(found: Iterable[Visit], kind: str, place: str = "") -> list[Visit]:
    """Stays of vessels or trucks, at one place or at all."""
    return [one for one in found if one.kind == kind and place in ("", one.place)]
