"""Values of a server as text for a tap and for a recording, and back; pure, and without the library.

    {"value": 2.5, "status": "0x00000000", "source": "2026-11-22T07:00:00.25+00:00", "server": "…"}

What JSON has no form for stands as an object of one name: {"time": "…"}, {"text": "…"}, {"float": "nan"}.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from console.core.errors import DecodeError
from console.feeds.json_guard import load_object
from console.feeds.opcua.codec import Value
from console.feeds.socket import HARD_LIMIT
from console.feeds.tap import about_of, read_about

Tree = dict[str, object]
LONGEST_LIST = 10_000


def frame_about(names: tuple[str, str]) -> str:
    """Which point a value is of."""
    return about_of(names[0], ("path", names[1]))


def written_names(about: str) -> tuple[str, str]:
    """The names of the point that a frame is of."""
    source, facts = read_about(about)
    return source, dict(facts).get("path", "")


def written(value: Value, words: Mapping[int, str] | None) -> str:
    """A value as one line; `words` are those of its enumeration."""
    tree: Tree = {"value": _plain(value.data), "status": f"0x{value.code:08X}"}
    for name, time in (("source", value.source_time), ("server", value.server_time)):
        if time is not None:
            tree[name] = _aware(time).isoformat()
    if words is not None:
        tree["words"] = {str(number): word for number, word in words.items()}
    return json.dumps(tree, ensure_ascii=False)


def read_written(frame: bytes | str) -> tuple[Value, Mapping[int, str] | None]:
    """The value that a line was; raises DecodeError."""
    tree = load_object(frame, HARD_LIMIT)
    code, words = tree.get("status"), tree.get("words")
    try:
        found = int(code, 16) if isinstance(code, str) else -1
    except ValueError:
        found = -1
    if not 0 <= found < 2**32:
        raise DecodeError("status", "wrong_type")
    value = Value(_data(tree.get("value")), found, _time(tree, "source"), _time(tree, "server"))
    if not isinstance(words, dict):
        return value, None
    given = cast("Tree", words)
    return value, {int(number): str(word) for number, word in given.items() if number.lstrip("-").isdecimal()}


def _plain(data: object) -> object:
    if isinstance(data, (bool, str)) or data is None:
        return data
    if isinstance(data, int):
        return int(data)
    if isinstance(data, float):
        return float(data) if math.isfinite(data) else {"float": repr(float(data))}
    if isinstance(data, datetime):
        return {"time": _aware(data).isoformat()}
    if isinstance(data, (list, tuple)):
        return [_plain(one) for one in cast("list[object]", list(data))[:LONGEST_LIST]]  # pyright: ignore[reportUnknownArgumentType]
    text = getattr(data, "Text", None)
    return {"text": text} if isinstance(text, str) else {"other": repr(data)[:200]}


class _Text:
    """A text with its language, of which only the text is used."""

    def __init__(self, text: str) -> None:
        self.Text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and other.Text == self.Text

    def __hash__(self) -> int:
        return hash(self.Text)


def _data(value: object) -> object:
    if isinstance(value, list):
        return [_data(one) for one in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    tree = cast("Tree", value)
    name, told = next(iter(tree.items()), ("", ""))
    if name == "float" and told in ("nan", "inf", "-inf"):
        return float(cast("str", told))
    if name == "text":
        return _Text(str(told))
    if name == "time":
        return _time(tree, "time")
    return tree


def _time(tree: Tree, name: str) -> datetime | None:
    text = tree.get(name)
    if text is None:
        return None
    try:
        return _aware(datetime.fromisoformat(str(text)))
    except ValueError:
        raise DecodeError(name, "time") from None


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
