"""`main.py console --enrol FILE`: makes this computer a seat of a hub, on the terminal, before the window opens."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from console.client.credentials import Credentials, StoreState
from console.client.seat_papers import SeatPapers
from console.core.words import Words, parse_words
from console.setup.phrases import language
from console.wire.enrolment import LONGEST_FILE, EnrolmentError, fingerprint, unseal
from resources import read_words_sources


def enrol(file: Path, papers: SeatPapers, credentials: Credentials) -> bool:
    """Ask for the passphrase, show the fingerprint that the hub has shown, and keep the papers; whether it was done."""
    words = parse_words({"enrolment.toml": read_words_sources()["enrolment.toml"]})
    try:
        with file.open("rb") as opened:
            sealed = opened.read(LONGEST_FILE + 1)
        enrolment = unseal(sealed, _passphrase(words))
        prints = [fingerprint(pem) for pem in enrolment.authorities]
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return False
    except (EnrolmentError, ValueError) as error:
        wrong = isinstance(error, EnrolmentError) and error.key == "passphrase"
        sys.stderr.write(_said(words, "console.wrong" if wrong else "console.not_one", file=file) + "\n")
        return False
    lines = [_said(words, "console.seat", seat=enrolment.seat, hub=enrolment.hub)]
    lines += [_said(words, "fingerprint", fingerprint=prints[0])]
    lines += [_said(words, "backup", fingerprint=one) for one in prints[1:]]
    lines += [_said(words, "console.compare")]
    kept = papers.take(enrolment) is StoreState.KEYRING
    lines += [
        _said(words, "console.kept", file=file)
        if kept
        else _said(words, "console.not_kept", why=credentials.why)
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return True


def _passphrase(words: Words) -> str:
    """From the keyboard without an echo, or the first line of what is piped in; never from the command line."""
    if sys.stdin.isatty():
        return getpass.getpass(_said(words, "console.ask"))
    return sys.stdin.readline().rstrip(os.linesep)


def _said(words: Words, key: str, **fields: object) -> str:
    return words.say(f"enrol.{key}", language(), **fields)
