"""JSON of strangers, read within bounds: size, depth, no NaN, no key twice, no half characters; pure.

A key that stands twice in one object is refused: readers differ in which value wins, so neither can be
trusted (SEC-26).
"""

from __future__ import annotations

import json
import re
from typing import cast

from console.core.errors import DecodeError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?(?:NaN|Infinity))')


def load(data: bytes | str, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> object:
    """The tree of a JSON text.

    Raises DecodeError: too_large, encoding, not_json, not_finite, duplicate_key or too_deep, with the place
    in `where`.
    """
    if len(data) > max_bytes:
        raise DecodeError("frame", "too_large", f"{len(data)} bytes")
    text = _text(data)
    try:
        tree = cast("object", _DECODER.decode(text))
    except DecodeError as error:
        raise _placed(error, text) from None
    except json.JSONDecodeError as error:
        raise DecodeError(
            f"byte {error.pos}", "not_json", text[max(0, error.pos - 40) : error.pos + 40]
        ) from None
    except RecursionError:
        raise DecodeError("frame", "too_deep", text[:80]) from None
    except ValueError:  # an integer of more than 4300 digits
        raise DecodeError("frame", "not_json", text[:80]) from None
    _check_depth(tree, max_depth)
    if "\\ud" in text or "\\uD" in text:
        _check_characters(tree)
    return tree


def load_object(data: bytes | str, max_bytes: int = MAX_BYTES) -> dict[str, object]:
    """The object of a JSON text; raises DecodeError as `load` does, or `not_an_object`."""
    tree = load(data, max_bytes)
    if not isinstance(tree, dict):
        raise DecodeError("frame", "not_an_object", repr(tree)[:80])
    return cast("dict[str, object]", tree)


def _text(data: bytes | str) -> str:
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise DecodeError(f"byte {error.start}", "encoding") from None
    return text.removeprefix("\ufeff")


def _check_characters(tree: object) -> None:
    """Python's reader lets half a surrogate pair pass, which no later encoder could write."""
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DecodeError("frame", "encoding") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise DecodeError(twice[:80], "duplicate_key")
    return found


def _refuse_constant(word: str) -> object:
    raise DecodeError("", "not_finite", word)


def _placed(error: DecodeError, text: str) -> DecodeError:
    """The same error with the byte where a NaN or Infinity stands."""
    if error.reason != "not_finite":
        return error
    for found in _CONSTANT.finditer(text):
        if found[1]:
            return DecodeError(
                f"byte {found.start()}", error.reason, text[max(0, found.start() - 40) : found.end() + 40]
            )
    return error


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
"""Made once: a tenth of the time of a small frame would go into making it."""


def _check_depth(node: object, left: int) -> None:
    if left == 0:
        raise DecodeError("frame", "too_deep")
    if isinstance(node, dict):
        values = list(cast("dict[str, object]", node).values())
    else:
        values = cast("list[object]", node) if isinstance(node, list) else []
    for value in values:
        kind = type(value)
        if kind is dict or kind is list:
            _check_depth(value, left - 1)
