"""What the page may tell the program: one tagged union, checked field by field before anything believes it
(SEC-29)."""

from __future__ import annotations

from typing import Annotated

import msgspec

MOST_CHARS = 4096

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
_Lat = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
_Lon = Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)]
_Zoom = Annotated[float, msgspec.Meta(ge=0.0, le=24.0)]


class PageReady(msgspec.Struct, frozen=True, tag="ready", tag_field="is", forbid_unknown_fields=True):
    """The page has drawn its layers and takes frames."""


class PageFailed(msgspec.Struct, frozen=True, tag="failed", tag_field="is", forbid_unknown_fields=True):
    """The page could not start."""

    what: Annotated[str, msgspec.Meta(max_length=400)]


class FrameTaken(msgspec.Struct, frozen=True, tag="taken", tag_field="is", forbid_unknown_fields=True):
    """The page has worked the last frame in and can take the next."""


class MarkClicked(msgspec.Struct, frozen=True, tag="clicked", tag_field="is", forbid_unknown_fields=True):
    """A mark was chosen with pointer or keyboard."""

    id: _Id


class MarkActivated(msgspec.Struct, frozen=True, tag="activated", tag_field="is", forbid_unknown_fields=True):
    """A mark was double-clicked, or entered with the Enter key."""

    id: _Id


class ExtentMoved(msgspec.Struct, frozen=True, tag="extent", tag_field="is", forbid_unknown_fields=True):
    """The part of the world that is on the screen."""

    south: _Lat
    west: _Lon
    north: _Lat
    east: _Lon
    zoom: _Zoom


Report = PageReady | PageFailed | FrameTaken | MarkClicked | MarkActivated | ExtentMoved

_DECODER: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)


def read_report(text: str) -> Report | None:
    """The report in a text of the page, None if it is not one."""
    if len(text) > MOST_CHARS:
        return None
    try:
        return _DECODER.decode(text)
    except msgspec.MsgspecError:
        return None
