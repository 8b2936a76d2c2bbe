"""Acts on alarms: acknowledge, reset, shelve, out of service, maintenance."""

from __future__ import annotations

from console.core.alarm.acts import OutageOrder, ShelfOrder
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import (
    AckAlarms,
    EndMaintenance,
    EndOutOfService,
    ResetAlarms,
    SetOutOfService,
    ShelveAlarm,
    StartMaintenance,
    UnshelveAlarm,
)


class AlarmClerk:
    """Carries out acts on alarms for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._alarms = visit.hub.alarms

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            AckAlarms: self._ack,
            ResetAlarms: self._reset,
            ShelveAlarm: self._shelve,
            UnshelveAlarm: self._unshelve,
            SetOutOfService: self._outage,
            EndOutOfService: self._end_outage,
            StartMaintenance: self._maintenance,
            EndMaintenance: self._end_maintenance,
        }

    async def _ack(self, message: AckAlarms) -> None:
        done = await self._alarms.ack(message.items, self._visit.person(), message.comment)
        await self._visit.reply(message.request, done)

    async def _reset(self, message: ResetAlarms) -> None:
        done = await self._alarms.reset(message.items, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _shelve(self, message: ShelveAlarm) -> None:
        order = ShelfOrder(duration_s=message.duration_s, reason=message.reason, oneshot=message.oneshot)
        done = await self._alarms.shelve(message.alarm, order, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _unshelve(self, message: UnshelveAlarm) -> None:
        done = await self._alarms.unshelve(message.alarm, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _outage(self, message: SetOutOfService) -> None:
        order = OutageOrder(message.duration_s, message.reason)
        done = await self._alarms.set_out_of_service(message.alarm, order, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _end_outage(self, message: EndOutOfService) -> None:
        done = await self._alarms.end_out_of_service(message.alarm, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _maintenance(self, message: StartMaintenance) -> None:
        order = OutageOrder(message.duration_s, message.reason)
        done = await self._alarms.start_maintenance(message.area, order, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _end_maintenance(self, message: EndMaintenance) -> None:
        done = await self._alarms.end_maintenance(message.area, self._visit.person())
        await self._visit.reply(message.request, done)
