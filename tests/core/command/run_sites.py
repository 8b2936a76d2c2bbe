"""Runs of procedures for tests: steps of every kind, and what became of their commands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from console.core.batch import NS
from console.core.command.control_facts import RunFact, RunState
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.procedure import RunMachine
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.words import Text

AT = 1_800_000_000 * NS
NAME = Text("가", "a")
FACT = RunFact(id="run", procedure="drain", state=RunState.RUNNING, by="kim", started=AT)


def step(kind: StepKind, name: str = "", skippable: bool = True) -> ProcedureStep:
    return ProcedureStep(id=name or kind, kind=kind, label=NAME, timeout_s=60.0, skippable=skippable)


def procedure(*kinds: StepKind) -> Procedure:
    steps = tuple(step(kind, f"{n}-{kind}") for n, kind in enumerate(kinds))
    return Procedure(id="drain", label=NAME, purpose=NAME, area="west", steps=steps)


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"command-{next(numbers)}"


def started(*kinds: StepKind, dry: bool = False) -> RunMachine:
    fact = RunFact(id="run", procedure="drain", state=RunState.RUNNING, by="kim", started=AT, dry=dry)
    return RunMachine.started(procedure(*kinds), fact, ids(), 0.0)


def command(state: CommandState, command_id: str = "command-1", reason: str = "") -> CommandFact:
    request = CommandRequest(command_id=command_id, asset="p1", command="start")
    return CommandFact(request=request, state=state, reason=reason)


def tell(run: RunMachine, state: CommandState, reason: str = "", command_id: str = "command-1") -> None:
    run.command(command(state, command_id, reason), 1.0, AT)


def states(run: RunMachine) -> list[str]:
    return [str(fact.state) for fact in run.fact.steps]
