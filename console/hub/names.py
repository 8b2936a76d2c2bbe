"""What a person may call things in a message: a name is short and of one line, so that a record can hold it.

Free texts (comments, reasons, what is searched for) and what a person types at a sign-in are judged by whom they
are for.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from console.core.plaintext import first_forbidden

LONGEST = 200
"""Characters of an id, a token, a signature or the name of an asset."""
_FREE = frozenset(
    {
        *("comment", "reason", "text", "evidence", "why"),
        *("user", "name", "person", "code", "password", "old", "new"),
        *("subject", "who", "kinds", "data"),
    }
)


def unfit(message: msgspec.Struct) -> str:
    """The first name in a message that cannot be one, with its place and why; empty when all can (SEC-25, SEC-26)."""
    return _struct(message, "$")


def _struct(value: msgspec.Struct, place: str) -> str:
    for field in value.__struct_fields__:
        if field not in _FREE:
            fault = _fault(getattr(value, field), f"{place}.{field}")
            if fault:
                return fault
    return ""


def _fault(value: Any, place: str) -> str:
    match value:
        case str():
            return _text(value, place)
        case msgspec.Struct():
            return _struct(value, place)
        case tuple() | dict():
            # Of a mapping the keys are names; its values are numbers.
            parts = cast("tuple[Any, ...] | dict[str, Any]", value)
            faults = (_fault(part, f"{place}[{n}]") for n, part in enumerate(parts))
            return next((fault for fault in faults if fault), "")
        case _:
            return ""


def _text(value: str, place: str) -> str:
    if len(value) > LONGEST:
        return f"{place}: {len(value)} characters, at most {LONGEST}"
    sign = first_forbidden(value)
    return f"{place}: {sign}" if sign else ""
