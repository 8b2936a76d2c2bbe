"""A CSE that nobody has described: a first profile of it, and recordings that play as they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from cse_lines import PUMP, Option, broker_cse, socket_cse
from cse_peer import Cse
from mosquitto_stage import mosquitto
from tape_stage import act, discovered, recorded, replayed, tape, told, values_of

from console.core.site import FeedDef
from console.feeds.onem2m.scout import addresses_of

pytestmark = pytest.mark.expects_log("feed")
Peer = Callable[..., AbstractAsyncContextManager[FeedDef]]


@pytest.fixture(params=["websocket", "mqtt"])
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Peer:
    """Both transports."""
    folder = tmp_path / "broker"
    folder.mkdir()

    @asynccontextmanager
    async def through_broker(cse: Cse, **options: Option) -> AsyncGenerator[FeedDef]:
        with mosquitto(folder) as broker:
            async with broker_cse(cse, broker, **options) as made:
                yield made

    return socket_cse if request.param == "websocket" else through_broker


async def pump() -> Cse:
    cse = Cse({f"{PUMP}/{name}": f"cnt{number}" for number, name in enumerate(("level", "state"), 1)})
    cse.early = False
    cse.flexible[f"{PUMP}/motor"] = {"ri": "fc1", "rn": "motor", "ct": "20261122T070000", "power": 5.5}
    await cse.publish(f"{PUMP}/level", "1.5")
    await cse.publish(f"{PUMP}/state", '{"running": true, "hours": 12}')
    return cse


@asynccontextmanager
async def changing(cse: Cse) -> AsyncGenerator[None]:
    """A device that reports again and again."""

    async def go_on() -> None:
        turn = 0
        while True:
            await cse.publish(f"{PUMP}/level", f"{turn}.5")
            await cse.change(f"{PUMP}/motor", power=float(turn))
            turn += 1
            await asyncio.sleep(0.1)

    task = asyncio.create_task(go_on(), name="device")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def test_the_containers_of_a_cse_become_a_profile_that_runs(peer: Peer, tmp_path: Path) -> None:
    async def scene() -> None:
        cse = await pump()
        async with peer(cse) as made:
            # Over a WebSocket nothing needs to be known: the base tells its name.
            known = {} if made.url.startswith("ws") else {"cse": "cse-in", "cse_id": "busan-in"}
            site = await discovered(made.url, tmp_path / "s", "onem2m" if known else "", 1.5, **known)
            (feed,) = site.feeds
            assert (feed.adapter, feed.options["cse"], feed.options["ae"]) == ("onem2m", "cse-in", "CGwanje")
            (kind,) = site.types
            assert {route.path for route in feed.map[0].tags.values()} == {
                "level", "state.running", "state.hours", "motor.power",
            }  # fmt: skip
            assert [asset.id for asset in site.assets] == ["pump7"]
            found = await values_of(site, len(kind.tags))
            assert found["pump7.level"] == 1.5

    act(scene())


def test_a_recording_of_a_cse_plays_as_it_was_read(peer: Peer, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"

    async def scene() -> None:
        cse = await pump()
        async with peer(cse) as made, changing(cse):
            live = await recorded(made.url, file, "onem2m", 1.5, **made.options)
        points = {(row.source, row.path) for row in live.rows}
        assert len(live.rows) > 8
        heard = await replayed(file, points)
        # Live, the latest value of a container may be told after a notification that came behind it.
        assert sorted(told(heard.rows)) == sorted(told(live.rows))
        _, frames = tape(file)
        assert f"{PUMP}/level" in {frame.about for frame in frames}

    act(scene())


@pytest.mark.parametrize(
    "listed",
    [
        "/busan-in/cse-in/a/b /busan-in/cse-in/a",
        ["cse-in/a", "/busan-in/cse-in/a/b", 7],
        ["~/x/cse-in/a/b", "cse-in/a"],
    ],
)
def test_addresses_are_read_in_every_form_that_a_release_writes(listed: object) -> None:
    assert addresses_of({"m2m:uril": listed}, "cse-in") == ["cse-in/a", "cse-in/a/b"]
    assert addresses_of(None, "cse-in") == []
