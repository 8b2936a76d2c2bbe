"""SEC-19: a copy of the ledger elsewhere: within seconds, no gap, no double, over restarts of either end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.core.journal import Record, RecordKind
from console.core.ledger.lines import read_line
from console.hub.backbone.base import Entry
from console.hub.journal import Journal
from console.hub.ledger.file_check import FileCheck
from console.hub.ledger.follow import Follower
from console.hub.ledger.opening import sign_with_own_key
from console.hub.ledger.targets import CURSOR_FILE, follower


async def add(journal: Journal, count: int) -> None:
    for _ in range(count):
        n = journal.head.sequence + 1
        record = Record(sequence=0, at=n * 10**15, kind=RecordKind.ACT, who="kim", subject="s", what=str(n))
        await journal.append("alarms", [("s", Entry(record))])


@asynccontextmanager
async def a_journal(folder: Path) -> AsyncGenerator[Journal]:
    journal = Journal(folder / "journal.db")
    try:
        sign_with_own_key(journal)
        yield journal
    finally:
        journal.close()


@asynccontextmanager
async def following(journal: Journal, target: str, upto: int | None = None) -> AsyncGenerator[Follower]:
    """A follower at work, which on leaving has copied everything (or up to a record)."""
    work = follower(target, journal.path)
    task = asyncio.create_task(work.run())
    try:
        yield work
        async with asyncio.timeout(10):
            while work.copied_to < (journal.head.sequence if upto is None else upto):
                work.wake()
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def sequences(data: bytes) -> list[int]:
    lines = [read_line(line) for line in data.splitlines()]
    return [line.record.sequence for line in lines if line.record is not None]


def whole(path: Path) -> bool:
    with path.open("rb") as stream:
        return FileCheck((), lambda _: None).run(stream).finish() == []


def test_a_file_follows_each_record_and_is_a_ledger_by_itself(tmp_path: Path) -> None:
    """SEC-19."""
    copy = tmp_path / "other" / "copy.jsonl"
    copy.parent.mkdir()

    async def story() -> None:
        async with a_journal(tmp_path) as journal:
            await add(journal, 1200)
            async with following(journal, str(copy)) as work:
                await add(journal, 10)
                await journal.sign()
                async with asyncio.timeout(5):
                    while work.copied_to < 1210:
                        await asyncio.sleep(0.02)
            await add(journal, 5)
            # The hub starts again; the copy goes on where it ended.
            async with following(journal, str(copy)):
                await add(journal, 5)

    asyncio.run(story())
    assert sequences(copy.read_bytes()) == list(range(1, 1221))
    assert whole(copy)
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [1, 60, 250])
def test_a_copy_with_a_torn_last_line_is_mended(tmp_path: Path, left: int) -> None:
    copy = tmp_path / "copy.jsonl"

    async def story() -> None:
        async with a_journal(tmp_path) as journal:
            await add(journal, 20)
            async with following(journal, str(copy)):
                await asyncio.sleep(0)
            data = copy.read_bytes()
            copy.write_bytes(data[: len(data) - left])
            await add(journal, 3)
            await journal.sign()
            async with following(journal, str(copy)):
                await asyncio.sleep(0)

    asyncio.run(story())
    assert sequences(copy.read_bytes()) == list(range(1, 24))
    assert whole(copy)


class Collector:
    """A syslog server: octet-counted messages, as they come."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        if self._serving:
            await asyncio.wait(self._serving)
        self._serving.clear()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int(await reader.readuntil(b" "))
                self.messages.append(await reader.readexactly(size))

    def records(self) -> list[int]:
        bodies = [message.partition(b"] ")[2] for message in self.messages]
        return sequences(b"\n".join(bodies))


def kept_to(journal: Journal) -> int:
    """The last record that counts as there, as the hub remembers it over a restart."""
    try:
        return json.loads((journal.path.parent / CURSOR_FILE).read_bytes())["cursor"]["sequence"]
    except FileNotFoundError:
        return 0


@pytest.mark.expects_log("app")
def test_a_syslog_server_gets_each_record_once_over_restarts_of_both(tmp_path: Path) -> None:
    """SEC-19, RFC 5424 and 6587; the server was away while records were made."""

    async def story() -> list[int]:
        server = Collector()
        await server.start()
        async with a_journal(tmp_path) as journal:
            await add(journal, 30)
            async with following(journal, f"tcp://127.0.0.1:{server.port}") as work:
                async with asyncio.timeout(5):
                    while work.copied_to < 30:
                        await asyncio.sleep(0.01)
                async with asyncio.timeout(5):
                    # A moment of quiet: what was sent counts as there.
                    while kept_to(journal) < 30:
                        work.wake()
                        await asyncio.sleep(0.01)
                await server.stop()
                await add(journal, 10)
                await asyncio.sleep(0.2)
                await server.start()
                async with asyncio.timeout(10):
                    # What no moment of quiet has followed would be sent again, with the same numbers.
                    while kept_to(journal) < 40:
                        work.wake()
                        await asyncio.sleep(0.01)
            async with following(journal, f"tcp://127.0.0.1:{server.port}"):
                await add(journal, 5)
        await server.stop()
        header = server.messages[1].split(b" ")
        assert header[0] == b"<110>1"
        assert header[1].endswith(b"Z")
        assert header[3:6][0] == b"gwanje"
        return server.records()

    assert asyncio.run(story()) == list(range(1, 46))


def _certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(made.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


@pytest.mark.expects_log("app")
def test_over_tls_only_a_server_whose_certificate_is_known_gets_anything(tmp_path: Path) -> None:
    """RFC 5425, SEC-20."""
    context = _certificate(tmp_path)

    async def story() -> tuple[list[int], int]:
        server = Collector()
        await server.start(context)
        async with a_journal(tmp_path) as journal:
            await add(journal, 5)
            stranger = follower(f"tls://127.0.0.1:{server.port}", journal.path)
            task = asyncio.create_task(stranger.run())
            await asyncio.sleep(0.5)
            task.cancel()
            before = len(server.messages)
            async with following(journal, f"tls://127.0.0.1:{server.port}?ca={tmp_path / 'ca.pem'}"):
                await asyncio.sleep(0)
        await server.stop()
        return server.records(), before

    records, before = asyncio.run(story())
    assert before == 0
    assert records == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("target", ["tcp://10.0.0.1:514", "udp://127.0.0.1", "tls://", "http://127.0.0.1"])
def test_records_never_leave_this_computer_in_the_clear(tmp_path: Path, target: str) -> None:
    """SEC-20."""
    with pytest.raises(ValueError, match="://"):
        follower(target, tmp_path / "journal.db")
