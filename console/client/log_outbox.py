"""What was written in the operator log at this seat and is not at the hub yet: on disk, until the hub has it.

A letter is one JSON file; files of entries stand beside it under their SHA-256. Everything is for the owner only.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import msgspec

from console.core.logbook.entry import LogDraft

log = logging.getLogger("app")

_END = ".letter.json"
_UNFINISHED = "unfinished.json"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to be sent in the name of who wrote it."""

    draft: LogDraft
    author: str
    author_name: str = ""
    reason: str = ""
    """Why the hub does not take it; empty while it waits."""


class Outbox:
    """One folder, made at the first letter. Raises OSError when something cannot be kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._letters: dict[str, Letter] | None = None

    def letters(self) -> list[Letter]:
        """What waits or was refused, oldest first."""
        return sorted(self._known().values(), key=lambda letter: letter.draft.id)

    def put(self, letter: Letter) -> None:
        """Keep a letter, or change what is known of it; it is on disk when this returns."""
        known = self._known()
        self._write(f"{letter.draft.id}{_END}", msgspec.json.encode(letter))
        known[letter.draft.id] = letter

    def drop(self, entry: str) -> None:
        """The hub has it, or its author gave it up; its files go when no other letter has them."""
        letter = self._known().pop(entry, None)
        if letter is None:
            return
        (self._folder / f"{entry}{_END}").unlink(missing_ok=True)
        self._sweep()

    def add_file(self, data: bytes) -> str:
        """Keep the bytes of a file; their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if not (self._folder / digest).is_file():
            self._write(digest, data)
        return digest

    def read_file(self, digest: str, offset: int = 0, size: int = -1) -> bytes:
        """Bytes of a file; raises OSError without it."""
        with (self._folder / digest).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def keep_unfinished(self, draft: LogDraft | None) -> None:
        """What is being written, so that a crash does not cost it; None forgets it."""
        if draft is None:
            (self._folder / _UNFINISHED).unlink(missing_ok=True)
            if self._folder.is_dir():
                self._sweep()
        else:
            self._write(_UNFINISHED, msgspec.json.encode(draft))

    def unfinished(self) -> LogDraft | None:
        """What was being written when the console ended."""
        try:
            return msgspec.json.decode((self._folder / _UNFINISHED).read_bytes(), type=LogDraft)
        except (OSError, msgspec.MsgspecError):
            return None

    def _known(self) -> dict[str, Letter]:
        if self._letters is None:
            self._letters = self._read()
        return self._letters

    def _read(self) -> dict[str, Letter]:
        found: dict[str, Letter] = {}
        for path in sorted(self._folder.glob(f"*{_END}")):
            try:
                letter = msgspec.json.decode(path.read_bytes(), type=Letter)
            except (OSError, msgspec.MsgspecError) as error:
                # Never thrown away: a person can still read it.
                log.error("an unsent log entry cannot be read, it stays as %s: %s", path, error)
                continue
            found[letter.draft.id] = letter
        return found

    def _sweep(self) -> None:
        """Drop files that no letter has."""
        unfinished = self.unfinished()
        drafts = [letter.draft for letter in self._known().values()]
        drafts += [unfinished] if unfinished is not None else []
        named = {item.sha256 for draft in drafts for item in draft.attachments}
        for path in self._folder.iterdir():
            if len(path.name) == 64 and path.name not in named:
                path.unlink(missing_ok=True)

    def _write(self, name: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._folder / f"{name}.part"
        handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._folder / name)
