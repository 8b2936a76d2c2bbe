"""The link to a broker: against a real Mosquitto, and against brokers that break every rule."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from feed_stage import Heard, run
from mosquitto_stage import Mosquitto, free_port, mosquitto, wishes

from console.core.feed import FeedState
from console.feeds.base import FeedDown
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_session import nobody_listens
from console.feeds.mqtt_wire import Message, Properties

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def broker(tmp_path: Path):
    with mosquitto(tmp_path) as made:
        yield made


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def gather(link: MqttLink, count: int) -> list[Message]:
    found: list[Message] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found += await link.receive()
    return found


@pytest.mark.parametrize("version", ["5", "3.1.1"])
@pytest.mark.parametrize("web", [False, True], ids=["tcp", "websocket"])
def test_messages_of_every_qos_pass_both_ways(broker: Mosquitto, version: str, web: bool) -> None:
    async def scene() -> None:
        options = wishes(broker.web_url if web else broker.url, version=version)
        async with open_link(options, Heard()) as link:
            assert await link.subscribe(("a/+", "b/#"), 2) == []
            acks: list[int] = []
            for qos in (0, 1, 2):
                await link.publish(Message(f"a/{qos}", b"x" * 300 * qos, qos), acks.append)
            await link.publish(Message("b/c/d", "물".encode(), 1), acks.append)
            found = await gather(link, 4)
            assert sorted((m.topic, len(m.payload)) for m in found) == [
                ("a/0", 0),
                ("a/1", 300),
                ("a/2", 600),
                ("b/c/d", 3),
            ]
            await until(lambda: len(acks) == 3)
            assert acks == [0, 0, 0]

    run(scene())


def test_properties_arrive_as_they_were_sent(broker: Mosquitto) -> None:
    async def scene() -> None:
        told = Properties(
            content_type="application/json", response_topic="r/1", correlation=b"\0\x01", expiry_s=60,
            user=(("unit", "Cel"), ("unit", "K")),
        )  # fmt: skip
        async with open_link(wishes(broker.url), Heard()) as link:
            await link.subscribe(("p",))
            await link.publish(Message("p", b"{}", 0, False, told))
            assert (await link.receive())[0].properties == told
            acks: list[int] = []
            await link.publish(Message("nobody/here", b"", 1), acks.append)
            await until(lambda: bool(acks))
            assert nobody_listens(acks[0])

    run(scene())


def test_what_is_published_during_a_loss_is_kept_in_a_session(broker: Mosquitto) -> None:
    async def scene() -> None:
        options = wishes(broker.url, client_id="hub-1", session_s=60)
        async with open_link(options, Heard()) as link:
            assert not link.kept
            await link.subscribe(("kept",), 1)
        async with open_link(wishes(broker.url), Heard()) as other:
            acks: list[int] = []
            await other.publish(Message("kept", b"1", 1), acks.append)
            await until(lambda: bool(acks))
        async with open_link(options, Heard()) as link:
            assert link.kept
            assert [m.payload for m in await link.receive()] == [b"1"]

    run(scene())


def test_the_will_is_published_when_we_are_lost_and_the_farewell_when_we_leave(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with open_link(wishes(broker.url), Heard()) as witness:
            await witness.subscribe(("state",), 1)
            will, farewell = Message("state", b"lost", 1), Message("state", b"left", 1)
            async with open_link(wishes(broker.url), Heard(), will=will, farewell=farewell):
                pass
            assert [m.payload for m in await witness.receive()] == [b"left"]
            rival = open_link(wishes(broker.url, client_id="same"), Heard())
            async with open_link(wishes(broker.url, client_id="same"), Heard(), will=will) as lost, rival:
                assert [m.payload for m in await witness.receive()] == [b"lost"]
                with pytest.raises(FeedDown) as caught:
                    await lost.receive()
                assert caught.value.why in ("taken_over", "closed")

    run(scene())


def test_a_retained_message_comes_with_the_subscription_unless_it_is_not_wanted(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with open_link(wishes(broker.url), Heard()) as link:
            await link.publish(Message("r/1", b"old", 1, True))
            await link.subscribe(("r/+",), 1)
            assert [(m.payload, m.retain) for m in await link.receive()] == [(b"old", True)]
        async with open_link(wishes(broker.url), Heard()) as link:
            await link.subscribe(("r/+",), 1, retained=False)
            await link.publish(Message("r/2", b"new"))
            assert [m.payload for m in await link.receive()] == [b"new"]

    run(scene())


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_wrong_password_is_a_refusal(tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, so that the runner asks rarely: quick repeats lock accounts."""
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto_passwd is not installed")
    (tmp_path / "passwords").write_text("hub:right\n", encoding="utf-8")
    (tmp_path / "passwords").chmod(0o600)
    assert (
        subprocess.run(["mosquitto_passwd", "-U", str(tmp_path / "passwords")], check=False).returncode == 0
    )

    async def scene(broker: Mosquitto) -> None:
        options = wishes(broker.web_url, version=version, user="hub", secret="broker-1")
        monkeypatch.setenv("GWANJE_FEED_BROKER_1", "wrong")
        with pytest.raises(FeedDown) as caught:
            async with open_link(options, Heard()):
                pass
        assert (caught.value.why, caught.value.refused) == ("credentials", True)
        monkeypatch.setenv("GWANJE_FEED_BROKER_1", "right")
        async with open_link(options, Heard()) as link:
            assert await link.subscribe(("a",)) == []

    with mosquitto(tmp_path, f"password_file {tmp_path / 'passwords'}", anonymous=False) as broker:
        run(scene(broker))


