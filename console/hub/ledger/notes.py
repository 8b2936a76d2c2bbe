"""What was done with the ledger while its hub had it open: left beside it by the command line, recorded by the hub.

A ledger that is exported or shown to a witness says so (SEC-15), also when a hub is running, which alone may append.
"""

from __future__ import annotations

import getpass
import logging
import platform
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec

from console.core.journal import Record, RecordKind
from console.core.plaintext import first_forbidden

log = logging.getLogger("app")

FOLDER = "ledger-notes"
EXPORTED, ANCHORED = "LEDGER_EXPORTED", "LEDGER_ANCHORED"
MOST_NOTES = 100
_MOST_BYTES = 4096
_SHOWN = 200


class LeftNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who did what with the ledger; `who` is the account of the operating system."""

    what: str
    at: int
    who: str
    station: str
    fields: dict[str, str]


_decode = msgspec.json.Decoder(LeftNote).decode


def leave_note(ledger: Path, what: str, at: int, fields: dict[str, str]) -> bool:
    """Leave a note for the hub of this folder; whether it could be left."""
    try:
        note = LeftNote(what, at, f"os:{getpass.getuser()}", platform.node(), fields)
        folder = ledger / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        name = folder / f"{at}-{secrets.token_hex(4)}"
        name.with_suffix(".new").write_bytes(msgspec.json.encode(note))
        name.with_suffix(".new").rename(name.with_suffix(".json"))
    except (OSError, KeyError) as error:
        log.info("no note of what was done with the ledger could be left: %s", error)
        return False
    return True


def left_notes(ledger: Path) -> Iterator[tuple[Path, Record | None]]:
    """Files that were left, the oldest first, each with the record it becomes; None for what is no note."""
    try:
        files = sorted((ledger / FOLDER).glob("*.json"))[:MOST_NOTES]
    except OSError:
        return
    for file in files:
        yield file, _record(file)


def _record(file: Path) -> Record | None:
    try:
        with file.open("rb") as stream:
            note = _decode(stream.read(_MOST_BYTES))
    except (OSError, msgspec.MsgspecError):
        return None
    if note.what not in (EXPORTED, ANCHORED) or not 0 <= note.at < 2**62:
        return None
    fields = {name[:_SHOWN]: _plain(text) for name, text in note.fields.items()}
    return Record(
        sequence=0,
        at=note.at,
        kind=RecordKind.ACT,
        who=_plain(note.who),
        station=_plain(note.station),
        subject="ledger",
        what=note.what,
        fields=fields,
    )


def _plain(text: str) -> str:
    return "".join("?" if first_forbidden(c) else c for c in text[:_SHOWN])
