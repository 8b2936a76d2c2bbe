"""The two procedures of Busan on the demo city: they run to their end, and what they order happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from console.city.service import CityService
from console.core.command.control_facts import RunFact, RunState
from console.core.control import StepKind
from console.hub.clock import SystemClock
from console.hub.datadir import DataDir
from console.hub.hub import Hub, Parts
from console.hub.person import Person
from console.hub.procedures import RunAct
from console.hub.profile import load_site
from console.setup.arguments import DEFAULT_SITE, Address, CityOptions
from console.wire.messages import CommandConfirm, Message

SPEED = 6.0
LONGEST_S = 150.0
KIM = Person("kim", "seat-1", session="session-kim", identity="kim")
LOOPBACK = Address("127.0.0.1", 0)


class Evening:
    """A hub on the city, and one person who does what each step asks for."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.told: list[CommandConfirm] = []
        self.held: list[tuple[str, str]] = []
        self.seen: dict[str, list[float]] = {}
        hub.broker.confirmations.tell = self._tell
        # This person has every right; who may is proved elsewhere.
        hub.permits.rights = None

    def value(self, key: str) -> float:
        return float(self.hub.pipeline.latest.value[self.hub.catalogue.tag_index(key)])

    async def run(self, procedure: str, watched: tuple[str, ...]) -> RunFact:
        """The run when it is over; values of the watched tags are kept."""
        run = (await self.hub.procedures.start(procedure, False, KIM)).subject
        async with asyncio.timeout(LONGEST_S):
            while True:
                await asyncio.sleep(0.1)
                for key in watched:
                    self.seen.setdefault(key, []).append(self.value(key))
                fact = self.hub.procedures.fact(run)
                assert fact is not None
                if fact.state.over:
                    return fact
                await self._serve(run, fact)

    async def _serve(self, run: str, fact: RunFact) -> None:
        procedure = next(p for p in self.hub.site.procedures if p.id == fact.procedure)
        kind, step = procedure.steps[fact.step].kind, fact.steps[fact.step]
        if fact.state is RunState.HELD:
            self.held.append((step.id, fact.reason))
            # So many commands a minute are too many for one person: wait, then go on.
            await asyncio.sleep(2.0)
            await self._act(run, RunAct(act="retry"))
        elif fact.state is RunState.WAITING and kind is StepKind.NOTE:
            await self._act(run, RunAct(act="note", text="호우주의보 발효, 15시부터 시간당 40 mm 예상"))
        elif fact.state is RunState.WAITING and kind is StepKind.CONFIRM:
            await self._act(run, RunAct(act="confirm"))
        elif fact.state is RunState.WAITING and kind is StepKind.COMMAND:
            token = next((c.token for c in reversed(self.told) if c.command_id == step.command_id), "")
            if token:
                await self._act(run, RunAct(act="execute", token=token))

    async def _act(self, run: str, act: RunAct) -> None:
        await self.hub.procedures.act(run, act, KIM)

    def _tell(self, session: str, message: Message) -> None:
        assert session == KIM.session
        if isinstance(message, CommandConfirm):
            self.told.append(message)


@asynccontextmanager
async def evening(folder: Path, scenario: str) -> AsyncGenerator[Evening]:
    """Busan's profile on a living city."""
    options = CityOptions(scenario, 1, LOOPBACK, LOOPBACK, LOOPBACK, SPEED)
    city = CityService(options)
    urls = await city.start()
    site = load_site(DEFAULT_SITE)
    feeds = tuple(msgspec.structs.replace(feed, url=urls[feed.id]) for feed in site.feeds)
    living = asyncio.create_task(city.run())
    try:
        with DataDir(folder / "data") as data:
            hub = Hub(Parts(msgspec.structs.replace(site, feeds=feeds), data, SystemClock()))
            await hub.restore()
            work = asyncio.create_task(hub.run())
            try:
                made = Evening(hub)
                async with asyncio.timeout(20):
                    while made.value("eco-pump.rain") != made.value("eco-pump.rain") or not all(
                        hub.feeds.is_up(feed.id) for feed in feeds
                    ):
                        await asyncio.sleep(0.1)
                await asyncio.sleep(2.0)
                yield made
                await hub.settle(3.0)
            finally:
                work.cancel()
                await asyncio.wait({work})
                hub.close()
    finally:
        living.cancel()
        await asyncio.wait({living})
        await city.stop()


@pytest.mark.timeout(240)
@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.expects_log("command")
def test_the_storm_pre_drain_empties_the_basin(tmp_path: Path) -> None:
    """The pumps that it starts lower the level to 0.8 m, and it stops them."""

    async def story() -> None:
        async with evening(tmp_path, "calm") as made:
            fact = await made.run("storm-pre-drain", ("eco-pump.inlet_level", "eco-pump.outflow"))
            assert fact.state is RunState.DONE
            assert {str(step.state) for step in fact.steps} == {"done"}
            assert made.seen["eco-pump.inlet_level"][0] > 0.9
            assert min(made.seen["eco-pump.inlet_level"]) <= 0.85
            assert max(made.seen["eco-pump.outflow"]) > 5.0
            assert [confirm.text.lines[0].en for confirm in made.told] != []

    asyncio.run(story())


@pytest.mark.timeout(240)
@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.expects_log("command")
def test_the_festival_plan_thins_the_crowd(tmp_path: Path) -> None:
    """Diversion and closed entrances bring Gwangalli below 2.5 people/m² while the event pulls on."""

    async def story() -> None:
        async with evening(tmp_path, "festival") as made:
            fact = await made.run("festival-crowd", ("gwangalli-crowd.density", "gwangalli-crowd.guidance"))
            assert fact.state is RunState.DONE
            assert {str(step.state) for step in fact.steps} == {"done"}
            assert max(made.seen["gwangalli-crowd.density"]) >= 3.0
            assert 2.0 in made.seen["gwangalli-crowd.guidance"]
            assert [reason for _, reason in made.held if reason != "TOO_MANY_OPS"] == []

    asyncio.run(story())
