"""Whether a command may be sent at all, judged at the hub on present data (CMD-03, CMD-12)."""

from __future__ import annotations

import math
import re

import msgspec

from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandRequest
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused
from console.core.quality import Quality
from console.core.site import CommandClass, CommandDef, ParamDef
from console.core.values import LatestValues

NOT_AFTER_DEFAULT_S = 10
"""Time to the sending, beyond what people need to decide and to confirm."""
_PEOPLE_S = {CommandClass.C2: 35, CommandClass.C3: 335}
"""Selection 5 s and confirmation 30 s; an approval 300 s before them."""
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent; `request.not_after` is set."""

    request: CommandRequest
    definition: CommandDef
    value: float
    feedback: int | None = None
    """Index of the feedback tag, None if the command has none."""


def intent_of(catalogue: Catalogue, request: CommandRequest, at: int, *, cautioned: bool = False) -> Intent:
    """The request with definition and value; raises CommandRefused: UNSUPPORTED, FORMAT, OUT_OF_RANGE, NO_TEST_MODE.

    `cautioned`: a caution tag hangs there, so that a person confirms it whatever its class (CMD-08).
    """
    definition = catalogue.command(request.asset, request.command)
    if definition is None:
        raise CommandRefused(CommandReason.UNSUPPORTED)
    if not ULID.fullmatch(request.command_id) or request.not_after < 0:
        raise CommandRefused(CommandReason.FORMAT)
    value = _value(definition, request.value)
    tag = definition.feedback_tag
    feedback = catalogue.tag_index(f"{request.asset}.{tag}") if tag else None
    if request.test and not definition.test_mode:
        raise CommandRefused(CommandReason.NO_TEST_MODE)
    if request.not_after == 0:
        lasts = NOT_AFTER_DEFAULT_S
        if not definition.emergency:
            least = _PEOPLE_S[CommandClass.C2] if cautioned else 0
            lasts += _PEOPLE_S.get(definition.command_class, least)
        request = msgspec.structs.replace(request, not_after=at + lasts * NS)
    return Intent(request=request, definition=definition, value=value, feedback=feedback)


def validate(intent: Intent, values: LatestValues) -> None:
    """Judges an intent on present values; raises CommandRefused: STALE_FEEDBACK, ALREADY_IN_STATE, STEP_LIMIT."""
    if intent.feedback is None:
        return
    if not Quality(int(values.quality[intent.feedback])).usable:
        raise CommandRefused(CommandReason.STALE_FEEDBACK)
    present = float(values.value[intent.feedback])
    if math.isclose(present, intent.value, rel_tol=1e-9, abs_tol=1e-12):
        raise CommandRefused(CommandReason.ALREADY_IN_STATE)
    for param in intent.definition.params:
        if 0.0 < param.step_limit < abs(intent.value - present):
            raise CommandRefused(CommandReason.STEP_LIMIT, limit=f"{param.step_limit:g}")


def _value(definition: CommandDef, given: float | None) -> float:
    """The value to send: the definition's own, or the one parameter's, within its range."""
    if definition.value is not None:
        if given is not None:
            raise CommandRefused(CommandReason.FORMAT)
        return definition.value
    if given is None or not definition.params or not _plain(given):
        raise CommandRefused(CommandReason.FORMAT)
    param: ParamDef = definition.params[0]
    if not param.low <= given <= param.high:
        raise CommandRefused(CommandReason.OUT_OF_RANGE, low=f"{param.low:g}", high=f"{param.high:g}")
    return given


def _plain(value: float) -> bool:
    """A number a person means: finite, and not minus zero."""
    return math.isfinite(value) and not (value == 0.0 and math.copysign(1.0, value) < 0.0)
