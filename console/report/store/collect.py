"""Holdings from a data folder: of a hub, of a console, or of both, as a single seat has it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from console.core.site import Site
from console.report.errors import ReportError
from console.report.store import console_data, hub_data, journal_file
from console.report.store.question import Collected, Question


def collect(data: Path, site: Site, asked: Question) -> Collected:
    """What the folder holds for a report.

    Raises ReportError `no_store`, `old_store`, `unreadable` or `unknown_subject`.
    """
    hub, console = data / journal_file.FILE, console_data.path_of(data)
    if console is None:
        return hub_data.collect(data, site, asked)
    if not hub.is_file() or _is_newer(console, hub):
        return console_data.collect(console, site, asked)
    try:
        return hub_data.collect(data, site, asked)
    except ReportError as error:
        if error.key not in ("old_store", "unreadable"):
            raise
        found = console_data.collect(console, site, asked)
        missing = (*found.holdings.missing, "hub_unreadable")
        return msgspec.structs.replace(
            found, holdings=msgspec.structs.replace(found.holdings, missing=missing)
        )


def site_held(data: Path, at: int) -> Site | None:
    """The profile that was in force at a time (UTC ns) as a console was told it; None where that is not known."""
    path = console_data.path_of(data)
    if path is None:
        return None
    try:
        return console_data.site_of(path, at)
    except (sqlite3.Error, msgspec.MsgspecError, OSError) as error:
        raise ReportError("unreadable", name=str(path), detail=str(error)) from error


def _is_newer(console: Path, hub: Path) -> bool:
    """Whether the folder of the hub is only what was left of an earlier one: the console has heard later things."""
    try:
        with journal_file.read_only(hub) as base:
            until = journal_file.bounds(base)[1] if journal_file.is_present(base) else 0
        return bool(until) and console_data.newest(console) > until + _LATER
    except (sqlite3.Error, OSError):
        return False


_LATER = 3600 * 10**9
"""A hub that is at work writes more often than this."""
