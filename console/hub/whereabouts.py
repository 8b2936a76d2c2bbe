"""Where in the city the things are that a message names: their area, and how dangerous a command is.

What is not known has no area, so only who may act everywhere gets past the guard with it, and then the service
says that it is unknown. The services that know more are plugged in by the hub.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, TagFact
from console.core.command.facts import CommandFact
from console.core.control import Procedure, StepKind
from console.core.site import CommandClass


class Place(msgspec.Struct, frozen=True):
    """One thing an act is about: what it is, its area, and the class of the command."""

    subject: str
    area: str
    top: CommandClass = CommandClass.C0


class Whereabouts:
    """Look-ups over the catalogue and the facts of the services."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._procedures = {procedure.id: procedure for procedure in catalogue.site.procedures}
        self.command_facts: Callable[[str], CommandFact | None] = lambda _id: None
        self.tag_facts: Callable[[str], TagFact | None] = lambda _id: None
        self.run_facts: Callable[[str], RunFact | None] = lambda _id: None
        self.handover_areas: Callable[[str], tuple[str, ...]] = lambda _id: ()
        self.log_areas: Callable[[str], str | None] = lambda _id: None

    def alarms(self, indices: Iterable[int]) -> list[Place]:
        """Alarms by index."""
        return [self._alarm(index) for index in indices]

    def asset(self, asset: str) -> Place:
        """An asset."""
        known = self._catalogue.assets.get(asset)
        return Place(asset, known.area if known else "")

    def command(self, asset: str, name: str, subject: str = "") -> Place:
        """A command of an asset; an emergency stop is for everyone who may command there (CMD-06)."""
        definition = self._catalogue.command(asset, name)
        place = self.asset(asset)
        if definition is None:
            return Place(subject or asset, place.area, CommandClass.C3)
        top = definition.command_class
        if definition.emergency:
            top = min(top, CommandClass.C1)
        return Place(subject or asset, place.area, top)

    def known_command(self, command_id: str) -> Place:
        """A command that was asked for before."""
        fact = self.command_facts(command_id)
        if fact is None:
            return Place(command_id, "", CommandClass.C3)
        return self.command(fact.request.asset, fact.request.command, command_id)

    def tag(self, tag: str) -> Place:
        """A tag that hangs on an asset."""
        fact = self.tag_facts(tag)
        return Place(tag, self.asset(fact.asset).area if fact else "")

    def log_entry(self, entry: str) -> Place:
        """An entry of the operator log."""
        return Place(entry, self.log_areas(entry) or "")

    def procedure(self, procedure: str, *, dry: bool) -> list[Place]:
        """A procedure and every command in it; a dry run sends none."""
        known = self._procedures.get(procedure)
        if known is None:
            return [Place(procedure, "", CommandClass.C3)]
        commands = () if dry else (step for step in known.steps if step.kind is StepKind.COMMAND)
        return [Place(procedure, known.area), *(self.command(step.asset, step.command) for step in commands)]

    def run(self, run: str) -> list[Place]:
        """A run of a procedure: its area, and the command of the step it stands at."""
        fact = self.run_facts(run)
        known = self._procedures.get(fact.procedure) if fact else None
        if fact is None or known is None:
            return [Place(run, "", CommandClass.C3)]
        return [Place(run, known.area), *self._step(known, fact)]

    def handover(self, handover: str) -> list[Place]:
        """A shift handover: all of its areas."""
        areas = self.handover_areas(handover)
        return [Place(handover, area) for area in areas] or [Place(handover, "")]

    def _step(self, procedure: Procedure, run: RunFact) -> list[Place]:
        if run.dry or not 0 <= run.step < len(procedure.steps):
            return []
        step = procedure.steps[run.step]
        return [self.command(step.asset, step.command)] if step.kind is StepKind.COMMAND else []

    def _alarm(self, index: int) -> Place:
        if not 0 <= index < len(self._catalogue.alarms):
            return Place(str(index), "")
        point = self._catalogue.alarms[index]
        return Place(point.key, point.asset.area)
