"""`main.py ledger`: what an auditor does with a file, a public key and no hub."""

from __future__ import annotations

import asyncio
import http.server
import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.datadir import DataDir
from console.hub.journal import Journal
from console.hub.ledger import command
from console.hub.ledger.opening import sign_with_own_key
from console.setup import parser
from console.setup.arguments import LedgerOptions

NS = 1_000_000_000
DAY = 1_795_305_600 * NS
"""2026-11-22T00:00:00Z."""


def record(n: int, who: str = "kim") -> Record:
    return Record(
        sequence=0,
        at=DAY + n * 60 * NS,
        kind=RecordKind.ACT,
        who=who,
        station="s1",
        subject="pump-1.high",
        what="ACK",
        fields={"reason": "펌프 점검", "n": str(n)},
    )


def make(data: Path, count: int = 60, who: str = "kim") -> Path:
    """A data folder with a record a minute and a signature every ten."""
    folder = data / "hub"
    folder.mkdir(parents=True)

    async def told() -> None:
        journal = Journal(folder / "journal.db")
        sign_with_own_key(journal)
        for n in range(count):
            await journal.append("alarms", [("pump-1.high", Entry(record(n, who)))])
            if n % 10 == 9:
                await journal.sign()
        journal.close()

    asyncio.run(told())
    return data


def run(*words: object) -> int:
    """One command line, through the real parser."""
    options = parser.parse(["ledger", *map(str, words)])
    assert isinstance(options, LedgerOptions)
    return command.main(options)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def test_an_export_is_verified_with_the_public_key_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-16: export and stand-alone verification."""
    data = make(tmp_path / "d")
    out, key = tmp_path / "x.jsonl", tmp_path / "mine.pub"
    shutil.copy(data / "hub" / "ledger.pub", key)
    assert run("export", "--data", data, "--out", out) == 0
    shutil.rmtree(data)
    capsys.readouterr()
    assert run("verify", out, "--key", key) == 0
    told = capsys.readouterr().out
    assert "records 1 to 60" in told
    assert "signed up to record 60" in told
    assert "sealed to its end" in told
    assert "follows from the public key you gave" in told
    assert "Whole" in told


def test_the_readable_lines_say_who_where_what_and_when(tmp_path: Path) -> None:
    """SEC-15: fields of a record: when and sequence, who, where, what, result."""
    data, out = make(tmp_path / "d", 3), tmp_path / "x.jsonl"
    assert run("export", "--data", data, "--out", out) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [next(iter(line)) for line in lines] == ["ledger", "record", "record", "record", "head", "seal"]
    told = lines[2]["record"]["record"]
    assert (told["who"], told["station"], told["subject"], told["what"]) == (
        "kim",
        "s1",
        "pump-1.high",
        "ACK",
    )
    assert (told["sequence"], told["at"]) == (2, DAY + 60 * NS)
    assert told["fields"]["reason"] == "펌프 점검"


def test_a_slice_is_whole_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SEC-16: some hours of the ledger, up to the next signature after them."""
    data, out = make(tmp_path / "d"), tmp_path / "x.jsonl"
    span = ("--from", "2026-11-22T00:15:00Z", "--to", "2026-11-22T00:33:00Z")
    assert run("export", "--data", data, "--out", out, *span) == 0
    assert run("verify", out, "--key", data / "hub" / "ledger.pub") == 0
    assert "records 16 to 40" in capsys.readouterr().out
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:5] + lines[6:]))
    assert run("verify", out) == 1
    assert "record 20: the record is missing [RECORD_MISSING]" in capsys.readouterr().out
    assert run("export", "--data", data, "--out", out, "--from", "2027-01-01T00:00:00Z") == 1


