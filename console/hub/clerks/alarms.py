"""Acts on alarms: acknowledge, reset, shelve, out of service, maintenance."""

from __future__ import annotations

import asyncio

import numpy as np

from console.core.alarm.acts import OutageOrder, ShelfOrder
from console.core.alarm.facts import MuteFact
from console.core.batch import Batch, empty_batch
from console.core.journal import Record, RecordKind
from console.core.plaintext import first_forbidden
from console.hub.backbone.base import Entry
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import (
    AckAlarms,
    EndMaintenance,
    EndOutOfService,
    RedefineAlarm,
    ReportSound,
    ResetAlarms,
    SetOutOfService,
    ShelveAlarm,
    ShelveAlarms,
    StartMaintenance,
    UnshelveAlarm,
)


class AlarmClerk:
    """Carries out acts on alarms for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._alarms = visit.hub.alarms
        self._seat = f"{id(visit):x}"
        self._mute = False
        self._leaving: asyncio.Task[None] | None = None

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            AckAlarms: self._ack,
            ResetAlarms: self._reset,
            ShelveAlarm: self._shelve,
            ShelveAlarms: self._shelve_all,
            UnshelveAlarm: self._unshelve,
            SetOutOfService: self._outage,
            EndOutOfService: self._end_outage,
            StartMaintenance: self._maintenance,
            EndMaintenance: self._end_maintenance,
            RedefineAlarm: self._redefine,
            ReportSound: self._sound,
        }

    async def _ack(self, message: AckAlarms) -> None:
        done = await self._alarms.ack(message.items, self._visit.person(), message.comment)
        await self._visit.reply(message.request, done)

    async def _reset(self, message: ResetAlarms) -> None:
        done = await self._alarms.reset(message.items, self._visit.person())
        await self._visit.reply(message.request, done)

    async def _shelve(self, message: ShelveAlarm) -> None:
        order = ShelfOrder(duration_s=message.duration_s, reason=message.reason, oneshot=message.oneshot)
        shelve = self._alarms.edit_shelf if message.extend else self._alarms.shelve
        await self._visit.reply(message.request, await shelve(message.alarm, order, self._visit.person()))

    async def _shelve_all(self, message: ShelveAlarms) -> None:
        order = ShelfOrder(duration_s=message.duration_s, reason=message.reason)
        done = await self._alarms.shelve_all(message.items, order, self._visit.person())
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

    async def _redefine(self, message: RedefineAlarm) -> None:
        done = await self._alarms.redefine(
            message.alarm, message.changes, message.reason, self._visit.person(), self._present(message.alarm)
        )
        await self._visit.reply(message.request, done)

    def _present(self, alarm: int) -> Batch:
        """The last row of the tag that drives an alarm."""
        hub = self._visit.hub
        if not 0 <= alarm < len(hub.catalogue.alarms):
            return empty_batch()
        return hub.pipeline.latest.present(np.array([hub.catalogue.alarms[alarm].tag_index], np.uint32))

    async def _sound(self, message: ReportSound) -> None:
        """Every console learns that this one cannot be heard, until it can or is gone (HMI-20)."""
        hub, person = self._visit.hub, self._visit.person()
        if message.audible is not self._mute:
            return
        why = message.why[:_WHY_MAX]
        why = "" if first_forbidden(why) else why
        self._mute = not message.audible
        at = hub.clock.at()
        fact = MuteFact(station=person.station, user=person.who, since=at, why=why)
        self._alarms.sound(self._seat, fact if self._mute else None)
        record = Record(
            sequence=0,
            at=at,
            kind=RecordKind.SYSTEM,
            who=person.who,
            station=person.station,
            subject="sound",
            what="SOUND_LOST" if self._mute else "SOUND_BACK",
            fields={"why": why} if why else {},
        )
        hub.system.put([("sound", Entry(record))])
        if self._mute and self._leaving is None:
            self._leaving = self._visit.group.create_task(self._until_gone(), name="sound of a seat")

    async def _until_gone(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self._alarms.sound(self._seat, None)


_WHY_MAX = 80
