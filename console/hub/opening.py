"""What a seat is sent when somebody who may see sits down: the catalogue and all that stands, or what was missed."""

from __future__ import annotations

from collections.abc import Iterator

from console.hub.hub import Hub
from console.hub.seat import Seat
from console.hub.snapshot import Standing, site_messages, standing_messages
from console.wire.messages import Hello, Message, SnapshotDone, Welcome


def welcome(hub: Hub, user: str, sequence: int, *, full: bool) -> Welcome:
    """The hub's answer to Hello, and the beginning of a whole snapshot."""
    return Welcome(
        resume=hub.ring.token,
        sequence=sequence,
        full=full,
        at=hub.clock.at(),
        user=user,
        hub=hub.name,
        catalogue=hub.digest,
    )


def knows(hub: Hub, hello: Hello) -> bool:
    """Whether what the console has missed can be sent instead of everything."""
    return hello.resume == hub.ring.token and hub.ring.after(hello.sequence) is not None


def catalogue(hub: Hub, user: str) -> Iterator[Message]:
    """The site alone, for who manages accounts and sees nothing of the city: areas are needed to grant them."""
    sequence = hub.ring.sequence
    yield welcome(hub, user, sequence, full=True)
    yield from site_messages(hub.site)
    yield SnapshotDone(sequence=sequence)


class Opening:
    """Sends it through the seat; made when a console has said Hello, or somebody has signed in at it."""

    def __init__(self, hub: Hub, seat: Seat) -> None:
        self._hub = hub
        self._seat = seat

    async def after(self, sequence: int) -> None:
        """What happened after a sequence that the console has. Raises SeatCut."""
        standing = self._hub.standing()
        await self._seat.snapshot((), sequence)
        await self._seat.catch_up()
        await self._done(standing)

    async def whole(self) -> None:
        """Everything, after a Welcome that has been sent."""
        await self._everything(())

    async def whole_anew(self, user: str) -> None:
        """Everything, with a Welcome before it: somebody has signed in at an open connection."""
        await self._everything((welcome(self._hub, user, self._hub.ring.sequence, full=True),))

    async def _everything(self, first: tuple[Message, ...]) -> None:
        standing = self._hub.standing()
        messages = (*first, *site_messages(self._hub.site), *standing_messages(standing))
        await self._seat.snapshot(messages, standing.sequence)
        await self._done(standing)

    async def _done(self, standing: Standing) -> None:
        if self._seat.viewing:
            await self._seat.send(SnapshotDone(sequence=standing.sequence))
