"""The factory's edge node as a host application meets it: births, data, orders, deaths (Sparkplug 3.0)."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from city_stage import running
from factory_stage import LINE, PATIENCE_S, Host, client, flag, heard, host

from console.city.service import CityService
from console.feeds.base import FeedDown
from console.feeds.mqtt_wire import Message
from console.feeds.sparkplug.payload import DataType, Metric, Payload

WORD, NUMBER = DataType.STRING, DataType.INT32


@asynccontextmanager
async def stage(speed: float = 4.0, scenario: str = "calm") -> AsyncGenerator[tuple[CityService, str, Host]]:
    """A city and a host of its factory, which has asked for all births."""
    async with running(scenario, speed) as (service, urls), host(urls["factory"]) as made:
        await made.born()
        yield service, urls["factory"], made


def word(value: str, name: str = "Command/State", **more: object) -> Metric:
    """An order in a word."""
    return Metric(name=name, datatype=WORD, value=value, **more)  # type: ignore[arg-type]


def test_a_birth_declares_node_and_devices_with_aliases_types_and_units() -> None:
    """Clauses 6.4.17 to 6.4.19."""

    async def story() -> tuple[Payload, dict[str, Payload], Host]:
        async with running() as (_service, urls), host(urls["factory"]) as made:
            await made.rebirth()
            node = await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            births: dict[str, Payload] = {}
            while len(births) < 9:
                await made.until(
                    lambda kind, d, p: births.setdefault(d, p) is p if kind == "DBIRTH" else False
                )
            return node, births, made

    node, births, made = asyncio.run(story())
    own = {metric.name: metric for metric in node.metrics}
    assert node.seq == 0
    assert own["bdSeq"].datatype == DataType.INT64
    # Whoever asks for a rebirth does so by name (tck-id-operational-behavior-data-commands-rebirth-name-aliases).
    assert own["Node Control/Rebirth"].alias is None
    assert own["Node Control/Rebirth"].value is False
    assert [births[name].seq for name in births] == list(range(1, 10))
    line = {metric.name: metric for metric in births[LINE].metrics}
    assert line["Press/Force"].unit == "kN"
    assert line["Count/Good"].datatype == DataType.INT64
    assert line["State"].value in ("RUN", "WAIT")
    assert line["Cycle/Override"].value == 100
    # More than any profile maps: a host may show what else there is.
    assert {"Tool/Wear", "Buffer/Parts", "Properties/Model"} <= set(line)
    aliases = [m.alias for p in (node, *births.values()) for m in p.metrics if m.alias is not None]
    assert len(aliases) == len(set(aliases)) > 110
    assert all(metric.at == payload.at for payload in births.values() for metric in payload.metrics)
    assert made.kinds[0] in ("NBIRTH", "DDATA", "NDATA")


def test_data_come_by_alias_alone_with_numbers_that_go_round() -> None:
    async def story() -> list[int]:
        async with stage(20.0) as (service, _url, made):
            numbers: list[int] = []
            while len(numbers) < 300:
                for device in service.factory.devices:
                    service.factory.node.report(device, device.points[:1])
                got = await made.until(lambda kind, _d, _p: kind in ("DDATA", "NDATA"))
                assert all(metric.alias is not None and not metric.name for metric in got.metrics)
                assert got.seq is not None
                numbers.append(got.seq)
            return numbers

    numbers = asyncio.run(story())
    assert all((b - a) % 256 == 1 for a, b in itertools.pairwise(numbers))
    assert 255 in numbers


def test_an_order_is_confirmed_by_the_next_data_and_seen_in_the_state() -> None:
    """Clause 6.4.24."""

    async def story() -> Host:
        async with stage(8.0) as (_service, _url, made):
            await made.order(LINE, word("HOLD"))
            await made.see(LINE, "Command/State", "HOLD")
            await made.see(LINE, "State", "HOLD")
            await made.see(LINE, "Command/State", "")
            await made.order(LINE, Metric(name="Cycle/Override", datatype=NUMBER, value=80))
            await made.see(LINE, "Cycle/Override", 80)
            return made

    assert asyncio.run(story()).values[LINE, "Command/Answer"] == ""


def test_an_order_by_alias_alone_is_understood() -> None:
    async def story() -> None:
        async with stage() as (_service, _url, made):
            alias = next(alias for alias, named in made.names.items() if named == (LINE, "Cycle/Override"))
            await made.order(LINE, Metric(alias=alias, datatype=NUMBER, value=110))
            await made.see(LINE, "Cycle/Override", 110)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("metric", "result", "why"),
    [
        (word("RESET"), "rejected", "there is no fault to reset"),
        (word("EXPLODE"), "rejected", "expected HOLD"),
        (Metric(name="Cycle/Override", datatype=NUMBER, value=300), "rejected", "50 to 120"),
        (Metric(name="Cycle/Override", datatype=NUMBER, value=-5), "rejected", "50 to 120"),
        (word("90", "Cycle/Override"), "rejected", "50 to 120"),
        (Metric(name="State", datatype=WORD, value="RUN"), "rejected", "takes no orders"),
        (Metric(name="Atlantis", datatype=NUMBER, value=1), "rejected", "no such metric"),
        (Metric(alias=99_999, datatype=NUMBER, value=1), "rejected", "no such metric"),
        (Metric(alias=1, datatype=NUMBER, value=1), "rejected", "no such metric"),
    ],
)
def test_a_bad_order_is_refused_with_its_reason_and_moves_nothing(
    metric: Metric, result: str, why: str
) -> None:
    async def story() -> tuple[dict[str, object], object, object]:
        async with stage() as (service, _url, made):
            line = service.city.devices[LINE]
            before = line.values()["cycle.override"]
            await made.order(LINE, metric)
            await made.answered(LINE)
            return (
                json.loads(str(made.values[LINE, "Command/Answer"])),
                before,
                line.values()["cycle.override"],
            )

    answer, before, after = asyncio.run(story())
    assert answer["result"] == result
    assert why in str(answer["why"])
    assert before == after


def test_a_test_moves_nothing_and_is_answered_as_a_test() -> None:
    """CMD-15."""
    told: tuple[tuple[str, str | bool], ...] = (("Id", "c1"), ("Test", True))

    async def story() -> tuple[object, object]:
        async with stage() as (service, _url, made):
            await made.order(LINE, word("HOLD", told=told))
            await made.answered(LINE)
            line = service.city.devices[LINE]
            return made.values[LINE, "Command/Answer"], line.trial("state_cmd", "HOLD").verdict

    answer, verdict = asyncio.run(story())
    assert json.loads(str(answer)) == {"id": "c1", "result": "done", "why": "", "test": True}
    # An order in progress would make this busy.
    assert verdict == "taken"


@pytest.mark.expects_log("feed")
@pytest.mark.parametrize("payload", [b"\xff\xff", b"\x12\x05rubbi", b"", b"\x12\x03\x0a\x01\xff"])
def test_a_command_that_cannot_be_read_changes_nothing(payload: bytes) -> None:
    async def story() -> None:
        async with stage() as (_service, _url, made):
            for topic in (f"DCMD/Factory/{LINE}", "NCMD/Factory", "DCMD/Factory/atlantis"):
                await made.link.publish(Message(f"spBv1.0/Busan/{topic}", payload))
            await made.order(LINE, Metric(name="Cycle/Override", datatype=NUMBER, value=90))
            await made.see(LINE, "Cycle/Override", 90)

    asyncio.run(story())


def test_a_killed_node_dies_by_its_will_and_is_born_again_with_a_new_session() -> None:
    """Clause 6.4.20: the death carries the bdSeq of the birth it belongs to, and no number."""

    async def story() -> tuple[Payload, Payload, Payload]:
        async with running() as (_service, urls), host(urls["factory"]) as made:
            await made.rebirth()
            first = await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            async with client(urls["factory"]) as fate:
                await fate.publish(Message("city/factory/node", b"down 0.3"))
            death = await made.until(lambda kind, _d, _p: kind == "NDEATH")
            again = await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            return first, death, again

    first, death, again = asyncio.run(story())
    assert death.seq is None
    assert [m.value for m in death.metrics] == [session(first)]
    assert session(again) == session(first) + 1
    assert again.seq == 0


def session(payload: Payload) -> int:
    """The bdSeq of a birth."""
    found = next(metric.value for metric in payload.metrics if metric.name == "bdSeq")
    assert isinstance(found, int)
    return found


def test_a_node_that_is_down_stays_down_until_it_is_switched_on() -> None:
    async def story() -> None:
        async with running() as (service, urls), host(urls["factory"]) as made:
            await made.born()
            async with client(urls["factory"]) as fate:
                await fate.publish(Message("city/factory/node", b"down ever"))
                await made.until(lambda kind, _d, _p: kind == "NDEATH")
                assert not service.factory.node.online
                for nonsense in (b"", b"down -1", b"down 1e9", b"\xff\xfe", b"up up"):
                    await fate.publish(Message("city/factory/node", nonsense))
                await made.rebirth()
                await fate.publish(Message("city/factory/node", b"up"))
            await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            assert made.kinds.count("NBIRTH") == 2

    asyncio.run(story())


def test_a_reboot_order_is_a_death_and_a_birth() -> None:
    async def story() -> list[str]:
        async with stage() as (service, _url, made):
            service.factory.node.REBOOT_S = 0.2
            await made.order("", flag("Node Control/Reboot"))
            await made.until(lambda kind, _d, _p: kind == "NDEATH")
            await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            return made.kinds

    assert asyncio.run(story()).count("NDEATH") == 1


def test_the_node_goes_with_its_host_and_comes_with_it() -> None:
    """Clause 6.3.11; words older than the last ones are not believed."""
    topic = "spBv1.0/STATE/gwanje"

    def said(online: bool, at: int) -> Message:
        return Message(topic, json.dumps({"online": online, "timestamp": at}).encode(), 1, True)

    async def story() -> list[str]:
        async with stage() as (service, url, made), client(url) as other:
            now = time.time_ns() // 1_000_000
            await other.publish(said(True, now))
            await other.publish(said(False, now - 5_000))
            await other.publish(Message(topic, b"OFFLINE", 1))
            await other.publish(said(False, now + 1))
            await made.until(lambda kind, _d, _p: kind == "NDEATH")
            assert not service.factory.node.online
            await made.rebirth()
            await asyncio.sleep(0.3)
            made.kinds.clear()
            await other.publish(said(True, now + 2))
            await made.until(lambda kind, device, _p: (kind, device) == ("DBIRTH", "sasang-mach-2"))
            return made.kinds

    kinds = asyncio.run(story())
    assert kinds[0] == "NBIRTH"
    assert set(kinds) == {"NBIRTH", "DBIRTH"}


def test_a_broker_that_restarts_comes_back_with_the_node() -> None:
    async def story() -> None:
        async with running() as (service, urls):
            async with host(urls["factory"]) as made:
                await made.born()
                async with client(urls["factory"]) as fate:
                    await fate.publish(Message("city/factory/broker", b"down 0.2"))
                    with pytest.raises(FeedDown):
                        await made.see("", "", "the end")
            async with asyncio.timeout(PATIENCE_S):
                while not service.factory.node.online:
                    await asyncio.sleep(0.02)
            async with host(urls["factory"]) as again:
                await again.born()

    asyncio.run(story())


def test_the_gateway_of_the_line_down_day_loses_its_mains_once() -> None:
    """Script of the city: the node dies and comes back by itself."""

    async def story() -> list[str]:
        async with stage(2.0, "line-down") as (service, _url, made):
            made.kinds.clear()
            while service.city.elapsed_s < 541.0:
                service.city.step(1.0)
            await made.until(lambda kind, _d, _p: kind == "NDEATH")
            while service.city.elapsed_s < 571.0:
                service.city.step(1.0)
            await made.until(lambda kind, _d, _p: kind == "NBIRTH")
            return made.kinds

    kinds = asyncio.run(story())
    assert kinds.index("NDEATH") < kinds.index("NBIRTH")


def test_nobody_listening_costs_no_numbers() -> None:
    async def story() -> tuple[int, int]:
        async with running(speed=4.0) as (service, urls):
            await asyncio.sleep(0.5)
            async with client(urls["factory"], "spBv1.0/Busan/#") as late:
                message = await heard(late, lambda m: "/DDATA/" in m.topic)
            return len(message.payload), service.factory.readers

    size, _ = asyncio.run(story())
    assert size > 10
