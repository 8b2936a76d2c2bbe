"""Whether a request may become a command, and which feed carries it; every refusal has one code (CMD-14)."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact, CommandRequest
from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent, intent_of, validate
from console.core.errors import CommandRefused
from console.core.site import NO_TEXT, CommandClass, CommandDef
from console.core.values import LatestValues
from console.feeds.base import DeviceAnswer, DeviceCommand


class Sender(Protocol):
    """A feed that can carry commands."""

    def command(self, command_id: str, asset: str, command: str, value: float) -> DeviceCommand | None:
        """The command in the source's words, None if the feed has no route; raises ValueError."""
        ...

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write it; raises FeedDown when nothing was written."""
        ...


class Senders(Protocol):
    """All feeds by id, and whether each is delivering."""

    def senders(self) -> Sequence[tuple[str, Sender]]:
        """Feeds in the order of the profile."""
        ...

    def is_up(self, feed: str) -> bool:
        """Whether the feed is connected."""
        ...


@dataclass(frozen=True, slots=True)
class Route:
    """How a command reaches its device."""

    feed: str
    sender: Sender
    device: DeviceCommand

    @property
    def point(self) -> tuple[str, str, str]:
        """The point of the device it writes to."""
        return self.feed, self.device.source, self.device.path


class Judge:
    """Judges on the present values of the site and the present state of its feeds."""

    def __init__(self, catalogue: Catalogue, latest: LatestValues, senders: Senders) -> None:
        self._catalogue = catalogue
        self._latest = latest
        self._senders = senders

    def intent(self, request: CommandRequest, at: int) -> Intent:
        """The request with its definition and value; raises CommandRefused."""
        return intent_of(self._catalogue, request, at)

    def route(self, intent: Intent, under_way: Set[tuple[str, str, str]], at: int) -> Route:
        """The way to the device if the command may be sent now; raises CommandRefused."""
        if intent.definition.command_class is CommandClass.C3:
            # Needs a second person (CMD-06): one person alone never sends it.
            raise CommandRefused(CommandReason.NOT_AUTHORIZED)
        validate(intent, self._latest, at)
        route = self._found(intent)
        if route.point in under_way:
            raise CommandRefused(CommandReason.TARGET_BUSY)
        if not self._senders.is_up(route.feed):
            raise CommandRefused(CommandReason.TARGET_OFFLINE)
        return route

    def known_intent(self, fact: CommandFact) -> Intent:
        """The intent of a command from before a restart, also when the profile no longer has it."""
        try:
            return intent_of(self._catalogue, fact.request, fact.request.not_after)
        except CommandRefused:
            definition = CommandDef(name=fact.request.command, label=NO_TEXT, value=fact.value)
            return Intent(request=fact.request, definition=definition, value=fact.value)

    def _found(self, intent: Intent) -> Route:
        request = intent.request
        for feed, sender in self._senders.senders():
            try:
                device = sender.command(request.command_id, request.asset, request.command, intent.value)
            except ValueError as error:
                raise CommandRefused(CommandReason.OUT_OF_RANGE) from error
            if device is not None:
                return Route(feed, sender, device)
        raise CommandRefused(CommandReason.UNSUPPORTED)
