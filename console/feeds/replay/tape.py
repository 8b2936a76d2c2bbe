"""Recordings of frames: JSON lines, the first of which says what was recorded; pure.

{"gwanje": "frames", "version": 1, "adapter": "ngsi_ld", "url": "ws://…", "options": {}, "started": <UTC ns>}
{"at": <UTC ns>, "text": "…"}            a text frame
{"at": <UTC ns>, "base64": "…"}          a binary frame
"""

from __future__ import annotations

import base64
import binascii
import json

import msgspec

from console.core.errors import DecodeError
from console.feeds.json_guard import load_object

KIND = "frames"
VERSION = 1
LINE_LIMIT = 24 * 1024 * 1024
"""Longest line: the largest frame that a feed takes, in base64."""

Option = str | float | bool


class TapeHead(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded."""

    adapter: str
    url: str
    started: int
    options: dict[str, Option] = msgspec.field(default_factory=dict[str, "Option"])


class TapeFrame(msgspec.Struct, frozen=True):
    """One frame as it came; `at` is UTC ns of whoever recorded it."""

    at: int
    data: bytes | str
    about: str = ""


def head_line(head: TapeHead) -> str:
    """The first line."""
    fields = {"gwanje": KIND, "version": VERSION, **msgspec.structs.asdict(head)}
    return json.dumps(fields, ensure_ascii=False)


def frame_line(frame: TapeFrame) -> str:
    """One frame."""
    fields: dict[str, object] = {"at": frame.at}
    if isinstance(frame.data, str):
        fields["text"] = frame.data
    else:
        fields["base64"] = base64.b64encode(frame.data).decode("ascii")
    if frame.about:
        fields["about"] = frame.about
    return json.dumps(fields, ensure_ascii=False)


def read_head(line: str | bytes) -> TapeHead:
    """The first line of a recording; raises DecodeError for anything else."""
    tree = load_object(line, LINE_LIMIT)
    if tree.pop("gwanje", None) != KIND:
        raise DecodeError("line 1", "not_a_recording")
    if tree.pop("version", None) != VERSION:
        raise DecodeError("line 1", "version")
    try:
        return msgspec.convert(tree, TapeHead)
    except msgspec.ValidationError as error:
        raise DecodeError("line 1", "not_a_recording", str(error)[:80]) from None


def read_frame(line: str | bytes) -> TapeFrame:
    """One frame; raises DecodeError."""
    tree = load_object(line, LINE_LIMIT)
    at, about = tree.get("at"), tree.get("about", "")
    if not isinstance(at, int) or isinstance(at, bool) or not isinstance(about, str):
        raise DecodeError("at", "wrong_type")
    return TapeFrame(at, _data(tree), about)


def _data(tree: dict[str, object]) -> bytes | str:
    text, packed = tree.get("text"), tree.get("base64")
    if isinstance(text, str):
        return text
    if not isinstance(packed, str):
        raise DecodeError("text or base64", "missing")
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise DecodeError("base64", "encoding") from None
