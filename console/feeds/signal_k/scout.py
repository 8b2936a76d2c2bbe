"""A Signal K server, known by its hello and its deltas."""

from __future__ import annotations

from collections.abc import Sequence

from console.core.errors import DecodeError
from console.feeds.json_guard import load_object
from console.feeds.scout import PlainScout, SourceName, word


class SignalKScout(PlainScout):
    """Contexts are `vessels.urn:mrn:…`; what moves needs no asset."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether one of the frames is a hello or a delta."""
        return any(_is_signal_k(frame) for frame in frames)

    def name(self, source: str) -> SourceName:
        """The group before the first dot is the kind."""
        group, _, own = source.partition(".")
        return SourceName(word(group.removesuffix("s")), own or source)


def _is_signal_k(frame: bytes | str) -> bool:
    try:
        tree = load_object(frame)
    except DecodeError:
        return False
    hello = "version" in tree and ("self" in tree or "roles" in tree)
    return hello or ("updates" in tree and isinstance(tree["updates"], list))


SCOUT = SignalKScout()
