"""The adapter for JSON sources in its named dialects, on real WebSockets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable

import pytest
from feed_stage import Heard, feed_def, run, server
from websockets.asyncio.server import ServerConnection
from websockets.typing import Subprotocol

from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.json_ws.adapter import make
from console.feeds.secrets import variable

Given = dict[str, str | float | bool]
Play = Callable[[ServerConnection], Awaitable[None]]
EVENT = {"specversion": "1.0", "id": "1", "source": "p1", "type": "t", "data": {"level": 2.5}}


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("board"), "t0ken:x")


@pytest.mark.parametrize(
    ("auth", "header"),
    [("bearer", "Bearer t0ken:x"), ("basic", f"Basic {base64.b64encode(b't0ken:x').decode()}")],
)
def test_cloud_events_come_under_their_subprotocol_with_the_token_in_the_header(
    auth: str, header: str
) -> None:
    async def scene() -> None:
        met: list[tuple[str | None, str | None]] = []

        async def play(connection: ServerConnection) -> None:
            request = connection.request
            assert request is not None
            met.append((connection.subprotocol, request.headers.get("Authorization")))
            await connection.send(json.dumps(EVENT))
            await connection.wait_closed()

        sink = Heard()
        async with server(play, subprotocols=[Subprotocol("cloudevents.json")]) as url:
            options: Given = {"preset": "cloudevents", "secret": "board", "auth": auth}
            task = asyncio.create_task(make(feed_def("json_ws", url, options)).run(sink))
            await sink.until(lambda: bool(sink.rows))
            task.cancel()
            await asyncio.wait((task,))
        assert (sink.rows[0].source, sink.rows[0].path, sink.rows[0].value) == ("p1", "level", 2.5)
        assert met == [("cloudevents.json", header)]

    run(scene())


def test_thingsboard_gets_its_token_in_the_first_frame_and_may_refuse_it() -> None:
    async def scene() -> None:
        async def play(connection: ServerConnection) -> None:
            asked = json.loads(await connection.recv())
            assert asked["authCmd"]["token"] == "t0ken:x"
            await connection.send('{"subscriptionId": 1, "errorCode": 3, "errorMsg": "Unauthorized"}')
            await connection.wait_closed()

        async with server(play) as url:
            options: Given = {"preset": "thingsboard", "secret": "board", "devices": "a-b = p1"}
            with pytest.raises(FeedDown) as caught:
                await make(feed_def("json_ws", url, options)).run(Heard())
        assert (caught.value.why, caught.value.refused) == ("credentials", True)

    run(scene())


def test_a_command_through_ditto_is_answered() -> None:
    async def scene() -> None:
        async def play(connection: ServerConnection) -> None:
            assert await connection.recv() == "START-SEND-EVENTS"
            await connection.send("START-SEND-EVENTS:ACK")
            topic = "org.x/p1/things/twin"
            await connection.send(
                json.dumps({"topic": f"{topic}/events/modified", "path": "/features/w/level", "value": 2.5})
            )
            frame = json.loads(await connection.recv())
            assert (frame["topic"], frame["path"]) == (f"{topic}/commands/modify", "/features/w/state")
            told = {
                "topic": frame["topic"],
                "headers": frame["headers"],
                "path": frame["path"],
                "status": 204,
            }
            await connection.send(json.dumps(told))
            await connection.wait_closed()

        sink, answers = Heard(), list[DeviceAnswer]()
        async with server(play) as url:
            feed = make(feed_def("json_ws", url, {"preset": "ditto"}))
            task = asyncio.create_task(feed.run(sink))
            await sink.until(lambda: bool(sink.rows))
            await feed.send(DeviceCommand("01J", "org.x:p1", "features.w.state", "on"), answers.append)
            async with asyncio.timeout(5):
                while not answers:
                    await asyncio.sleep(0.005)
            task.cancel()
            await asyncio.wait((task,))
        assert answers == [DeviceAnswer("accepted_final", detail="204")]
        assert sink.faults == []

    run(scene())


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"preset": "kafka"}, "option preset must be one of cloudevents, thingsboard, ditto"),
        ({"preset": "ditto", "source_path": "id"}, "option source_path is not known"),
        ({"preset": "ditto", "channel": "third"}, "option channel"),
        ({"preset": "cloudevents", "name_by": "id"}, "option name_by"),
        ({"preset": "thingsboard", "secret": "board"}, "option devices"),
        ({"preset": "thingsboard", "devices": "a"}, "option secret"),
        ({"preset": "cloudevents", "secret": "../x"}, "option secret"),
        ({"preset": "cloudevents", "auth": "digest"}, "option auth"),
        ({"source_path": "id", "devices": "a"}, "option devices is not known"),
    ],
)
def test_a_wrong_option_of_a_preset_is_named(options: Given, fault: str) -> None:
    with pytest.raises(ValueError, match=f"feed: {fault}"):
        make(feed_def("json_ws", "ws://127.0.0.1:1", options))
