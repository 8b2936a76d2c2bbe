"""Runs of operator procedures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.command.control_facts import RunFact, RunState, StepFact, StepState

__all__ = ["RunBoard", "RunFact", "RunState", "StepFact", "StepState"]


class RunBoard(QObject):
    """Runs by id."""

    runs_changed = Signal(object)
    """Frozen set of the ids of runs concerned."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def facts(self) -> dict[str, RunFact]:
        """Every run the hub has told of. Look, do not write."""
        return self._mirror.runs

    def listed(self) -> list[RunFact]:
        """Those that go on first, then the newest."""
        return sorted(self._mirror.runs.values(), key=lambda run: (run.state.over, -run.started))

    def of_procedure(self, procedure: str) -> RunFact | None:
        """The run of a procedure that goes on, else its newest one."""
        return next((run for run in self.listed() if run.procedure == procedure), None)

    def of_command(self, command_id: str) -> RunFact | None:
        """The run whose present step sent a command."""
        going = (
            run for run in self._mirror.runs.values() if not run.state.over and run.step < len(run.steps)
        )
        return next(
            (run for run in going if command_id and run.steps[run.step].command_id == command_id), None
        )

    def push(self, runs: Sequence[RunFact]) -> None:
        """Take runs and tell of them at once."""
        self._mirror.runs.update({run.id: run for run in runs})
        self.tell(frozenset(run.id for run in runs))

    def tell(self, runs: frozenset[str]) -> None:
        """Announce what is in the mirror already."""
        self.runs_changed.emit(runs)
