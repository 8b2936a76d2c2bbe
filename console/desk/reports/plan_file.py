"""The plans of this seat on disk: one JSON file, replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from console.desk.reports.plans import MOST_PLANS, ReportPlan, plan_fault


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    plans: tuple[ReportPlan, ...]


class PlanFile:
    """Reads once, writes at every change. `problem` says in English why the file could not be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""

    def read(self) -> tuple[ReportPlan, ...]:
        """The plans; none when there is no file, and none with a `problem` when it is damaged and set aside."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            self.problem = str(error)
            return ()
        plans, self.problem = _read(data)
        if self.problem:
            self._set_aside()
        return plans

    def write(self, plans: tuple[ReportPlan, ...]) -> None:
        """Replace the file; raises OSError."""
        data = msgspec.json.format(msgspec.json.encode(_File(1, plans)), indent=1)
        part = self._path.with_suffix(".part")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_suffix(".damaged.json"))
        except OSError as error:
            self.problem += f"; {error}"


def _read(data: bytes) -> tuple[tuple[ReportPlan, ...], str]:
    """The plans, or why there are none."""
    try:
        held = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return (), str(error)
    wrong = next((f"{plan.id}: {fault}" for plan in held.plans if (fault := plan_fault(plan))), "")
    return ((), wrong) if wrong else (held.plans[:MOST_PLANS], "")
