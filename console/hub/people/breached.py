"""The site's own list of breached passwords: one SHA-1 in hex a line, or at least its first ten digits, sorted.

The lists that are published (with or without `:count` behind each hash) can be used as they are. The file may have
gigabytes: it is searched, not read.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

FILE = "breached.txt"
_LINE = re.compile(rb"[0-9A-Fa-f]{10,40}(:\d+)?\s*$")
_LONGEST_LINE = 80


def breached(password: str, path: Path) -> bool:
    """Whether the list names the password; False without a list. Raises OSError for a file that cannot be read."""
    if not path.is_file():
        return False
    # Not a hash that protects anything: it is the name under which the published lists keep a password.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        # The wanted line begins in [low, high).
        while low < high:
            middle = (low + high) // 2
            begin, line = _line_from(lines, middle)
            if not line or begin >= high:
                high = middle
                continue
            prefix = line.split(b":")[0].strip().upper()
            if _LINE.match(line) and wanted.startswith(prefix):
                return True
            if prefix < wanted:
                low = lines.tell()
            else:
                high = middle
    return False


def _line_from(lines: BinaryIO, place: int) -> tuple[int, bytes]:
    """The first line that begins at `place` or after it."""
    lines.seek(max(place - 1, 0))
    if place:
        lines.readline(_LONGEST_LINE)
    return lines.tell(), lines.readline(_LONGEST_LINE)
