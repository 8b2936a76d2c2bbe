"""The oneM2M feed against a small CSE that plays recorded exchanges, over WebSocket and a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from cse_lines import PUMP, Option, broker_cse, definition, fed, socket_cse
from cse_peer import Cse, Tree, until
from feed_stage import Heard, T, run
from mosquitto_stage import free_port, mosquitto

from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.onem2m.adapter import OneM2MFeed, make

AT = 1795330800_250_000_000
Peer = Callable[..., AbstractAsyncContextManager[FeedDef]]


def pump(*names: str) -> Cse:
    """A CSE with containers of the pump."""
    return Cse(
        {f"{PUMP}/{name}": f"cnt{number}" for number, name in enumerate(names or ("level", "valve"), 1)}
    )


@pytest.fixture(params=["websocket", "mqtt"])
def peer(request: pytest.FixtureRequest, tmp_path: Path) -> Peer:
    """Both transports."""

    @asynccontextmanager
    async def through_broker(cse: Cse, **options: Option) -> AsyncGenerator[FeedDef]:
        with mosquitto(tmp_path) as broker:
            async with broker_cse(cse, broker, **options) as made:
                yield made

    return socket_cse if request.param == "websocket" else through_broker


def test_it_registers_subscribes_reads_the_latest_and_is_told_of_the_next(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        cse.early = False
        await cse.publish(f"{PUMP}/level", "1.5")
        async with peer(cse) as made, fed(made, "level") as (_, heard):
            assert heard.rows == [Reading(PUMP, "level", 1.5, AT)]
            await cse.publish(f"{PUMP}/level", "2.5")
            await heard.until(lambda: len(heard.rows) == 2)
            assert heard.rows[1] == Reading(PUMP, "level", 2.5, AT)
            assert [(one["op"], one.get("ty", 0)) for one in cse.asked] == [(1, 2), (2, 0), (1, 23), (2, 0)]
            made_by_us = next(iter(cse.subscriptions.values()))
            assert (made_by_us["nu"], made_by_us["enc"], made_by_us["nct"]) == (["CGwanje"], {"net": [3]}, 1)
            await until(lambda: len(cse.replies) == 2)
            assert {reply["rsc"] for reply in cse.replies} == {2000}
            assert heard.faults == []

    run(scene())


def test_a_notification_before_the_response_to_its_own_subscription_is_taken(peer: Peer) -> None:
    """As ACME sends it: one reader must not wait for the response and drop what comes first."""

    async def scene() -> None:
        cse = pump("status")
        await cse.publish(f"{PUMP}/status", '{"pump": {"rpm": 900}}')
        async with peer(cse, latest=False) as made, fed(made, "status.pump.rpm") as (_, heard):
            await heard.until(lambda: bool(heard.rows))
            assert heard.rows == [Reading(PUMP, "status.pump.rpm", 900, AT)]
            assert heard.faults == []

    run(scene())


def test_being_registered_and_subscribed_already_is_no_fault(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        async with peer(cse) as made:
            for _ in range(2):
                async with fed(made, "level") as (_, heard):
                    await cse.publish(f"{PUMP}/level", "2.5")
                    await heard.until(lambda heard=heard: bool(heard.rows))
                    assert heard.faults == []
            assert len(cse.subscriptions) == 1
            assert 4 in [one["op"] for one in cse.asked], "the old one pointed to where we were before"

    run(scene())


@pytest.mark.parametrize("says", [True, False], ids=["told", "silent"])
def test_a_lost_subscription_is_made_again_and_shown_as_a_gap(peer: Peer, says: bool) -> None:
    async def scene() -> None:
        cse = pump()
        async with peer(cse, check_s=0.05) as made, fed(made, "level") as (_, heard):
            await cse.drop_subscription(f"{PUMP}/level", says)
            await until(lambda: bool(cse.subscriptions))
            assert FeedState.GAP in heard.states
            await cse.publish(f"{PUMP}/level", "2.5")
            await heard.until(lambda: bool(heard.rows))

    run(scene())


def test_a_container_that_is_not_there_is_counted_and_bad_until_it_comes(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        async with peer(cse, check_s=0.05) as made, fed(made, "level", "late") as (_, heard):
            assert (f"{PUMP}/late", "no_such_node") in heard.faults
            assert next(row.quality for row in heard.rows if row.path == "late") is Quality.BAD
            cse.containers[f"{PUMP}/late"] = "cnt9"
            await until(lambda: f"{PUMP}/late/gwanje" in cse.subscriptions)
            await cse.publish(f"{PUMP}/late", "9.5")
            await heard.until(lambda: any(row.value == 9.5 for row in heard.rows))

    run(scene())


def test_a_subscription_that_is_refused_is_counted_with_the_words_of_the_platform(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        cse.refuse = {23: 4103}
        async with peer(cse) as made, fed(made, "level") as (_, heard):
            assert heard.faults == [(f"{PUMP}/level", "refused")]
            assert [row.quality for row in heard.rows] == [Quality.BAD]

    run(scene())


def test_a_flexible_container_is_watched_for_changes(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump("meter")
        cse.flexible[f"{PUMP}/meter"] = {"ri": "cnt1", "ty": 28, "cnd": "org.meter", "flow": 1.0}
        async with peer(cse) as made, fed(made, "meter.flow") as (_, heard):
            assert heard.rows == [Reading(PUMP, "meter.flow", 1.0)]
            await cse.change(f"{PUMP}/meter", flow=2.0)
            await heard.until(lambda: len(heard.rows) == 2)
            assert (heard.rows[1].value, next(iter(cse.subscriptions.values()))["enc"]) == (2.0, {"net": [1]})

    run(scene())


def test_a_registration_that_is_refused_refuses_the_feed(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        cse.refuse = {2: 4103}
        async with peer(cse) as made:
            with pytest.raises(FeedDown) as caught:
                await make(made).run(Heard())
            assert (caught.value.why, caught.value.refused) == ("not_registered", True)
            assert caught.value.detail == "4103 ORIGINATOR_HAS_NO_PRIVILEGE: refused by the test"

    run(scene())


def test_bad_frames_are_counted_and_the_connection_goes_on(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        async with peer(cse) as made, fed(made, "level") as (_, heard):
            out = cse.out
            assert out is not None
            replies = len(cse.replies)
            stray: Tree = {"sur": "/busan-in/unknown", "nev": {"rep": {"m2m:cin": {}}}}
            frames: tuple[Tree, ...] = (
                {"rqi": "1"},
                {"rqi": "2", "op": 5, "pc": {"m2m:sgn": stray}},
                {"rqi": "3", "op": 1, "to": "CGwanje"},
                {"rqi": "nobody", "rsc": 2000},
            )
            for tree in frames:
                await out("CGwanje", {"fr": "/busan-in"} | tree)
            await cse.publish(f"{PUMP}/level", '{"a":')
            await cse.publish(f"{PUMP}/level", "7.5")
            await heard.until(lambda: any(row.value == 7.5 for row in heard.rows))
            assert [reason for _, reason in heard.faults] == ["not_a_primitive", "not_declared", "not_json"]
            await until(lambda: len(cse.replies) == replies + 4)
            assert [reply["rsc"] for reply in cse.replies[replies:]] == [4000, 4005, 4000, 2000]

    run(scene())


async def answered(feed: OneM2MFeed, order: DeviceCommand, count: int) -> list[DeviceAnswer]:
    answers: list[DeviceAnswer] = []
    await feed.send(order, answers.append)
    await until(lambda: len(answers) >= count)
    return answers


def test_a_command_is_an_instance_and_the_platforms_word_the_last(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump()
        async with peer(cse) as made, fed(made, "level") as (feed, _):
            answers = await answered(feed, DeviceCommand("01JD", PUMP, "valve", "open"), 1)
            assert answers == [DeviceAnswer("accepted_final", detail="2001 CREATED")]
            assert cse.instances[f"{PUMP}/valve"]["con"] == "open"
            cse.refuse = {4: 5103}
            answers = await answered(feed, DeviceCommand("01JE", PUMP, "valve", "shut"), 1)
            assert answers == [DeviceAnswer("busy", detail="5103 TARGET_NOT_REACHABLE: refused by the test")]
        with pytest.raises(FeedDown) as caught:
            await feed.send(DeviceCommand("01JF", PUMP, "valve", "open"), lambda answer: None)
        assert caught.value.why == "not_connected"

    run(scene())


def test_a_device_answers_in_its_own_container(peer: Peer) -> None:
    async def scene() -> None:
        cse = pump("valve", "answers")
        options: dict[str, Option] = {
            "command_frame": '{"id": {id}, "do": {value}}', "answer_container": "answers", "answer_id_path": "re",
            "answer_path": "is", "answer_words": "ok = done, local = rejected:BLOCKED_BY_MODE",
        }  # fmt: skip
        async with peer(cse, **options) as made, fed(made, "valve.do") as (feed, heard):
            answers: list[DeviceAnswer] = []
            await feed.send(DeviceCommand("01JD", PUMP, "valve", "open"), answers.append)
            await until(lambda: f"{PUMP}/valve" in cse.instances)
            assert cse.instances[f"{PUMP}/valve"]["con"] == '{"id": "01JD", "do": "open"}'
            for word in ("accepted", "ok", "ok"):
                await cse.publish(f"{PUMP}/answers", f'{{"re": "01JD", "is": "{word}"}}')
            await cse.publish(f"{PUMP}/answers", '{"is": "ok"}')
            await until(lambda: bool(heard.faults))
            assert [answer.kind for answer in answers] == ["accepted", "done"]
            assert heard.faults == [("re", "missing")]

    run(scene())


def test_a_cse_that_dials_out_is_received() -> None:
    """Mobius v2 makes a connection of its own for each notification."""

    async def scene() -> None:
        cse, port = pump(), free_port()
        address = f"ws://127.0.0.1:{port}/notify"
        async with (
            socket_cse(cse, receive=address, notify=address) as made,
            fed(made, "level") as (feed, heard),
        ):
            assert feed.received_at == port
            await asyncio.gather(*(cse.publish(f"{PUMP}/level", str(value)) for value in (2.5, 3.5)))
            await heard.until(lambda: len(heard.rows) == 2)
            assert sorted(row.value for row in heard.rows) == [2.5, 3.5]  # type: ignore[type-var]
            assert {reply["rsc"] for reply in cse.replies} == {2000}

    run(scene())


def test_a_server_that_never_answers_is_a_timeout() -> None:
    async def scene() -> None:
        cse = pump()

        async def silent(tree: dict[str, object]) -> None:
            return None

        cse.hear = silent  # type: ignore[method-assign,assignment]
        async with socket_cse(cse, connect_s=0.2) as made:
            with pytest.raises(FeedDown) as caught:
                await make(made).run(Heard())
            assert caught.value.why == "timeout"

    run(scene())


@pytest.mark.parametrize(
    ("url", "options", "fault"),
    [
        ("ws://127.0.0.1:1", {"ae": ""}, "option ae is missing"),
        ("ws://127.0.0.1:1", {"cse": "a#"}, "option cse is missing or not an id"),
        ("ws://127.0.0.1:1", {"transport": "coap"}, "option transport must be"),
        ("mqtt://127.0.0.1:1", {"transport": "websocket"}, "is not ws://"),
        ("ws://127.0.0.1:1", {"release": "9"}, "option release must be one of"),
        ("ws://127.0.0.1:1", {"receive": "127.0.0.1:80"}, "option receive must be"),
        ("ws://127.0.0.1:1", {"receive": "ws://127.0.0.1:80/x"}, "option notify is missing"),
        ("ws://127.0.0.1:1", {"command_frame": "{"}, "option command_frame is not JSON"),
        ("ws://127.0.0.1:1", {"answer_container": "a"}, "option answer_id_path is missing"),
        ("ws://127.0.0.1:1", {"nothing": "a"}, "option nothing is not known"),
    ],
)
def test_an_option_at_fault_is_named(url: str, options: dict[str, Option], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        make(definition(url, **options))


def test_a_broker_behind_a_websocket_is_a_broker_where_the_profile_says_so() -> None:
    feed = make(definition("ws://127.0.0.1:1/mqtt", transport="mqtt"))
    assert isinstance(feed, OneM2MFeed)
    assert FeedDef(id="x", adapter="onem2m", url="ws://127.0.0.1:1", label=T).options == {}
