"""No feed leads to what belongs to the cloud or the link, by whatever name (SEC-43)."""

from __future__ import annotations

import asyncio

import pytest
from feed_stage import Heard, feed_def

from console.feeds.base import FeedDown
from console.feeds.places import forbidden
from console.feeds.registry import Registry
from console.feeds.socket import SocketOptions, open_socket

SAME = ["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"]
HIDDEN = [
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
]


@pytest.mark.parametrize("host", [*SAME, *HIDDEN, "100.100.100.200", "168.63.129.16", "169.254.0.1"])
def test_credentials_services_and_the_link_are_forbidden_however_they_are_written(host: str) -> None:
    """SEC-43."""
    assert forbidden(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "10.0.0.9", "192.168.7.7", "8.8.8.8", "hub.example", "", "a" * 300]
)
def test_what_a_room_has_is_allowed(host: str) -> None:
    assert not forbidden(host)


@pytest.mark.parametrize("host", ["2852039166", "[::ffff:169.254.169.254]", "100.100.100.200"])
def test_such_an_address_in_a_profile_is_named(host: str) -> None:
    """SEC-43."""
    with pytest.raises(ValueError, match="feed: url"):
        Registry().make(feed_def("ngsi_ld", f"ws://{host}/latest"))


def _is_here(host: str) -> bool:
    return host == "127.0.0.1"


def test_a_name_that_leads_there_is_not_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-43: what counts is where the connection ended up; here the server's own address is the forbidden one."""
    monkeypatch.setattr("console.feeds.socket.forbidden", _is_here)

    async def scene() -> None:
        heard: list[bytes] = []

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(100))
            writer.close()

        there = await asyncio.start_server(listen, "127.0.0.1", 0)
        port = there.sockets[0].getsockname()[1]
        with pytest.raises(FeedDown) as down:
            async with open_socket(SocketOptions(f"ws://localhost:{port}/"), Heard()):
                pass
        assert (down.value.why, down.value.detail, down.value.refused) == ("forbidden", "127.0.0.1", True)
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.01)
        assert heard == [b""]
        there.close()

    asyncio.run(scene())
