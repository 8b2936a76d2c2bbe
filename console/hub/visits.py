"""Ships and trucks at the places of the site: each coming and going is a record, from which turnaround is told."""

from __future__ import annotations

from collections.abc import Sequence

from console.core.journal import Record, RecordKind
from console.core.reporting import Zone
from console.core.zones import Sighting, ZoneEvent, ZoneWatch
from console.hub.backbone.base import Entry
from console.hub.clock import Clock
from console.hub.movers import MoverRegistry
from console.hub.recorder import Recorder

_LONGEST = 120
"""Characters of a name that a source gives."""


class VisitDesk:
    """Listens to the moving objects; without zones it costs nothing."""

    def __init__(
        self, zones: Sequence[Zone], movers: MoverRegistry, recorder: Recorder, clock: Clock
    ) -> None:
        self._watch = ZoneWatch(zones)
        self._movers = movers
        self._recorder = recorder
        self._clock = clock
        if zones:
            movers.moved_listener = self.moved
            movers.gone_listener = self.gone

    def moved(self, sightings: list[Sighting]) -> None:
        """Objects have new positions."""
        self._write(self._watch.seen(sightings))

    def gone(self, numbers: list[int]) -> None:
        """Objects are not heard of any more."""
        at = self._clock.at()
        self._write([event for number in numbers for event in self._watch.gone(number, at)])

    def _write(self, events: list[ZoneEvent]) -> None:
        if events:
            self._recorder.put([self._entry(event) for event in events])

    def _entry(self, event: ZoneEvent) -> tuple[str, Entry]:
        zone, fact = event.zone, self._movers.fact(event.mover)
        fields = {
            "zone": zone.id,
            "stage": zone.stage.value,
            "mover": fact.id[:_LONGEST],
            "mover_kind": fact.kind,
            "name": fact.name[:_LONGEST],
        }
        record = Record(
            sequence=0,
            at=event.at,
            kind=RecordKind.MOVE,
            who="system:zones",
            subject=zone.place,
            what=event.change,
            fields=fields,
        )
        return zone.id, Entry(record)
