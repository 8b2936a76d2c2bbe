"""Security, refusals and options of a session."""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from asyncua import ua
from feed_stage import T, run
from mosquitto_stage import free_port
from opcua_feeds import answered, fed, order, points, refused
from opcua_stage import Plant, make_certificate

from console.core.site import FeedDef
from console.feeds.opcua.adapter import make
from console.feeds.opcua.session import cause_of_status


@pytest.mark.parametrize("mode", ["Sign", "SignAndEncrypt"])
def test_a_secured_server_is_read_with_certificates_of_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    plant, folder = secured(tmp_path, users=True)
    monkeypatch.setenv("GWANJE_FEED_PLANT", "secret")
    try:
        plant.start()

        async def scene() -> None:
            given = {"security": "Basic256Sha256", "mode": mode, "certificates": str(folder)}
            async with fed(plant.url, points("level"), user="kim", secret="plant", **given) as (feed, heard):
                await heard.until(lambda: bool(heard.rows))
                assert heard.rows[0].value == 1.5
                assert [a.kind for a in await answered(feed, order("level", 7.5))] == ["accepted", "done"]

        run(scene())
    finally:
        plant.end()


def secured(tmp_path: Path, users: bool = False, days: int = 30) -> tuple[Plant, Path]:
    """A server that wants security, and a folder that fits it."""
    server = make_certificate(tmp_path / "server", "plant", "urn:plant", days)
    folder = tmp_path / "client"
    make_certificate(folder, "own", "urn:city:gwanje")
    (folder / "trusted").mkdir()
    (folder / "trusted" / "plant.pem").write_bytes(server[0].read_bytes())
    return Plant(free_port(), secured=server, users=users), folder


def test_wrong_certificates_users_and_policies_are_refusals_with_their_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, folder = secured(tmp_path, users=True)
    monkeypatch.setenv("GWANJE_FEED_WRONG", "wrong")
    given: dict[str, str | float | bool] = {
        "security": "Basic256Sha256", "certificates": str(folder), "user": "kim", "secret": "wrong",
    }  # fmt: skip
    try:
        plant.start()
        down = run(refused(plant.url, **given))
        assert (down.why, down.refused) == ("credentials", True)
        down = run(refused(plant.url, **{**given, "security": "Aes256Sha256RsaPss"}))
        assert (down.why, down.refused) == ("security", True)
        down = run(refused(plant.url))
        assert down.refused
        assert down.why in ("security", "credentials")
        (folder / "trusted" / "plant.pem").unlink()
        down = run(refused(plant.url, **given))
        assert (down.why, down.refused) == ("certificate", True)
        assert "not in trusted/: SHA-256" in down.detail
        (folder / "own.key").write_bytes(b"rubbish")
        down = run(refused(plant.url, **given))
        assert (down.why, down.refused) == ("no_certificate", True)
    finally:
        plant.end()


def test_a_server_whose_certificate_has_ended_is_refused(tmp_path: Path) -> None:
    plant, folder = secured(tmp_path, days=-1)
    try:
        plant.start()
        down = run(refused(plant.url, security="Basic256Sha256", certificates=str(folder)))
        assert (down.why, down.refused) == ("certificate", True)
        assert "valid until" in down.detail
    finally:
        plant.end()


def test_a_host_that_is_away_silent_or_no_server_is_told_apart() -> None:
    async def scene() -> None:
        assert (await refused(f"opc.tcp://127.0.0.1:{free_port()}", connect_s=0.5)).why == "unreachable"

        over = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                await reader.read()
            writer.close()
            over.set()

        async def chatty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)
            await silent(reader, writer)

        for play, whys in ((silent, {"timeout"}), (chatty, {"protocol", "closed", "timeout"})):
            server = await asyncio.start_server(play, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            assert (await refused(f"opc.tcp://127.0.0.1:{port}", connect_s=0.5)).why in whys
            await over.wait()
            server.close()
            await server.wait_closed()
            over.clear()

    run(scene())


def test_a_server_that_lies_about_the_length_of_a_message_is_cut_off() -> None:
    async def scene() -> None:
        over = asyncio.Event()

        async def lying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"ACKF" + (2**32 - 16).to_bytes(4, "little"))
            sent = 0
            with suppress(ConnectionError):
                while sent < 64 * 1024 * 1024:
                    writer.write(bytes(65_536))
                    await writer.drain()
                    sent += 65_536
            writer.close()
            if sent < 64 * 1024 * 1024:
                over.set()

        server = await asyncio.start_server(lying, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        down = await refused(f"opc.tcp://127.0.0.1:{port}")
        assert down.why == "frame_too_large"
        await over.wait()
        server.close()
        await server.wait_closed()

    run(scene())


@pytest.mark.parametrize(
    ("name", "why", "vain"),
    [
        ("BadUserAccessDenied", "credentials", True),
        ("BadCertificateUntrusted", "certificate", True),
        ("BadSecurityPolicyRejected", "security", True),
        ("BadSessionIdInvalid", "session", False),
        ("BadSubscriptionIdInvalid", "session", False),
        ("BadTooManySessions", "too_many", False),
        ("BadServerHalted", "unavailable", False),
        ("BadTimeout", "timeout", False),
        ("BadInternalError", "closed", False),
    ],
)
def test_a_status_that_ends_the_connection_has_its_words(name: str, why: str, vain: bool) -> None:
    down = cause_of_status(int(getattr(ua.StatusCodes, name)))
    assert (down.why, down.detail, down.refused) == (why, name, vain)


@pytest.mark.parametrize(
    ("url", "options", "fault"),
    [
        ("ws://127.0.0.1:1", {}, "is not opc.tcp"),
        ("opc.tcp://127.0.0.1", {}, "with a host and a port"),
        ("opc.tcp://kim:pw@127.0.0.1:4840", {}, "carries a password"),
        ("opc.tcp://169.254.169.254:4840", {}, "no feed may lead to"),
        ("opc.tcp://127.0.0.1:4840", {"security": "Basic128"}, "option security must be one of"),
        ("opc.tcp://127.0.0.1:4840", {"mode": "Plain"}, "option mode must be one of"),
        ("opc.tcp://127.0.0.1:4840", {"security": "Basic256Sha256"}, "option certificates is missing"),
        ("opc.tcp://127.0.0.1:4840", {"user": "kim"}, "password in the open"),
        ("opc.tcp://127.0.0.1:4840", {"secret": "a b"}, "option secret must be the name"),
        ("opc.tcp://127.0.0.1:4840", {"nodes": "x"}, "option nodes is not known"),
    ],
)
def test_an_option_at_fault_is_named(url: str, options: dict[str, str | float | bool], fault: str) -> None:
    made = FeedDef(id="feed", adapter="opcua", url=url, label=T, options=options)
    with pytest.raises(ValueError, match=fault):
        make(made)
