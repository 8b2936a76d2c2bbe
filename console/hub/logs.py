"""Where the hub's logs go: standard error and a bounded file; what a stranger wrote cannot forge a line
(SEC-42).
"""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

_BYTES = 5_000_000
_FILES = 4
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_CONTROL = {
    **{code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if code != 9},
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class OneLineFormatter(logging.Formatter):
    """One record, one line: control characters are written as escapes; only a traceback has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line without its traceback."""
        return super().formatMessage(record).translate(_CONTROL)


def open_logs(file: Path) -> list[logging.Handler]:
    """Send all logs to standard error and to `file`, which is rotated; returns the handlers."""
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        RotatingFileHandler(file, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"),
    ]
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(OneLineFormatter(_FORMAT))
        root.addHandler(handler)
    # Their INFO is about every connection; ours says it with a name.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return handlers


def close_logs(handlers: list[logging.Handler]) -> None:
    """Stop writing logs."""
    root = logging.getLogger()
    for handler in handlers:
        root.removeHandler(handler)
        handler.close()
