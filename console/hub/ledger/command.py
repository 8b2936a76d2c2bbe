"""The command line of the ledger: verify, export, anchor, rotate-key; none of them needs a hub.

Exit codes: 0 done, and for `verify` whole; 1 not; 2 a bad argument.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from console.core.errors import DecodeError
from console.core.ledger.heads import Head, fingerprint
from console.core.ledger.lines import head_line
from console.core.words import parse_words
from console.hub.backtest.stamps import read_at
from console.hub.backtest.summary import plain
from console.hub.datadir import DataDir
from console.hub.failure import DataInUse, DataUnusable, StoreDamaged
from console.hub.ledger.export import export
from console.hub.ledger.keys import KeyLocked, KeyStore
from console.hub.ledger.notes import ANCHORED, EXPORTED, leave_note
from console.hub.ledger.opening import rotate
from console.hub.ledger.say import BadLedgerArgument, Say
from console.hub.ledger.schema import known_keys, last_head, reading
from console.hub.ledger.stamp import request
from console.hub.ledger.verifying import journal_of, verify
from console.hub.profile import lang_of
from console.setup.arguments import (
    LedgerAnchorOptions,
    LedgerExportOptions,
    LedgerOptions,
    LedgerRotateOptions,
    LedgerVerifyOptions,
)
from resources import read_words_sources

DONE, FAILED, BAD_ARGUMENT = 0, 1, 2
POST_TIMEOUT_S = 10.0


def main(options: LedgerOptions) -> int:
    """Carry out one command of the ledger; the answer goes to standard output, complaints to standard error."""
    sources = read_words_sources()
    say = Say(parse_words({"ledger.toml": sources["ledger.toml"]}), lang_of(os.environ))
    acts: dict[type, Callable[[Any, Say], int]] = {
        LedgerVerifyOptions: verify,
        LedgerExportOptions: _export,
        LedgerAnchorOptions: _anchor,
        LedgerRotateOptions: _rotate,
    }
    try:
        return acts[type(options)](options, say)
    except BadLedgerArgument as bad:
        fields = {name: plain(text) for name, text in bad.fields.items()}
        sys.stderr.write(say(f"ledger.cli.bad.{bad.key}", **fields) + "\n")
        return BAD_ARGUMENT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _export(options: LedgerExportOptions, say: Say) -> int:
    span = (_time(options.start, 0), _time(options.end, 2**62))
    file = journal_of(options.data)
    try:
        signer = KeyStore(file.parent).load()
    except KeyLocked:
        signer = None
    part = options.out.with_name(options.out.name + ".part")
    try:
        with closing(reading(file)) as base, part.open("wb") as out:
            done = export(base, out, span, signer=signer, now=time.time_ns())
            out.flush()
            os.fsync(out.fileno())
        if done is None:
            part.unlink()
            say.line(say("ledger.cli.nothing"))
            return FAILED
        part.replace(options.out)
    except (sqlite3.Error, LookupError, msgspec.MsgspecError) as error:
        part.unlink(missing_ok=True)
        raise BadLedgerArgument("unreadable", file=str(file), detail=str(error)) from error
    except OSError as error:
        detail = error.strerror or str(error)
        raise BadLedgerArgument("write", file=str(options.out), detail=detail) from error
    told = {"first": str(done.first), "last": str(done.last), "file": options.out.name}
    leave_note(file.parent, EXPORTED, time.time_ns(), told)
    first, last = f"{done.first:,}", f"{done.last:,}"
    say.line(say("ledger.cli.exported", first=first, last=last, file=plain(str(options.out))))
    say.line(say("ledger.cli.exported_sealed" if done.sealed else "ledger.cli.exported_open"))
    return DONE


def _anchor(options: LedgerAnchorOptions, say: Say) -> int:
    head, public = _head(options.data)
    where = options.url or (options.out.name if options.out is not None else "")
    if options.url:
        _post(options.url, head, public, say)
    if options.out is not None:
        beside = options.out.with_name(options.out.name + ".head.json")
        try:
            options.out.write_bytes(request(head, secrets.randbits(64)))
            beside.write_bytes(head_line(head) + b"\n")
        except OSError as error:
            detail = error.strerror or str(error)
            raise BadLedgerArgument("write", file=str(options.out), detail=detail) from error
        say.line(say("ledger.cli.anchored", sequence=f"{head.sequence:,}", file=plain(str(options.out))))
        say.line(say("ledger.cli.head_kept", file=plain(str(beside))))
    told = {"records": str(head.sequence), "file": where}
    leave_note(journal_of(options.data).parent, ANCHORED, time.time_ns(), told)
    return DONE


def _head(data: Path) -> tuple[Head, bytes]:
    """The last signature and the public key that made it."""
    file = journal_of(data)
    try:
        with closing(reading(file)) as base:
            head = last_head(base)
            keys = {fingerprint(entry.public): entry.public for entry in known_keys(base)}
    except sqlite3.Error as error:
        raise BadLedgerArgument("unreadable", file=str(file), detail=str(error)) from error
    if head is None or head.key not in keys:
        raise BadLedgerArgument("no_head")
    return head, keys[head.key]


def _post(url: str, head: Head, public: bytes, say: Say) -> None:
    import requests

    told = {**json.loads(head_line(head)), "public": public.hex()}
    try:
        # Whoever is asked to witness may not send us elsewhere (SEC-43).
        answer = requests.post(url, json=told, timeout=POST_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        raise BadLedgerArgument("post", url=url, detail=type(error).__name__) from error
    if not 200 <= answer.status_code < 300:
        raise BadLedgerArgument("post", url=url, detail=f"HTTP {answer.status_code}")
    say.line(
        say("ledger.cli.posted", sequence=f"{head.sequence:,}", url=plain(url), status=answer.status_code)
    )


def _rotate(options: LedgerRotateOptions, say: Say) -> int:
    journal_of(options.data)  # a key for records that are not there would be one nobody can explain
    try:
        with DataDir(options.data) as data:
            entry = rotate(data.file("journal.db"), KeyStore(data.path))
            folder = str(data.path)
    except DataInUse as error:
        raise BadLedgerArgument("in_use", pid=error.fields["pid"]) from error
    except (DataUnusable, StoreDamaged) as error:
        detail = error.fields["detail"]
        raise BadLedgerArgument("unreadable", file=str(options.data), detail=detail) from error
    except LookupError as error:
        raise BadLedgerArgument("no_key") from error
    say.line(say("ledger.cli.rotated", fingerprint=fingerprint(entry.public).hex(), folder=plain(folder)))
    return DONE


def _time(text: str, default: int) -> int:
    if not text:
        return default
    try:
        return read_at(text)
    except DecodeError as error:
        raise BadLedgerArgument("time", text=text[:60]) from error