def test_a_topic_the_account_may_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic readwrite open/#\n", encoding="utf-8")
    (tmp_path / "acl").chmod(0o600)

    async def scene(broker: Mosquitto) -> None:
        async with open_link(wishes(broker.url), Heard()) as link:
            assert await link.subscribe(("open/a", "closed/a"), 1) in ([], ["closed/a"])
            await link.publish(Message("open/a", b"1"))
            assert (await link.receive())[0].payload == b"1"

    with mosquitto(tmp_path, f"acl_file {tmp_path / 'acl'}") as broker:
        run(scene(broker))


def test_a_broker_that_freezes_is_half_open(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with open_link(wishes(broker.url, ping_s=0.2), Heard()) as link:
            await link.subscribe(("a",))
            broker.freeze(True)
            try:
                with pytest.raises(FeedDown) as caught:
                    await link.receive()
            finally:
                broker.freeze(False)
            assert caught.value.why == "half_open"

    run(scene())


def test_a_broker_that_is_killed_is_told_and_found_again(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with open_link(wishes(broker.url), Heard()) as link:
            broker.kill()
            with pytest.raises(FeedDown) as caught:
                await link.receive()
            assert caught.value.why == "closed"
            with pytest.raises(FeedDown):
                await link.publish(Message("a", b""))
        with pytest.raises(FeedDown) as caught:
            async with open_link(wishes(broker.url), Heard()):
                pass
        assert caught.value.why == "unreachable"
        broker.start()
        async with open_link(wishes(broker.url), Heard()) as link:
            assert await link.subscribe(("a",)) == []

    run(scene())


def test_what_the_broker_drops_is_a_gap_with_its_count(tmp_path: Path) -> None:
    """2,000 messages of QoS 1 at once to a reader that takes its time: QoS 1 does not mean no loss."""

    async def scene(broker: Mosquitto) -> None:
        heard = Heard()
        async with (
            open_link(wishes(broker.url, queue=1), heard) as slow,
            open_link(wishes(broker.url), Heard()) as fast,
        ):
            await slow.subscribe(("burst",), 1)
            acks: list[int] = []
            for count in range(2000):
                await fast.publish(Message("burst", str(count).encode().ljust(2000), 1), acks.append)
            await until(lambda: len(acks) == 2000)
            found: list[Message] = []

            async def take() -> None:
                while True:
                    found.extend(await slow.receive())

            taking = asyncio.create_task(take())
            await heard.until(lambda: FeedState.GAP in heard.states)
            taking.cancel()
            await asyncio.wait((taking,))
            assert 0 < len(found) < 2000

    with mosquitto(tmp_path, "max_queued_messages 100") as broker:
        run(scene(broker))


def test_a_message_above_the_limit_is_counted_and_skipped(broker: Mosquitto) -> None:
    async def scene() -> None:
        for version in ("5", "3.1.1"):
            heard = Heard()
            async with open_link(wishes(broker.url, version=version, max_frame_bytes=1024), heard) as link:
                await link.subscribe(("big/+",), 1)
                for size in (1025, 100_000, 2_000_000):
                    await link.publish(Message("big/1", b"x" * size, 1))
                await link.publish(Message("big/2", b"small", 1))
                assert [m.payload for m in await link.receive()] == [b"small"]
                assert heard.faults == [("big/1", "too_large")] * 3

    run(scene())


def test_nobody_there_and_a_forbidden_place_are_told() -> None:
    async def scene() -> None:
        with pytest.raises(FeedDown) as caught:
            async with open_link(wishes(f"mqtt://127.0.0.1:{free_port()}"), Heard()):
                pass
        assert caught.value.why == "unreachable"

    run(scene())
    with pytest.raises(ValueError, match="no feed may lead to"):
        wishes("mqtt://169.254.169.254:1883")


@pytest.mark.parametrize(
    ("url", "options", "named"),
    [
        ("http://127.0.0.1", {}, "url"),
        ("mqtt://u:p@127.0.0.1", {}, "user"),
        ("mqtt://127.0.0.1/path", {}, "path"),
        ("mqtt://127.0.0.1:99999", {}, "port"),
        ("mqtt://127.0.0.1", {"version": "4"}, "version"),
        ("mqtt://127.0.0.1", {"session_s": 60}, "client_id"),
        ("mqtt://127.0.0.1", {"ca_file": "x.pem"}, "ca_file"),
        ("mqtt://127.0.0.1", {"secret": "not a name"}, "secret"),
        ("mqtt://127.0.0.1", {"queue": 0}, "queue"),
    ],
)  # fmt: skip
def test_an_option_at_fault_is_named(url: str, options: dict[str, str | float | bool], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        wishes(url, **options)


def test_it_ends_at_once_wherever_it_is_cancelled(broker: Mosquitto) -> None:
    """No task, no thread and no socket is left: the gate looks."""

    async def scene(delay: float, url: str) -> None:
        async def live() -> None:
            async with open_link(wishes(url), Heard()) as link:
                await link.subscribe(("#",))
                await link.receive()

        task = asyncio.create_task(live())
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.wait((task,), timeout=3)
        assert task.cancelled()

    for delay in (0.0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.05):
        run(scene(delay, broker.url))
        run(scene(delay, broker.web_url))
