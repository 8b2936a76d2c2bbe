"""The one-time code with which the first account is made: whoever can read the hub's data folder owns the hub."""

from __future__ import annotations

import hmac
import logging
import secrets

from console.hub.datadir import DataDir

log = logging.getLogger("app")

FILE = "setup-code"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS = 5


class SetupCode:
    """A code in a file 0600; the log says where it is and never what it is."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._code = ""

    def open(self) -> None:
        """Write a new code."""
        letters = ["".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(_GROUPS)]
        self._code = "-".join(letters)
        path = self._data.file(FILE)
        path.write_text(self._code + "\n", encoding="ascii")
        log.info("no account exists yet: the code for the first one is in %s", path)

    def close(self) -> None:
        """The code is worth nothing any more."""
        self._code = ""
        (self._data.path / FILE).unlink(missing_ok=True)

    def right(self, code: str) -> bool:
        """Whether this is the code; never once it is closed."""
        said = code.strip().upper().encode()
        return bool(self._code) and hmac.compare_digest(said, self._code.encode())
