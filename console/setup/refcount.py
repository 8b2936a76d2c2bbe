"""PySide6 6.12.0 on CPython 3.11 loses a reference to None in each void call and soon aborts (PYSIDE-3474).

The check takes the call to try, so that this room stays free of Qt. From CPython 3.12 on None is immortal and
the count never moves, which is the truth there: nothing can be lost.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

TIMES = 2000


def lost_references(call: Callable[[], object], watched: object = None, times: int = TIMES) -> int:
    """References to `watched` that `times` calls lost; 0 within the noise."""
    before = sys.getrefcount(watched)
    for _ in range(times):
        call()
    lost = before - sys.getrefcount(watched)
    return lost if lost > max(times // 10, 1) else 0


def is_sound(void_call: Callable[[], object], signal_emit: Callable[[], object]) -> bool:
    """True when neither a void Qt call loses None nor a signal's emit loses True."""
    return lost_references(void_call) == 0 and lost_references(signal_emit, watched=True) == 0
