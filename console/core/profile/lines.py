"""Where things stand in a TOML text: a small scan for headers and keys, since the parser forgets lines.

A path is what the parsed tree is walked with, such as ("tag", 2, "low"). Keys inside inline tables are not
told apart: their line is that of the key that holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


class Lines:
    """Line numbers by path, 1-based."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        prefix: Path = ()
        for number, line in _outside_strings(text):
            header = _HEADER.match(line)
            if header:
                prefix = self._header(header[2], header[1] == "[[")
                self._lines.setdefault(prefix, number)
                continue
            key = _KEY.match(line)
            if key:
                self._lines.setdefault(prefix + _parts(key[1]), number)

    def of(self, path: Path) -> int:
        """Line of `path`, or of the nearest thing around it that has one; 0 if there is none."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 0

    def _header(self, words: str, is_array: bool) -> Path:
        path: Path = ()
        parts = _parts(words)
        for depth, part in enumerate(parts, 1):
            path = (*path, part)
            if is_array and depth == len(parts):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
        return path


def _parts(words: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(words))


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """Lines that do not begin within a multi-line string."""
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not closing:
            yield number, line
        for mark in ('"""', "'''"):
            if (not closing or closing == mark) and line.count(mark) % 2:
                closing = "" if closing else mark
                break
