"""What a site knows of its certificates: one JSON file, replaced whole, changed by one process at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

LOCK_S = 10.0
OWNER_ONLY = 0o600


class SeatRow(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate of a seat; times are UTC seconds."""

    seat: str
    serial: str
    """Hexadecimal: a serial number has up to 160 bits."""
    authority: int
    issued: int
    expires: int
    revoked: int = 0


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept beside keys and certificates; authorities by number."""

    active: int
    backup: int
    older: tuple[int, ...] = ()
    """Authorities that issue nothing any more, whose seats are still let in."""
    hosts: tuple[str, ...] = ()
    port: int = 0
    revocations: int = 0
    """Number of the last list of revoked certificates."""
    seats: tuple[SeatRow, ...] = ()


@contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """One process at a time changes the folder; makes it. Raises TimeoutError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(folder, 0o700)
    # SQLite locks alike on every system and lets go when a process dies.
    lock_file = folder / "lock.db"
    os.close(os.open(lock_file, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
    with closing(sqlite3.connect(lock_file, timeout=LOCK_S, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise TimeoutError(str(error)) from error
        yield


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file so that a reader, or a power cut, finds the old one or the new one; 0600."""
    fresh = path.with_suffix(path.suffix + ".new")
    number = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def read_register(folder: Path) -> Register | None:
    """The register, None before the first enrolment. Raises msgspec.DecodeError for a damaged file."""
    try:
        return msgspec.json.decode((folder / "register.json").read_bytes(), type=Register)
    except FileNotFoundError:
        return None


def write_register(folder: Path, register: Register) -> None:
    """Keep the register."""
    write_whole(folder / "register.json", msgspec.json.format(msgspec.json.encode(register), indent=1))