def test_every_byte_of_an_export_counts(tmp_path: Path) -> None:
    """SEC-16: flip any byte: of the readable part, the bytes, hashes, signatures and the seal."""
    data, out = make(tmp_path / "d", 12), tmp_path / "x.jsonl"
    assert run("export", "--data", data, "--out", out) == 0
    whole = out.read_bytes()
    first = whole.index(b"\n") + 1
    for place in [*range(0, first, 7), *range(first, len(whole), 29)]:
        changed = bytearray(whole)
        changed[place] ^= 1
        out.write_bytes(changed)
        # A file whose first line is broken is no ledger at all.
        wanted = (1, 2) if place < first else (1,)
        assert run("verify", out, "--key", data / "hub" / "ledger.pub") in wanted, place


def test_a_flipped_byte_names_its_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SEC-16: with position."""
    data, out = make(tmp_path / "d", 12), tmp_path / "x.jsonl"
    assert run("export", "--data", data, "--out", out) == 0
    lines = out.read_bytes().splitlines(keepends=True)
    lines[7] = lines[7].replace(b'"who":"kim"', b'"who":"lee"')
    out.write_bytes(b"".join(lines))
    assert run("verify", out) == 1
    told = capsys.readouterr().out
    assert "Faults found: 1" in told
    assert "record 7: what is shown is not what the bytes under the hash say [FIELDS_DIFFER]" in told


@pytest.mark.parametrize(
    ("kept", "at"), [(9, 9), (40, 37), (-1, 61)], ids=["early", "middle", "without its seal"]
)
def test_an_export_that_was_cut_is_named_where_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: int, at: int
) -> None:
    """SEC-16: truncate."""
    data, out = make(tmp_path / "d"), tmp_path / "x.jsonl"
    assert run("export", "--data", data, "--out", out) == 0
    out.write_bytes(b"".join(out.read_bytes().splitlines(keepends=True)[:kept]))
    assert run("verify", out) == 1
    assert f"record {at}: " in capsys.readouterr().out


def test_a_ledger_of_another_hub_is_not_believed_with_my_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-16: the whole ledger was made anew with another key."""
    mine, forged = make(tmp_path / "mine"), make(tmp_path / "forged", who="lee")
    assert run("verify", forged) == 0
    assert run("verify", forged, "--key", mine / "hub" / "ledger.pub") == 1
    assert "not by a trusted key [WRONG_KEY]" in capsys.readouterr().out


def test_a_witness_notices_what_signatures_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SEC-16: someone with the hub's own key cuts the ledger back and signs it; the anchor knows more."""
    data = make(tmp_path / "d", 20)
    shutil.copytree(data, tmp_path / "older")
    later = tmp_path / "later.tsq"

    async def more() -> None:
        journal = Journal(data / "hub" / "journal.db")
        sign_with_own_key(journal)
        await journal.append("alarms", [("x", Entry(record(99)))])
        journal.close()

    asyncio.run(more())
    assert run("anchor", "--data", data, "--out", later) == 0
    head = tmp_path / "later.tsq.head.json"
    assert run("verify", data, "--anchor", later, "--anchor", head) == 0
    capsys.readouterr()
    assert run("verify", tmp_path / "older") == 0
    assert run("verify", tmp_path / "older", "--anchor", head) == 1
    assert "record 21: the records end before this one" in capsys.readouterr().out
    assert run("verify", tmp_path / "older", "--anchor", later) == 1
    assert "ANCHOR_DIFFERS" in capsys.readouterr().out


@pytest.mark.skipif(
    shutil.which("openssl") is None, reason="this machine has no openssl to read the request with"
)
def test_openssl_reads_the_time_stamp_request(tmp_path: Path) -> None:
    """RFC 3161: version 1, SHA-256, a nonce, and the certificate asked for."""
    data, out = make(tmp_path / "d", 5), tmp_path / "h.tsq"
    assert run("anchor", "--data", data, "--out", out) == 0
    done = subprocess.run(
        ["openssl", "ts", "-query", "-in", str(out), "-text"], capture_output=True, text=True, check=True
    )
    assert "Version: 1" in done.stdout
    assert "Hash Algorithm: sha256" in done.stdout
    assert "Nonce: 0x" in done.stdout
    assert "Certificate required: yes" in done.stdout


