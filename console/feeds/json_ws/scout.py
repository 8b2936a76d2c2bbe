"""JSON that nobody has described yet; what carries no name of a thing is not claimed."""

from __future__ import annotations

from collections.abc import Sequence

from console.feeds.json_guess import guess, read_trees
from console.feeds.scout import Option, PlainScout


class JsonScout(PlainScout):
    """Paths are guessed from the names of fields."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether a name of a thing was found."""
        return bool(self.options(frames))

    def options(self, frames: Sequence[bytes | str]) -> dict[str, Option]:
        """Paths of source, time, values and items; empty if no name of a thing is among the fields."""
        found = guess(read_trees(frames))
        if not found.source or found.each == ".":
            return {}
        named = {
            "source_path": found.source,
            "each_path": found.each,
            "time_path": found.time,
            "zone": found.zone,
            "values_path": found.values,
        }
        return {name: path for name, path in named.items() if path}


SCOUT = JsonScout()
