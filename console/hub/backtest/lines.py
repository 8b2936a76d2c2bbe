"""What a back-test writes: a JSON line for every transition, and one with the summary at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import msgspec

from console.core.alarm.comparison import AlarmCount, Run
from console.core.alarm.events import AlarmEvent
from console.core.alarm.kpi import KpiReport
from console.core.alarm.nuisance import Nuisance
from console.core.catalogue import Catalogue
from console.hub.backtest.stamps import write_at


class TransitionLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One transition; `run` is absent unless settings are tried."""

    at: str
    alarm: str
    occurrence: str
    event: str
    old: str = msgspec.field(name="from")
    new: str = msgspec.field(name="to")
    level: int
    """Of an alarm with several limits: 0 for the least urgent."""
    value: float | None
    priority: int
    run: str = ""


class NuisanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the worklist; `setting` is what `--set` takes, empty where no number is proposed."""

    alarm: str
    kinds: tuple[str, ...]
    count: int
    reason: str
    setting: str
    old: float | None
    evidence: int


class ChangedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Annunciations of one alarm without and with the settings."""

    alarm: str
    before: int
    after: int


class SummaryLine(msgspec.Struct, frozen=True, kw_only=True):
    """The last line; alarms in `kpis` are numbers of the catalogue, `top` gives their names."""

    rows: int
    bad_lines: int
    transitions: int
    start: str
    end: str
    kpis: KpiReport | None
    kpis_after: KpiReport | None
    top: tuple[str, ...]
    nuisance: tuple[NuisanceLine, ...]
    changed: tuple[ChangedLine, ...]


class LineWriter:
    """Writes lines to a stream of bytes; floats that are not finite become null."""

    def __init__(self, stream: IO[bytes], catalogue: Catalogue) -> None:
        self._stream = stream
        self._catalogue = catalogue
        self._encoder = msgspec.json.Encoder()
        self.transitions = 0

    def transition(self, event: AlarmEvent, run: Run | None = None) -> None:
        """One transition of one or both runs."""
        self.transitions += 1
        self._write(
            TransitionLine(
                at=write_at(event.at),
                alarm=self._catalogue.alarms[event.alarm].key,
                occurrence=event.occurrence,
                event=event.kind,
                old=event.old,
                new=event.new,
                level=event.fact.level,
                value=event.value,
                priority=event.fact.priority,
                run=run or "",
            )
        )

    def summary(self, line: SummaryLine) -> None:
        """The end of the stream, as `{"summary": …}`."""
        self._write({"summary": line})

    def _write(self, line: object) -> None:
        self._stream.write(self._encoder.encode(line) + b"\n")


def nuisance_lines(worklist: Sequence[Nuisance], catalogue: Catalogue) -> tuple[NuisanceLine, ...]:
    """The worklist with names."""
    return tuple(
        NuisanceLine(
            alarm=catalogue.alarms[entry.alarm].key,
            kinds=entry.kinds,
            count=entry.score,
            reason=entry.reason,
            setting=entry.change.setting(catalogue.alarms[entry.alarm].key) if entry.change else "",
            old=entry.change.old if entry.change else None,
            evidence=entry.change.evidence if entry.change else 0,
        )
        for entry in worklist
    )


def changed_lines(counts: Sequence[AlarmCount], catalogue: Catalogue) -> tuple[ChangedLine, ...]:
    """Alarms that were annunciated in either run."""
    return tuple(
        ChangedLine(alarm=catalogue.alarms[count.alarm].key, before=count.before, after=count.after)
        for count in counts
    )
