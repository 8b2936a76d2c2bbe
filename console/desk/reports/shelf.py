"""What lies in an output folder: files of one report together, by the name that the export gave them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from console.report.evidence import SUFFIX
from console.report.facts.record import Kind

MOST = 5000
"""Reports that are listed, the newest."""
_NAME = re.compile(
    r"(?P<stem>(?P<kind>[a-z_]+)-(?P<middle>.*)-(?P<start>\d{8}T\d{6})-(?P<end>\d{8}T\d{6})-(?P<lang>ko-en|ko|en))"
    r"\.(?P<rest>.+)"
)


class Made(NamedTuple):
    """One report in the folder; times are those in its name, of the site's zone."""

    stem: str
    kind: str
    middle: str
    """Site, and what it is about."""
    start: str
    end: str
    lang: str
    names: tuple[str, ...]
    at: float
    """When the newest of its files was written, seconds since 1970."""
    size: int

    def name_of(self, ending: str) -> str:
        """The file of a format; empty if it has none."""
        return next((name for name in self.names if name == f"{self.stem}.{ending}"), "")

    @property
    def evidence(self) -> str:
        """The file that proves it; empty if it was taken away."""
        return next((name for name in self.names if name == self.stem + SUFFIX), "")

    @property
    def formats(self) -> tuple[str, ...]:
        """Endings without the evidence, each once."""
        found = (name.rpartition(".")[2] for name in self.names if name != self.stem + SUFFIX)
        return tuple(dict.fromkeys(found))


def stem_of_name(name: str) -> str:
    """The report that a file belongs to; empty for a file of something else."""
    found = _NAME.fullmatch(name)
    return found["stem"] if found is not None else ""


def scan(folder: Path) -> tuple[Made, ...]:
    """The reports of a folder, newest first; raises OSError when it cannot be read."""
    files: dict[str, list[tuple[str, float, int]]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            found = _NAME.fullmatch(entry.name)
            if found is None or found["kind"] not in tuple(Kind):
                continue
            with contextlib.suppress(OSError):  # gone since
                state = entry.stat(follow_symlinks=False)
                files.setdefault(found["stem"], []).append((entry.name, state.st_mtime, state.st_size))
    reports = (_made(stem, rows) for stem, rows in files.items())
    return tuple(sorted(reports, key=lambda one: (one.at, one.stem), reverse=True)[:MOST])


def _made(stem: str, rows: list[tuple[str, float, int]]) -> Made:
    found = _NAME.fullmatch(rows[0][0])
    assert found is not None
    return Made(
        stem=stem,
        kind=found["kind"],
        middle=found["middle"],
        start=found["start"],
        end=found["end"],
        lang=found["lang"],
        names=tuple(sorted(name for name, _, _ in rows)),
        at=max(at for _, at, _ in rows),
        size=sum(size for _, _, size in rows),
    )


def remove(folder: Path, stems: Iterable[str]) -> list[str]:
    """Take reports away that a plan no longer keeps; names of files that could not be removed."""
    wanted = set(stems)
    stuck: list[str] = []
    for made in scan(folder) if wanted else ():
        for name in made.names if made.stem in wanted else ():
            try:
                (folder / name).unlink(missing_ok=True)
            except OSError:
                stuck.append(name)
    return stuck
