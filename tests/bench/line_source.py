"""Sources of lines for benches, as a process of their own: a broker that only publishes, and a receiver of AIS.

`python tests/bench/line_source.py mqtt|ais THINGS [VALUES]` prints one ready line, then obeys its standard input:
`rate N` sets messages a second (0 stands still) and is answered by how many have been taken so far.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

from open_feeds import sentences

from console.feeds.mqtt_wire import Message, publish

PERIOD_S = 0.05
"""What is due in this time is written at once, as devices that are many arrive together."""
MOST_AT_ONCE = 1_000
_WELCOME = b"\x20\x03\0\0\0"
Ready = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Source:
    """Frames by turns to whoever is connected; who reads slowly is waited for, and nothing is lost."""

    def __init__(self, frame: Callable[[int], bytes], greet: Ready) -> None:
        self.rate = 0.0
        self.sent = 0
        self._frame = frame
        self._greet = greet

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One hub until it goes."""
        try:
            await self._greet(reader, writer)
            await self._push(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _push(self, writer: asyncio.StreamWriter) -> None:
        debt = 0.0
        last = time.monotonic()
        while True:
            now = time.monotonic()
            # A source that was held up does not send everything at once afterwards.
            debt = min(debt + self.rate * (now - last), self.rate * 0.2)
            last = now
            while count := min(int(debt), MOST_AT_ONCE):
                writer.write(b"".join(self._frame(self.sent + i) for i in range(count)))
                await writer.drain()
                self.sent += count
                debt -= count
            await asyncio.sleep(PERIOD_S)


async def as_broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Welcome, and grant each subscription until that of the bench (MQTT 5 clauses 3.2 and 3.9)."""
    writer.write(_WELCOME)
    while True:
        head = await reader.readexactly(2)
        body = await reader.readexactly(head[1])
        if head[0] >> 4 == 8:
            writer.write(b"\x90\x04" + body[:2] + b"\0\0")
            if b"city/" in body:
                return


async def as_receiver(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A receiver says nothing of itself."""


def messages(things: int, values: int) -> list[bytes]:
    """JSON of each thing in its own topic; times are those of the hub, so that frames need no making."""
    made: list[bytes] = []
    for i in range(things):
        tree = {f"v{k}": 50 + (i + k) % 30 + 0.25 for k in range(values)}
        made.append(publish(Message(f"city/unit-{i}", json.dumps(tree).encode()), 0, 5))
    return made


async def _main(kind: str, things: int, values: int) -> None:
    if kind == "mqtt":
        frames = messages(things, values)
        source = Source(lambda n: frames[n % len(frames)], as_broker)
    else:
        lines = [line + b"\r\n" for line in sentences(20)]
        source = Source(lambda n: lines[n % len(lines)], as_receiver)
    made = await asyncio.start_server(source.serve, "127.0.0.1", 0)
    scheme = "mqtt" if kind == "mqtt" else "tcp"
    print(json.dumps({"ready": f"{scheme}://127.0.0.1:{made.sockets[0].getsockname()[1]}"}), flush=True)
    loop = asyncio.get_running_loop()
    while words := (await loop.run_in_executor(None, sys.stdin.readline)).split():
        source.rate = float(words[1])
        print(json.dumps({"sent": source.sent}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))
