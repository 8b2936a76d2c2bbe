"""`main.py hub enrol`, `revoke`, `seats` and `rotate`: what a person at the hub's computer does with certificates."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from console.core.words import Words, parse_words
from console.hub.failure import HubFailure
from console.hub.pki.failure import FileThere, PkiBusy, Unusable
from console.hub.pki.register import OWNER_ONLY, SeatRow
from console.hub.pki.store import Pki
from console.hub.profile import lang_of
from console.setup.arguments import (
    HUB_PORT,
    SeatEnrolOptions,
    SeatListOptions,
    SeatOptions,
    SeatRevokeOptions,
    SeatRotateOptions,
)
from console.wire.enrolment import (
    NONCE_BYTES,
    PASSPHRASE_LENGTH,
    SALT_BYTES,
    fingerprint,
    passphrase_of,
    seal,
)
from resources import read_words_sources


class _Terminal:
    """Says words in the language of the terminal."""

    def __init__(self) -> None:
        self._words: Words = parse_words({"enrolment.toml": read_words_sources()["enrolment.toml"]})
        self._lang = lang_of(os.environ)

    def say(self, key: str, **fields: object) -> None:
        sys.stdout.write(self._words.say(key, self._lang, **fields) + "\n")

    def complain(self, failure: HubFailure) -> int:
        sys.stderr.write(self._words.say(f"enrol.fail.{failure.key}", self._lang, **failure.fields) + "\n")
        return failure.exit_code


def main(options: SeatOptions) -> int:
    """Do what was asked; the exit code."""
    terminal = _Terminal()
    pki = Pki(options.data / "hub" / "pki")
    try:
        match options:
            case SeatEnrolOptions():
                _enrol(pki, options, terminal)
            case SeatRevokeOptions():
                terminal.say("enrol.revoked", seat=options.seat, n=pki.revoke(options.seat))
            case SeatListOptions():
                _list(pki, terminal)
            case SeatRotateOptions():
                _rotate(pki, options, terminal)
    except HubFailure as failure:
        return terminal.complain(failure)
    except TimeoutError:
        return terminal.complain(PkiBusy())
    except OSError as error:
        return terminal.complain(
            Unusable(file=str(error.filename or pki.folder), detail=error.strerror or str(error))
        )
    return 0


def _enrol(pki: Pki, options: SeatEnrolOptions, terminal: _Terminal) -> None:
    if options.out.exists():
        raise FileThere(file=str(options.out))
    first = not pki.exists
    hosts = options.hosts or (_own_names() if first else ())
    enrolment = pki.enrol(options.seat, hosts, options.port or (HUB_PORT if first else 0))
    passphrase = passphrase_of(secrets.token_bytes(PASSPHRASE_LENGTH))
    sealed = seal(enrolment, passphrase, secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES))
    try:
        _write(options.out, sealed)
    except OSError:
        # What nobody can use must not count.
        pki.revoke(options.seat)
        raise
    register = pki.register()
    if first:
        terminal.say("enrol.made", folder=pki.folder, backup=pki.path(f"authority-{register.backup}.key"))
    terminal.say("enrol.enrolled", seat=enrolment.seat, hub=enrolment.hub, file=options.out)
    terminal.say("enrol.names", names=", ".join(register.hosts))
    terminal.say("enrol.fingerprint", fingerprint=fingerprint(enrolment.authorities[0]))
    terminal.say("enrol.backup", fingerprint=fingerprint(enrolment.authorities[1]))
    terminal.say("enrol.passphrase", passphrase=passphrase)


def _list(pki: Pki, terminal: _Terminal) -> None:
    register = pki.register()
    for row in register.seats:
        terminal.say(_state(row), seat=row.seat, until=_day(row.expires), serial=row.serial[-8:])
    authorities = pki.trusted()
    terminal.say("enrol.fingerprint", fingerprint=fingerprint(authorities[0]))
    terminal.say("enrol.backup", fingerprint=fingerprint(authorities[1]))


def _rotate(pki: Pki, options: SeatRotateOptions, terminal: _Terminal) -> None:
    register = pki.rotate(drop_older=options.drop_older)
    terminal.say("enrol.rotated_dropped" if options.drop_older else "enrol.rotated")
    terminal.say("enrol.fingerprint", fingerprint=fingerprint(pki.trusted()[0]))
    terminal.say("enrol.keep_backup", backup=pki.path(f"authority-{register.backup}.key"))


def _state(row: SeatRow) -> str:
    if row.revoked:
        return "enrol.seat_revoked"
    return "enrol.seat_expired" if row.expires <= datetime.now(UTC).timestamp() else "enrol.seat_valid"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _own_names() -> tuple[str, ...]:
    """Names and addresses of this computer; a console elsewhere may need one that only a person knows (`--host`)."""
    names = [socket.getfqdn(), socket.gethostname()]
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        names += [str(place[4][0]).partition("%")[0] for place in found]
    except OSError:
        pass
    return tuple(dict.fromkeys([*(name for name in names if name), "localhost", "127.0.0.1", "::1"]))


def _write(path: Path, content: bytes) -> None:
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
