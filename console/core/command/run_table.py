"""The states of a run of a procedure as one table; a missing key is the refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from console.core.command.control_facts import RunState


class RunInput(StrEnum):
    """What may happen to a run; the first are acts of persons."""

    PAUSE = "PAUSE"
    RESUME = "RESUME"
    RETRY = "RETRY"
    SKIP = "SKIP"
    CONFIRM = "CONFIRM"
    NOTE = "NOTE"
    EXECUTE = "EXECUTE"
    ABORT = "ABORT"
    HAND_OVER = "HAND_OVER"
    """Another person answers for it from now on."""
    STEP_BEGAN = "STEP_BEGAN"
    STEP_WAITS = "STEP_WAITS"
    STEP_DONE = "STEP_DONE"
    STEP_JUDGED = "STEP_JUDGED"
    """Dry run: the step has been looked at."""
    STEP_FAILED = "STEP_FAILED"
    COMMAND_WAITS = "COMMAND_WAITS"
    """For an approval or a confirmation."""
    COMMAND_GOES = "COMMAND_GOES"
    LATE_SUCCESS = "LATE_SUCCESS"
    LAST_STEP_OVER = "LAST_STEP_OVER"
    RESTART = "RESTART"


_S = RunState
_I = RunInput

TABLE: Final[dict[RunState, dict[RunInput, RunState]]] = {
    _S.RUNNING: {
        _I.PAUSE: _S.PAUSED,
        _I.HAND_OVER: _S.RUNNING,
        _I.ABORT: _S.ABORTED,
        _I.STEP_BEGAN: _S.RUNNING,
        _I.STEP_WAITS: _S.WAITING,
        _I.STEP_DONE: _S.RUNNING,
        _I.STEP_JUDGED: _S.RUNNING,
        _I.STEP_FAILED: _S.HELD,
        _I.COMMAND_WAITS: _S.WAITING,
        _I.COMMAND_GOES: _S.RUNNING,
        _I.LAST_STEP_OVER: _S.DONE,
        _I.RESTART: _S.PAUSED,
    },
    _S.WAITING: {
        _I.PAUSE: _S.PAUSED,
        _I.SKIP: _S.RUNNING,
        _I.CONFIRM: _S.RUNNING,
        _I.NOTE: _S.RUNNING,
        _I.EXECUTE: _S.WAITING,
        _I.HAND_OVER: _S.WAITING,
        _I.ABORT: _S.ABORTED,
        _I.STEP_DONE: _S.RUNNING,
        _I.STEP_JUDGED: _S.RUNNING,
        _I.STEP_FAILED: _S.HELD,
        _I.COMMAND_WAITS: _S.WAITING,
        _I.COMMAND_GOES: _S.RUNNING,
        _I.RESTART: _S.PAUSED,
    },
    _S.PAUSED: {
        _I.RESUME: _S.RUNNING,
        _I.SKIP: _S.PAUSED,
        _I.HAND_OVER: _S.PAUSED,
        _I.ABORT: _S.ABORTED,
        # What was under way takes its course; the run stays where it is.
        _I.STEP_DONE: _S.PAUSED,
        _I.STEP_FAILED: _S.PAUSED,
        _I.COMMAND_WAITS: _S.PAUSED,
        _I.COMMAND_GOES: _S.PAUSED,
        _I.LATE_SUCCESS: _S.PAUSED,
        _I.LAST_STEP_OVER: _S.DONE,
        _I.RESTART: _S.PAUSED,
    },
    _S.HELD: {
        _I.RETRY: _S.RUNNING,
        _I.SKIP: _S.RUNNING,
        _I.HAND_OVER: _S.HELD,
        _I.ABORT: _S.ABORTED,
        _I.LATE_SUCCESS: _S.PAUSED,
        _I.RESTART: _S.PAUSED,
    },
    _S.DONE: {},
    _S.ABORTED: {},
}
