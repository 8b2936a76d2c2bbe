"""Connection to a columnar source; it takes no commands."""

from __future__ import annotations

from collections.abc import Callable

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.columns.codec import read_columns, read_points
from console.feeds.options import Options
from console.feeds.socket import SocketOptions, open_socket, socket_options


class ColumnsFeed:
    """One columnar source."""

    def __init__(self, options: SocketOptions) -> None:
        self._options = options

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        async with open_socket(self._options, sink) as socket:
            while True:
                frame = await socket.receive()
                try:
                    if isinstance(frame, str):
                        sink.declare(read_points(frame, self._options.frame_limit))
                        sink.state(FeedState.LIVE)
                    else:
                        sink.columns(read_columns(frame))
                except DecodeError as error:
                    sink.malformed(error.where, error.reason, frame[:200])

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """A columnar source takes no commands: always FeedDown."""
        raise FeedDown("no_commands", command.path)


def make(feed: FeedDef) -> ColumnsFeed:
    """Adapter `columns`; raises ValueError naming the option at fault."""
    return ColumnsFeed(socket_options(feed, Options(feed)))
