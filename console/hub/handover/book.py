"""What the hub knows of handovers: open ones, those that are over, and what was handed over last in each area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from console.core.errors import HandoverRefused
from console.core.handover.facts import Baseline, Duty, HandoverFact, HandoverItem, bare
from console.core.handover.machine import HandoverMachine, HandoverTimes
from console.core.handover.reasons import HandoverReason
from console.hub.handover.entries import kept, merged

SHOWN = 30
"""Handovers that are over and still told to a new console, without their items."""
HELD = 500
"""Those that are over and known without a look into the journal."""


class HandoverBook:
    """Look-ups; the desk alone changes what is in it."""

    def __init__(self) -> None:
        self.open: dict[str, HandoverMachine] = {}
        self._over: list[HandoverFact] = []
        self.baselines: dict[str, Baseline] = {}

    def restore(
        self, states: Mapping[str, bytes], times: HandoverTimes, now: float, at: int
    ) -> list[HandoverMachine]:
        """Take up what was before a restart; gives those whose responsibility has still to follow."""
        before = kept(states)
        self.baselines = before.baselines
        owed: list[HandoverMachine] = []
        for fact in before.facts:
            machine = HandoverMachine.restored(fact, self.last(fact.areas), times, now, at)
            if not fact.state.over:
                self.open[fact.id] = machine
                continue
            self._over.append(fact)
            if fact.state.moved and not fact.settled:
                owed.append(machine)
        del self._over[:-HELD]
        return owed

    def facts(self) -> list[HandoverFact]:
        """The newest that are over, without their items, and every one that is not."""
        return [*self._over[-SHOWN:], *(machine.fact for machine in self.open.values())]

    def fact(self, handover: str) -> HandoverFact | None:
        """A handover as it stands; of one that is over the items are in the journal."""
        machine = self.open.get(handover)
        if machine is not None:
            return machine.fact
        return next((fact for fact in self._over if fact.id == handover), None)

    def over(self, before: int, limit: int) -> tuple[list[HandoverFact], bool]:
        """Those that are over, newest first, drafted before a time (0: any); and whether there are older ones."""
        found = [fact for fact in reversed(self._over) if not before or fact.at < before]
        return found[:limit], len(found) > limit

    def machine(self, handover: str) -> HandoverMachine:
        """One that is open; raises HandoverRefused."""
        machine = self.open.get(handover)
        if machine is None:
            known = self.fact(handover) is not None
            code = HandoverReason.HANDOVER_OVER if known else HandoverReason.UNKNOWN_HANDOVER
            raise HandoverRefused(code)
        return machine

    def ended(self, fact: HandoverFact) -> None:
        """It is over, or more is known of one that is."""
        self.open.pop(fact.id, None)
        self._over = [known for known in self._over if known.id != fact.id]
        self._over.append(bare(fact))
        del self._over[:-HELD]

    def handed_over(self, baselines: Iterable[Baseline]) -> tuple[Duty, ...]:
        """What the next handover of some areas is told from; who answers for them now."""
        new = {baseline.duty.area: baseline for baseline in baselines}
        self.baselines.update(new)
        return tuple(baseline.duty for baseline in new.values())

    def busy(self) -> set[str]:
        """Areas that are being handed over."""
        return {area for machine in self.open.values() for area in machine.fact.areas}

    def since(self, areas: Sequence[str]) -> int:
        """The last handover of these areas, the earliest of them; 0 where one of them never had any."""
        known = [self.baselines[area].duty.since for area in areas if area in self.baselines]
        return min(known) if len(known) == len(areas) and known else 0

    def last(self, areas: Sequence[str]) -> dict[str, HandoverItem]:
        """What was handed over last in these areas."""
        return merged(self.baselines[area] for area in areas if area in self.baselines)
