"""A line controller of no standard: local time without a zone, nested values, words of its own; read by options."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from feed_stage import Heard, feed_def, run, server
from websockets.asyncio.server import ServerConnection

from console.feeds.base import DeviceAnswer, DeviceCommand
from console.feeds.json_ws.adapter import make

MACHINE = "PLC/line-1"
OPTIONS: dict[str, str | float | bool] = {
    "source_path": "machine",
    "time_path": "ts",
    "values_path": "data",
    "zone": "Asia/Seoul",
    "command_frame": '{"cmd":"set","id":{id},"machine":{source},"path":{path},"value":{value},"test":{test}}',
    "answer_id_path": "ack",
    "answer_path": "result",
    "answer_detail_path": "why",
    "answer_test_path": "test",
}


class Controller:
    """One line: it takes HOLD or RUN, is busy while it stops, and says everything in its own way."""

    def __init__(self) -> None:
        self.state = "RUN"
        self.stopping = False
        self.finish = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def play(self, connection: ServerConnection) -> None:
        """Report, then obey."""
        await connection.send(self._report("2026-11-22 14:03:20,123"))
        async for message in connection:
            await self._obey(connection, json.loads(message))

    def _report(self, at: str) -> str:
        data = {"state": self.state, "cond": {"vib_mm_s": 1.9}, "cnt": {"ok": 12, "ng": 0}}
        return json.dumps({"ts": at, "machine": MACHINE, "data": data})

    async def _obey(self, connection: ServerConnection, order: dict[str, Any]) -> None:
        def answer(result: str, **more: Any) -> str:
            return json.dumps({"ack": order["id"], "result": result} | more)

        if order["machine"] != MACHINE or order["value"] not in ("HOLD", "RUN"):
            await connection.send(answer("rejected", why="expected HOLD or RUN"))
        elif order["test"]:
            await connection.send(answer("done", test=True))
        elif self.stopping:
            await connection.send(answer("busy", why="an earlier order is still running"))
        else:
            self.stopping = True
            await connection.send(answer("accepted"))
            done = asyncio.create_task(self._done(connection, order["value"], answer("done")))
            self._tasks.add(done)

    async def _done(self, connection: ServerConnection, state: str, told: str) -> None:
        await self.finish.wait()
        self.state, self.stopping = state, False
        await connection.send(told)
        await connection.send(self._report("2026-11-22 14:03:25,000"))


@asynccontextmanager
async def line() -> AsyncGenerator[tuple[Controller, Heard, Any]]:
    """A controller and the adapter that has heard its first report."""
    made, sink = Controller(), Heard()
    async with server(made.play) as url:
        feed = make(feed_def("json_ws", url, OPTIONS, MACHINE))
        task = asyncio.create_task(feed.run(sink))
        try:
            await sink.until(lambda: len(sink.rows) >= 4)
            yield made, sink, feed
        finally:
            task.cancel()
            await asyncio.wait((task,))


async def until(condition: Callable[[], bool]) -> None:
    """Look every few milliseconds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def order(value: str, *, test: bool = False, number: int = 1) -> DeviceCommand:
    """An order to the line."""
    return DeviceCommand(f"c{number}", MACHINE, "state_cmd", value, test)


def test_local_times_and_nested_values_are_read_by_options_alone() -> None:
    async def scene() -> None:
        async with line() as (_made, sink, _feed):
            values = {row.path: row.value for row in sink.rows}
            assert values == {"state": "RUN", "cond.vib_mm_s": 1.9, "cnt.ok": 12, "cnt.ng": 0}
            assert {row.source for row in sink.rows} == {MACHINE}
            # 14:03:20.123 in Seoul is 05:03:20.123 in UTC.
            assert {row.at for row in sink.rows} == {1_795_323_800_123_000_000}
            assert sink.faults == []

    run(scene())


def test_an_order_is_accepted_then_done_and_a_second_one_meanwhile_is_busy() -> None:
    async def scene() -> None:
        async with line() as (made, sink, feed):
            first: list[DeviceAnswer] = []
            second: list[DeviceAnswer] = []
            await feed.send(order("HOLD"), first.append)
            await until(lambda: bool(first))
            await feed.send(order("RUN", number=2), second.append)
            await until(lambda: bool(second))
            made.finish.set()
            await until(lambda: len(first) == 2)
            assert [answer.kind for answer in first] == ["accepted", "done"]
            assert second == [DeviceAnswer("busy", detail="an earlier order is still running")]
            await sink.until(lambda: any(row.value == "HOLD" for row in sink.rows))

    run(scene())


@pytest.mark.parametrize(
    ("value", "test", "answer"),
    [
        ("EXPLODE", False, DeviceAnswer("rejected", detail="expected HOLD or RUN")),
        ("HOLD", True, DeviceAnswer("done", test=True)),
    ],
)
def test_a_refusal_says_why_and_a_test_moves_nothing(value: str, test: bool, answer: DeviceAnswer) -> None:
    """CMD-15."""

    async def scene() -> None:
        async with line() as (made, _sink, feed):
            heard: list[DeviceAnswer] = []
            await feed.send(order(value, test=test), heard.append)
            await until(lambda: bool(heard))
            assert heard == [answer]
            assert (made.state, made.stopping) == ("RUN", False)

    run(scene())
