"""What a dialect of JSON over a WebSocket is to the adapter: its opening, its frames, its commands; pure."""

from __future__ import annotations

from typing import Protocol

from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.json_guard import load
from console.feeds.json_ws.codec import Decoded, Shape, read_frame
from console.feeds.templates import knows_tests, write_command


class Dialect(Protocol):
    """One way to speak; every call is pure but for what the dialect remembers of its own frames."""

    @property
    def subprotocols(self) -> tuple[str, ...]:
        """Offered when connecting."""
        ...

    def opening(self, token: str) -> list[str]:
        """Frames to send first; called once per connection. `token` is empty if it goes out in a header or nowhere."""
        ...

    def read(self, frame: bytes | str, limit: int) -> Decoded:
        """Contents of a frame of at most `limit` bytes. Raises DecodeError."""
        ...

    def write(self, command: DeviceCommand) -> str:
        """The frame of a command. Raises FeedDown: no_commands, no_tests."""
        ...


class Shaped:
    """A dialect that the options of the feed describe."""

    subprotocols: tuple[str, ...] = ()

    def __init__(self, shape: Shape, hello: str) -> None:
        self._shape = shape
        self._hello = hello

    def opening(self, token: str) -> list[str]:
        """As Dialect."""
        return [self._hello] if self._hello else []

    def read(self, frame: bytes | str, limit: int) -> Decoded:
        """As Dialect."""
        return read_frame(load(frame, limit), self._shape)

    def write(self, command: DeviceCommand) -> str:
        """As Dialect."""
        template = self._shape.command_frame
        if not template:
            raise FeedDown("no_commands", command.path)
        if command.test and not knows_tests(template):
            # Written without the mark, a test would be an order.
            raise FeedDown("no_tests", command.path)
        return write_command(template, command)
