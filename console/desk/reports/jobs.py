"""Jobs of the report desk and the command line that does each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from console.desk.reports.wish import Wish


class JobKind(StrEnum):
    """What a job is for."""

    MAKE = "make"
    PREVIEW = "preview"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Tools:
    """What makes reports at this seat."""

    program: tuple[str, ...]
    """Runs `main.py`."""
    data: Path
    """The data folder the facts come from; it is only read."""
    preview: Path
    """Folder of pages that are only looked at."""
    plans: Path
    """File of the plans."""
    site: Path | None = None
    """The site profile if it lies on this computer."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do; `plan` and `due` say which plan wants it."""

    number: int
    kind: JobKind
    folder: Path
    wish: Wish | None = None
    file: Path | None = None
    plan: str = ""
    due: int = 0


def words_of(job: Job, tools: Tools) -> tuple[str, ...]:
    """The command line."""
    if job.kind is JobKind.VERIFY:
        return (*tools.program, "verify", str(job.file))
    wish = job.wish
    assert wish is not None
    formats = ("pdf",) if job.kind is JobKind.PREVIEW else wish.formats
    words = [*tools.program, "export", wish.kind, "--progress", "--data", str(tools.data)]
    words += ["--from", str(wish.start), "--to", str(wish.end), "--lang", wish.lang]
    words += ["--format", ",".join(formats), "--out", str(job.folder)]
    if tools.site is not None:
        words += ["--site", str(tools.site)]
    if wish.about:
        words += ["--about", wish.about]
    return tuple(words)
