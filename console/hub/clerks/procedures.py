"""Runs of procedures, for one seat."""

from __future__ import annotations

from console.hub.clerks.handlers import Handlers
from console.hub.procedures import RunAct
from console.hub.visit import Visit
from console.wire.messages import ActOnRun, StartProcedure


class ProcedureClerk:
    """Starts procedures and acts on their runs for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._procedures = visit.hub.procedures

    def handlers(self) -> Handlers:
        """What it takes."""
        return {StartProcedure: self._start, ActOnRun: self._act}

    async def _start(self, message: StartProcedure) -> None:
        done = await self._procedures.start(message.procedure, message.dry, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _act(self, message: ActOnRun) -> None:
        seal = self._visit.seal(message.signature)
        act = RunAct(act=message.act, text=message.text, token=message.token, seal=seal)
        done = await self._procedures.act(message.run, act, self._visit.person())
        await self._visit.reply(message.request, [done])
