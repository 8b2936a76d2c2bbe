"""Authority over areas, for one seat."""

from __future__ import annotations

from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import AnswerTakeover, ForceArea, ReleaseArea, TakeArea


class AreaClerk:
    """Takes and gives areas for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._areas = visit.hub.areas

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            TakeArea: self._take,
            ReleaseArea: self._release,
            AnswerTakeover: self._answer,
            ForceArea: self._force,
        }

    async def _take(self, message: TakeArea) -> None:
        done = await self._areas.take(message.area, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _release(self, message: ReleaseArea) -> None:
        done = await self._areas.release(message.area, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _answer(self, message: AnswerTakeover) -> None:
        done = await self._areas.answer(message.area, message.grant, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _force(self, message: ForceArea) -> None:
        done = await self._areas.force(message.area, message.reason, self._visit.person())
        await self._visit.reply(message.request, [done])
