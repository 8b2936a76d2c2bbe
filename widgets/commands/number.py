"""A number as a person types it: either decimal mark, no thousands, no infinity, no minus zero (CMD-12)."""

from __future__ import annotations

import math
import re

from console.core.site import ParamDef

_SHAPE = re.compile(r"[+\-\u2212]?\d+([.,]\d+)?")


def parse_number(typed: str) -> float | None:
    """The number, None when it is not one; `1,5` and `1.5` are the same."""
    text = typed.strip()
    if not _SHAPE.fullmatch(text):
        return None
    value = float(text.replace(",", ".").replace("\u2212", "-"))
    return value + 0.0 if math.isfinite(value) else None


def fault_of(typed: str, param: ParamDef, present: float | None) -> str:
    """Why a typed value cannot be sent, as a word key below `commands.fault`; empty when it can."""
    if not typed.strip():
        return "missing"
    value = parse_number(typed)
    if value is None:
        return "format"
    if not param.low <= value <= param.high:
        return "range"
    if param.step_limit and present is not None and abs(value - present) > param.step_limit + 1e-9:
        return "step"
    return ""
