"""The demo city as a process: it lives, serves three ports, and ends with its parent."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from types import FrameType

from console.city.chance import Chance
from console.city.feeds_out.factory import FactoryServer
from console.city.feeds_out.logistics import LogisticsServer
from console.city.feeds_out.sensors import SensorServer
from console.city.feeds_out.server import CityServer, dumps
from console.city.parent import parent_is_gone, wait_for_end_of_input
from console.city.world import FACTORY_KINDS, PORT_KINDS, City
from console.setup.arguments import CityOptions

STEP_S = 0.5
PUBLISH_S = 0.1
PARENT_S = 1.0
LONGEST_STEP_S = 20.0
"""City seconds; faster cities take several steps."""
BEHIND_S = 5.0
"""A city that was suspended goes on from now and does not catch up."""

_log = logging.getLogger("feed")


class CityService:
    """The city with its three servers, to be run inside an event loop."""

    def __init__(self, options: CityOptions) -> None:
        self._options = options
        self.city = City(options.scenario, options.seed, time.time())
        speed, seed = options.speed, options.seed
        movers = [*self.city.vessels, *self.city.trucks]
        self.sensors = SensorServer(self.city.sensors(), Chance(seed, "sensors"), speed)
        self.logistics = LogisticsServer(
            [*self.city.of_kinds(PORT_KINDS), *movers], Chance(seed, "logistics"), speed
        )
        self.factory = FactoryServer(
            self.city.of_kinds(FACTORY_KINDS), Chance(seed, "factory"), speed, self.city.gateway_dark
        )

    @property
    def servers(self) -> dict[str, CityServer]:
        """Servers by the name of their feed."""
        return {"sensors": self.sensors, "logistics": self.logistics, "factory": self.factory}

    async def start(self) -> dict[str, str]:
        """Listen on the three ports; returns their URLs. Raises OSError when one is taken."""
        options = self._options
        addresses = {"sensors": options.sensors, "logistics": options.logistics, "factory": options.factory}
        urls: dict[str, str] = {}
        try:
            for name, server in self.servers.items():
                urls[name] = await server.start(addresses[name])
        except OSError:
            await self.stop()
            raise
        return urls

    async def run(self) -> None:
        """Live and publish until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._live(), name="city life")
            group.create_task(self._publish(), name="city publisher")

    async def stop(self) -> None:
        """Close the ports."""
        await asyncio.gather(*(server.stop() for server in self.servers.values()))

    async def _live(self) -> None:
        """Equal steps, so that a run with the same seed is the same run."""
        loop = asyncio.get_running_loop()
        at = loop.time()
        while True:
            at += STEP_S
            if loop.time() - at > BEHIND_S:
                at = loop.time()
            await asyncio.sleep(max(0.0, at - loop.time()))
            left = STEP_S * self._options.speed
            while left > 0.0:
                step = min(left, LONGEST_STEP_S)
                self.city.step(step)
                left -= step

    async def _publish(self) -> None:
        while True:
            now = time.monotonic()
            for server in self.servers.values():
                server.publish(now)
            await asyncio.sleep(PUBLISH_S)


def main(options: CityOptions) -> int:
    """Run until a signal, the end of standard input or of the parent; 1 when a port is taken."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.ERROR, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    # Of libraries only what is wrong: each reader that comes and goes is no news.
    _log.setLevel(logging.INFO)
    try:
        asyncio.run(_main(options))
    except OSError as error:
        _log.error("the city cannot listen: %s", error)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


async def _main(options: CityOptions) -> None:
    ended = asyncio.Event()
    _end_on_signals(ended)
    wait_for_end_of_input(asyncio.get_running_loop(), ended)
    service = CityService(options)
    urls = await service.start()
    sys.stdout.write(dumps({"ready": urls}) + "\n")
    sys.stdout.flush()
    _log.info("city %s, seed %s", options.scenario, options.seed)
    running = asyncio.create_task(service.run(), name="city")
    watch = asyncio.create_task(_end_with_parent(options.parent_pid, ended), name="city parent watch")
    ending = asyncio.create_task(ended.wait(), name="city end")
    try:
        await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, watch, ending):
            task.cancel()
        await asyncio.gather(running, watch, ending, return_exceptions=True)
        await service.stop()


async def _end_with_parent(parent_pid: int | None, ended: asyncio.Event) -> None:
    while parent_pid is not None and not ended.is_set():
        await asyncio.sleep(PARENT_S)
        if parent_is_gone(parent_pid):
            _log.info("the parent is gone, so goes the city")
            ended.set()


def _end_on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        loop.call_soon_threadsafe(ended.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            # The loop has no signal handlers there, the interpreter has.
            signal.signal(number, end)
        else:
            loop.add_signal_handler(number, ended.set)
