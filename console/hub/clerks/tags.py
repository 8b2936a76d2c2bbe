"""Tags on equipment, for one seat."""

from __future__ import annotations

from console.core.command.tags import TagOrder
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import PlaceTag, RemoveTag


class TagClerk:
    """Hangs and takes down tags for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tags = visit.hub.tags

    def handlers(self) -> Handlers:
        """What it takes."""
        return {PlaceTag: self._place, RemoveTag: self._remove}

    async def _place(self, message: PlaceTag) -> None:
        order = TagOrder(asset=message.asset, kind=message.kind, text=message.text, until=message.until)
        done = await self._tags.place(order, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _remove(self, message: RemoveTag) -> None:
        done = await self._tags.remove(message.tag, message.reason, self._visit.person())
        await self._visit.reply(message.request, [done])