class _Witness(http.server.BaseHTTPRequestHandler):
    got: list[dict[str, object]] = []  # noqa: RUF012 - one server a test
    status = 201

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.got.append(json.loads(self.rfile.read(length)))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("status", "code"), [(201, 0), (302, 2), (500, 2)])
def test_the_head_is_posted_to_a_witness_that_may_not_send_us_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, code: int
) -> None:
    """SEC-43: no redirects."""
    _Witness.got, _Witness.status = [], status
    data = make(tmp_path / "d", 5)
    with http.server.HTTPServer(("127.0.0.1", 0), _Witness) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/heads"
        assert run("anchor", "--data", data, "--post", url) == code
        thread.join()
    head = _Witness.got[0]["head"]
    assert isinstance(head, dict)
    assert head["sequence"] == 5
    told = capsys.readouterr()
    assert "HTTP 201" in told.out if code == 0 else f"HTTP {status}" in told.err


@pytest.mark.parametrize("url", ["http://witness.example/x", "ftp://127.0.0.1/x"])
def test_a_head_goes_over_https_or_to_this_computer(tmp_path: Path, url: str) -> None:
    """SEC-20."""
    data = make(tmp_path / "d", 1)
    with pytest.raises(SystemExit) as refused:
        run("anchor", "--data", data, "--post", url)
    assert refused.value.code == 2


def test_the_key_changes_only_while_no_hub_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SEC-16: rotation by command; the record of it is under the old key."""
    data = make(tmp_path / "d", 5)
    with DataDir(data):
        assert run("rotate-key", "--data", data) == 2
    assert "is running; stop it" in capsys.readouterr().err
    old = tmp_path / "old.pub"
    shutil.copy(data / "hub" / "ledger.pub", old)
    assert run("rotate-key", "--data", data) == 0
    assert run("verify", data, "--key", old) == 0
    assert "records 1 to 6" in capsys.readouterr().out


def test_what_a_stranger_wrote_cannot_move_the_cursor_of_the_auditor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-42: CR, LF and ANSI escapes are shown, not obeyed."""
    data = make(tmp_path / "d", 3, who="kim\r\n\x1b[2Jadmin\u202e")
    import sqlite3

    base = sqlite3.connect(data / "hub" / "journal.db")
    base.execute("DROP TRIGGER journal_stays")
    base.execute("UPDATE journal SET key = 'x' WHERE sequence = 2")
    base.commit()
    base.close()
    assert run("verify", data) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\r" not in told
    assert "\u202e" not in told
    assert "kim\\u000d\\u000a\\u001b[2Jadmin\\u202e" in told


def test_what_is_no_ledger_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "minutes.txt"
    other.write_text("these are the minutes of a meeting\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    data = make(tmp_path / "d", 1)
    for words in (
        ["verify", other],
        ["verify", tmp_path / "empty"],
        ["verify", data, "--key", other],
        ["verify", data, "--anchor", other],
        ["export", "--data", data, "--out", tmp_path / "x", "--from", "yesterday"],
        ["anchor", "--data", tmp_path / "empty", "--out", tmp_path / "x"],
    ):
        assert run(*words) == 2, words
        assert capsys.readouterr().err.count("\n") == 1


def test_a_ledger_without_a_record_is_not_called_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-16: whoever empties a ledger must not be told that it is whole."""
    assert run("verify", make(tmp_path / "d", 0)) == 1
    said = capsys.readouterr().out
    assert "no record" in said
    assert "Whole" not in said


def test_korean_is_spoken_where_the_terminal_is_korean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert run("verify", make(tmp_path / "d", 3)) == 0
    assert "이상 없음" in capsys.readouterr().out
