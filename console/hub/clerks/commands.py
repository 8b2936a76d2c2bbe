"""Commands of one seat."""

from __future__ import annotations

from console.core.alarm.acts import ActOutcome
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import ResolveCommand, SendCommand


class CommandClerk:
    """Hands commands of one seat to the broker."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._broker = visit.hub.broker

    def handlers(self) -> Handlers:
        """What it takes."""
        return {SendCommand: self._send, ResolveCommand: self._resolve}

    async def _send(self, message: SendCommand) -> None:
        reason = await self._broker.submit(message.command, self._visit.person())
        await self._visit.reply(message.request, [ActOutcome(message.command.command_id, reason)])

    async def _resolve(self, message: ResolveCommand) -> None:
        person = self._visit.person()
        reason = await self._broker.resolve(message.command_id, message.outcome, message.evidence, person)
        await self._visit.reply(message.request, [ActOutcome(message.command_id, reason)])
