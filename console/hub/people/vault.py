"""Password hashes by account and hashes of session tokens, in a file of their own that only its owner can read: they
are never in the journal.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from console.hub.failure import StoreDamaged

_SCHEMA = """
CREATE TABLE IF NOT EXISTS password(user TEXT PRIMARY KEY, hash TEXT NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session(id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""


class KeptSession(msgspec.Struct, frozen=True, kw_only=True):
    """What a session needs to go on after a restart of the hub; `since` is UTC ns."""

    id: str
    token_hash: str
    user: str
    station: str
    since: int
    locked: bool = False
    directory: bool = False


_decode = msgspec.msgpack.Decoder(KeptSession).decode


class Vault:
    """One small database, read whole when opened. Raises StoreDamaged when it cannot be trusted."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, timeout=5)
        try:
            self._base.execute("PRAGMA journal_mode = DELETE")
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute("PRAGMA secure_delete = ON")
            self._base.executescript(_SCHEMA)
            self._hashes: dict[str, str] = dict(self._base.execute("SELECT user, hash FROM password"))
        except sqlite3.DatabaseError as error:
            self._base.close()
            raise StoreDamaged(file=str(path), detail=str(error)) from error

    def __contains__(self, user: object) -> bool:
        return user in self._hashes

    def get(self, user: str) -> str:
        """The hash of an account; empty if it has none."""
        return self._hashes.get(user, "")

    def put(self, user: str, known: str, at: int) -> None:
        """Keep a hash; on disk when this returns. Raises sqlite3.Error."""
        self._base.execute("INSERT OR REPLACE INTO password VALUES(?, ?, ?)", (user, known, at))
        self._hashes[user] = known

    def drop(self, user: str) -> None:
        """Forget a hash for good."""
        self._base.execute("DELETE FROM password WHERE user = ?", (user,))
        self._hashes.pop(user, None)

    def sessions(self) -> list[KeptSession]:
        """Sessions that were open."""
        return [_decode(body) for (body,) in self._base.execute("SELECT body FROM session")]

    def keep_session(self, session: KeptSession) -> None:
        """Keep a session as it is now."""
        row = (session.id, msgspec.msgpack.encode(session))
        self._base.execute("INSERT OR REPLACE INTO session VALUES(?, ?)", row)

    def drop_session(self, session_id: str) -> None:
        """A session is over."""
        self._base.execute("DELETE FROM session WHERE id = ?", (session_id,))

    def users(self) -> tuple[str, ...]:
        """Accounts that have a hash."""
        return tuple(self._hashes)

    def close(self) -> None:
        """Close the file."""
        self._base.close()
