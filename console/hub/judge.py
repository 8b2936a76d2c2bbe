"""Whether a request may become a command, which feed carries it, and what it will say; every refusal has one code
(CMD-14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from console.core.catalogue import Catalogue
from console.core.command.confirm import ConfirmWriter, Scene
from console.core.command.control_facts import ConfirmText, TagFact
from console.core.command.facts import CommandFact, CommandRequest
from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent, intent_of, validate
from console.core.errors import CommandRefused
from console.core.quality import Quality
from console.core.site import NO_TEXT, CommandDef
from console.core.values import LatestValues
from console.core.words import Words
from console.feeds.base import CancellingFeed, DeviceAnswer, DeviceCommand, SelectingFeed
from console.hub.permits import Permits, Stage
from console.hub.person import Person


class Sender(Protocol):
    """A feed that can carry commands."""

    def command(
        self, command_id: str, asset: str, command: str, value: float, *, test: bool = False
    ) -> DeviceCommand | None:
        """The command in the source's words, None if the feed has no route; raises ValueError."""
        ...

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write it; raises FeedDown when nothing was written."""
        ...

    def selecting(self) -> SelectingFeed | None:
        """The adapter, if its devices know select before operate."""
        ...

    def cancelling(self) -> CancellingFeed | None:
        """The adapter, if its devices can be told to stop."""
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


@dataclass(frozen=True, slots=True)
class District:
    """The site as commands meet it now."""

    catalogue: Catalogue
    latest: LatestValues
    senders: Senders


class Judge:
    """Judges on the present values of the site, the present state of its feeds, and what the permits say."""

    def __init__(self, district: District, permits: Permits, words: Words) -> None:
        self._catalogue = district.catalogue
        self._latest = district.latest
        self._senders = district.senders
        self.permits = permits
        self.writer = ConfirmWriter(district.catalogue, words)

    def intent(self, request: CommandRequest, at: int) -> Intent:
        """The request with its definition and value; raises CommandRefused."""
        cautioned = bool(self.permits.cautions(request.asset))
        return intent_of(self._catalogue, request, at, cautioned=cautioned)

    def allow(self, intent: Intent, person: Person, stage: Stage) -> Route:
        """The way to the device if the command is permitted now; raises CommandRefused."""
        self.permits.check(intent, person, stage)
        validate(intent, self._latest)
        return self._found(intent)

    def check_up(self, route: Route) -> None:
        """Raises CommandRefused TARGET_OFFLINE if the feed is not connected."""
        if not self._senders.is_up(route.feed):
            raise CommandRefused(CommandReason.TARGET_OFFLINE)

    def scene(self, intent: Intent) -> Scene:
        """What the command meets now."""
        cautions = self.permits.cautions(intent.request.asset)
        tag = intent.feedback
        if tag is None or not Quality(int(self._latest.quality[tag])).usable:
            return Scene(cautions=cautions)
        return Scene(present=float(self._latest.value[tag]), cautions=cautions)

    def text(self, intent: Intent) -> tuple[ConfirmText, tuple[TagFact, ...]]:
        """What is to be confirmed, and the caution tags that it names."""
        scene = self.scene(intent)
        return self.writer.command(intent, scene), scene.cautions

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
                device = sender.command(
                    request.command_id, request.asset, request.command, intent.value, test=request.test
                )
            except ValueError as error:
                raise CommandRefused(CommandReason.OUT_OF_RANGE) from error
            if device is not None:
                return Route(feed, sender, device)
        raise CommandRefused(CommandReason.UNSUPPORTED)
