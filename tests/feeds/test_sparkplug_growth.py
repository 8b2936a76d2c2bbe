"""An edge node on a real broker, a real hub, two consoles: births, a death, a rebirth, a restart, an adoption."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from feed_stage import Heard
from mosquitto_stage import mosquitto

from console.core.quality import Quality
from console.core.site import FeedDef, Site
from console.core.words import Text
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options
from console.feeds.sparkplug.payload import Metric, Payload, write_payload
from console.hub.clock import SystemClock
from console.hub.datadir import DataDir
from console.hub.discovered.command import main as adopt
from console.hub.hub import Hub, Parts
from console.hub.profile import load_site
from console.hub.service import running
from console.setup.arguments import FeedsAdoptOptions
from console.wire.messages import CatalogueGrew, SnapshotDone
from tests.hub.hub_room import SECRET, Plant, Room

pytestmark = [pytest.mark.expects_log("feed"), pytest.mark.timeout(300)]
PRESS = "~city-edge-press"


def feed(url: str) -> FeedDef:
    return FeedDef(
        id="plant",
        adapter="sparkplug",
        url=url,
        label=Text("공장", "Plant"),
        options={"reorder_s": 0.2, "rebirth_s": 0.2},
    )


@asynccontextmanager
async def hub_on(folder: Path, site: Site) -> AsyncGenerator[Room]:
    """A hub whose feeds are its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, DataDir(folder) as data:
        hub = Hub(Parts(site, data, SystemClock()))
        async with running(hub, SECRET, listener) as work:
            yield Room(hub, Plant(), f"ws://127.0.0.1:{listener.getsockname()[1]}/ws", work)


class Edge:
    """An edge node with a press, which says what it is told to say."""

    def __init__(self, link: MqttLink) -> None:
        self._link = link
        self._seq = 0

    async def say(self, kind: str, *metrics: Metric) -> None:
        """One message in its turn."""
        tail = "/Press" if kind.startswith("D") else ""
        self._seq = 0 if kind == "NBIRTH" else self._seq
        payload = Payload(at=time.time_ns() // 1_000_000, metrics=list(metrics), seq=self._seq)
        self._seq = (self._seq + 1) % 256
        await self._link.publish(Message(f"spBv1.0/City/{kind}/Edge{tail}", write_payload(payload)))

    async def born(self, *metrics: Metric) -> None:
        """Birth of the node and of its press."""
        await self.say("NBIRTH", Metric(name="bdSeq", datatype=8, value=1))
        await self.say("DBIRTH", *metrics)


@asynccontextmanager
async def edge(url: str) -> AsyncGenerator[Edge]:
    """An edge node that is connected."""
    made = feed(url)
    link = link_options(made, Options(made, LINK_OPTIONS | made.options.keys()))
    async with open_link(link, Heard()) as opened:
        yield Edge(opened)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def state(room: Room, name: str) -> tuple[float, Quality] | None:
    """Value and quality of a point of the press; None while there is none."""
    try:
        index = room.hub.catalogue.tag_index(f"{PRESS}.{name}")
    except KeyError:
        return None
    latest = room.hub.pipeline.latest
    return float(latest.value[index]), Quality(int(latest.quality[index]))


TEMP = Metric(name="Temp", alias=1, datatype=9, value=41.5)
RUN = Metric(name="Run", alias=2, datatype=11, value=True)


def test_an_edge_node_is_seen_at_once_and_adopted_later(tmp_path: Path) -> None:
    async def first(url: str, site: Site) -> None:
        async with hub_on(tmp_path / "data", site) as room, room.console() as one, room.console() as other:
            await one.until(SnapshotDone)
            await other.until(SnapshotDone)
            await until(lambda: room.hub.feeds.is_up("plant"))
            async with edge(url) as node:
                await node.born(TEMP, RUN)
                for console in (one, other):
                    grew = await console.until(CatalogueGrew, lambda message: bool(message.growth.tags))
                    assert {tag.tag.name for tag in grew.growth.tags} == {"temp", "run"}
                # The values of the birth itself, which may be the only ones for hours.
                await until(lambda: state(room, "temp") == (41.5, Quality.GOOD))
                assert state(room, "run") == (1.0, Quality.GOOD)
                await node.say("DDATA", Metric(alias=1, datatype=9, value=42.5))
                await until(lambda: state(room, "temp") == (42.5, Quality.GOOD))
                await node.say("NDEATH", Metric(name="bdSeq", datatype=8, value=1))
                await until(lambda: state(room, "temp") == (42.5, Quality.STALE))
                assert state(room, "run") == (1.0, Quality.STALE)
                # Reborn with another metric in place of one, and another type.
                await node.born(
                    Metric(name="Temp", alias=1, datatype=12, value="warm"),
                    Metric(name="Load", alias=3, datatype=9, value=7.0),
                )
                await until(lambda: state(room, "load") == (7.0, Quality.GOOD))
                await until(lambda: state(room, "temp_2") == (0.0, Quality.GOOD))
                assert not room.hub.catalogue.offers(room.hub.catalogue.tag_index(f"{PRESS}.run"))
                assert room.hub.feeds.runner("plant").fact().malformed == 0

    async def second(url: str, site: Site) -> None:
        async with hub_on(tmp_path / "data", site) as room:
            await until(lambda: room.hub.feeds.is_up("plant"))
            async with edge(url) as node:
                await node.born(Metric(name="Load", alias=3, datatype=9, value=8.0))
                index = room.hub.catalogue.tag_index("Press.load")
                await until(lambda: float(room.hub.pipeline.latest.value[index]) == 8.0)
                assert state(room, "load") is None
                now = room.hub.clock.at()
                kept = await room.hub.history(index, now - 600 * 10**9, now, 100)
                assert kept.high[0] == 7.0

    with mosquitto(tmp_path) as broker:
        profile = tmp_path / "profile"
        write_profile(profile, broker.web_url)
        asyncio.run(first(broker.web_url, load_site(profile)))
        given = FeedsAdoptOptions(profile, tmp_path / "data", tmp_path / "adopted")
        assert adopt(given) == 0
        asyncio.run(second(broker.web_url, load_site(tmp_path / "adopted")))


def write_profile(folder: Path, url: str) -> None:
    """A district of one area and one meter, with a feed that maps nothing."""
    (folder / "types").mkdir(parents=True)
    both = "{ ko = 'x', en = 'x' }"
    (folder / "site.toml").write_text(
        f"id = 'small'\nname = {both}\ntime_zone = 'Asia/Seoul'\nextent = [35.0, 129.0, 35.2, 129.2]\nmap = ''\n"
        f"[[area]]\nid = 'a'\nname = {both}\nlat = 35.1\nlon = 129.1\n"
    )
    (folder / "types" / "meter.toml").write_text(
        f"id = 'meter'\nlabel = {both}\nglyph = 'device'\nheadline = ['v']\n[[tag]]\nname = 'v'\nlabel = {both}\n"
    )
    (folder / "assets.csv").write_text(
        "id,type,ko,en,area,lat,lon,parent\nm1,meter,계량기,Meter,a,35.1,129.1,\n", encoding="utf-8"
    )
    (folder / "feeds.toml").write_text(
        f"[[feed]]\nid = 'plant'\nadapter = 'sparkplug'\nurl = '{url}'\nlabel = {both}\n"
        "[feed.options]\nreorder_s = 0.2\nrebirth_s = 0.2\n\n# the next one\n"
    )
