"""Commands and groups of one seat."""

from __future__ import annotations

from console.core.errors import IdentityRefused
from console.core.identity.principal import Principal
from console.hub.broker import Decision
from console.hub.clerks.handlers import Handlers
from console.hub.person import Person
from console.hub.visit import Visit
from console.wire.messages import (
    ActReply,
    ActResult,
    CancelCommand,
    DecideCommand,
    ExecuteCommand,
    ExecuteGroup,
    GroupConfirm,
    ResolveCommand,
    SendCommand,
    SendGroup,
)


class CommandClerk:
    """Hands commands of one seat to the broker. What the broker tells of them all consoles hear."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._broker = visit.hub.broker
        self._groups = visit.hub.groups

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            SendCommand: self._send,
            ExecuteCommand: self._execute,
            CancelCommand: self._cancel,
            DecideCommand: self._decide,
            ResolveCommand: self._resolve,
            SendGroup: self._send_group,
            ExecuteGroup: self._execute_group,
        }

    async def _send(self, message: SendCommand) -> None:
        command_id = message.command.command_id
        reason = await self._broker.submit(message.command, self._visit.person())
        await self._reply(message.request, command_id, reason)

    async def _execute(self, message: ExecuteCommand) -> None:
        seal = self._visit.seal(message.signature)
        reason = await self._broker.execute(message.command_id, message.token, self._visit.person(), seal)
        await self._reply(message.request, message.command_id, reason)

    async def _cancel(self, message: CancelCommand) -> None:
        reason = await self._broker.cancel(message.command_id, self._visit.person())
        await self._reply(message.request, message.command_id, reason)

    async def _decide(self, message: DecideCommand) -> None:
        decision = Decision(
            command_id=message.command_id,
            digest=message.digest,
            approve=message.approve,
            reason=message.reason,
            seal=self._visit.seal(message.signature),
        )
        try:
            person = await self._decider(message)
        except IdentityRefused as refused:
            reason = refused.reason_code
        else:
            reason = await self._broker.decide(decision, person)
        await self._reply(message.request, message.command_id, reason)

    async def _resolve(self, message: ResolveCommand) -> None:
        person = self._visit.person()
        reason = await self._broker.resolve(message.command_id, message.outcome, message.evidence, person)
        await self._reply(message.request, message.command_id, reason)

    async def _send_group(self, message: SendGroup) -> None:
        shown = await self._groups.show(message.group_id, message.commands, self._visit.person())
        if isinstance(shown, str):
            await self._reply(message.request, message.group_id, shown)
            return
        confirm = GroupConfirm(
            request=message.request,
            group_id=message.group_id,
            text=shown.text,
            token=shown.token,
            expires=shown.expires,
            members=shown.members,
        )
        await self._visit.say(confirm)

    async def _execute_group(self, message: ExecuteGroup) -> None:
        results = await self._groups.execute(
            message.group_id,
            message.token,
            message.without_blocked,
            self._visit.person(),
            self._visit.seal(message.signature),
        )
        await self._visit.say(ActReply(request=message.request, results=results))

    async def _decider(self, message: DecideCommand) -> Person:
        """Who decides: whoever sits here, or another who proves it for this one decision. Raises IdentityRefused."""
        if not message.user:
            return self._visit.person()
        people = self._visit.hub.people
        return _person(await people.prove(message.user, message.password, self._visit.station))

    async def _reply(self, request: str, subject: str, reason: str) -> None:
        """One result; what its reason is about comes with it where the command has ended by it."""
        fact = self._broker.fact(subject) if reason else None
        detail = fact.detail if fact is not None and fact.reason == reason else ""
        await self._visit.say(ActReply(request=request, results=(ActResult(subject, reason, detail),)))


def _person(principal: Principal) -> Person:
    return Person(
        who=principal.user,
        station=principal.station,
        session=principal.session,
        identity=principal.person,
        name=principal.name,
    )
