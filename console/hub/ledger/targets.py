"""Where the copy of the ledger goes, as the command line says it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from console.hub.ledger.follow import FileTarget, Follower
from console.hub.ledger.syslog import SyslogTarget

CURSOR_FILE = "ledger-copy.json"
SYSLOG_TLS_PORT, SYSLOG_PORT = 6514, 601


def follower(target: str, journal: Path) -> Follower:
    """`tls://HOST[:PORT][?ca=FILE]`, `tcp://127.0.0.1[:PORT]`, or the path of a file. ValueError for anything else."""
    if "://" not in target:
        path = Path(target).expanduser().absolute()
        return Follower(journal, str(path), FileTarget(path))
    parts = urlsplit(target)
    host = parts.hostname or ""
    loopback = host in ("127.0.0.1", "::1", "localhost")
    if not host or not (parts.scheme == "tls" or (parts.scheme == "tcp" and loopback)):
        raise ValueError(target)
    tls = parts.scheme == "tls"
    given = parse_qs(parts.query).get("ca", [])
    syslog = SyslogTarget(
        host=host,
        port=parts.port or (SYSLOG_TLS_PORT if tls else SYSLOG_PORT),
        cursor_file=journal.parent / CURSOR_FILE,
        tls=tls,
        ca=Path(given[0]) if given else None,
    )
    return Follower(journal, syslog.name, syslog)
