"""Groups of commands: shown with what is blocked, confirmed once, and answered member by member (CMD-08)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from console.core.command.confirm import Scene
from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandRequest
from console.core.command.groups import Group, Member, check_group, verdicts
from console.core.command.reasons import CommandReason
from console.core.command.tokens import LASTS_S, Claim, Redeemed
from console.core.command.validation import ULID, Intent
from console.core.errors import CommandRefused
from console.core.site import CommandClass
from console.hub.broker import CommandBroker
from console.hub.clock import Clock
from console.hub.confirmations import NO_SEAL, Seal
from console.hub.jobs import Point
from console.hub.judge import Judge
from console.hub.person import Person
from console.wire.messages import ActResult

MOST_SHOWN = 200
"""Groups that may wait for their confirmation at the same time."""


class ShownGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who asks is shown, and the token that confirms it."""

    text: ConfirmText
    token: str
    expires: int
    members: tuple[ActResult, ...]


class _Shown(msgspec.Struct):
    group: Group
    digest: str
    person: Person
    ends: float
    results: asyncio.Future[tuple[ActResult, ...]] | None = None


class GroupDesk:
    """Groups between their showing and their end."""

    def __init__(self, judge: Judge, broker: CommandBroker, clock: Clock) -> None:
        self._judge = judge
        self._broker = broker
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    async def show(
        self, group_id: str, requests: Sequence[CommandRequest], person: Person
    ) -> ShownGroup | str:
        """The group as it would go out now, and nothing is sent; or one code of a refusal of the whole."""
        self._forget()
        try:
            self._check_new(group_id, requests)
        except CommandRefused as refused:
            return refused.reason_code
        group, free = self._judged(group_id, requests, person)
        blocked = [(member.request.asset, member.reason) for member in group.members if member.reason]
        text = self._judge.writer.group(group_id, free, blocked)
        token, expires = self._broker.confirmations.issue_group(group_id, text.digest, person)
        self._shown[group_id] = _Shown(group, text.digest, person, self._clock.now() + LASTS_S)
        members = tuple(ActResult(m.command_id, m.reason, m.detail) for m in group.members)
        return ShownGroup(text=text, token=token, expires=expires, members=members)

    async def execute(
        self, group_id: str, token: str, without_blocked: bool, person: Person, seal: Seal | None = None
    ) -> tuple[ActResult, ...]:
        """Sends what the person has confirmed; one result for each member, or one for the group if it is refused."""
        self._forget()
        shown = self._shown.get(group_id)
        if shown is None:
            return (ActResult(group_id, CommandReason.NOT_SELECTED),)
        confirmations = self._broker.confirmations
        seal = seal or NO_SEAL
        redeemed = confirmations.redeem_group(token, Claim(group_id, shown.digest, person.session), seal)
        if redeemed is Redeemed.REPEATED and shown.results is not None:
            return await asyncio.shield(shown.results)
        if person.session != shown.person.session:
            return (ActResult(group_id, CommandReason.LOCKED_BY_OTHER_CLIENT),)
        if redeemed is not Redeemed.GOOD:
            del self._shown[group_id]
            confirmations.withdraw(group_id)
            return (ActResult(group_id, CommandReason.CONFIRM_TOKEN_INVALID),)
        shown.results = asyncio.get_running_loop().create_future()
        results = await self._send(shown, without_blocked, person, seal)
        shown.results.set_result(results)
        return results

    async def _send(
        self, shown: _Shown, without_blocked: bool, person: Person, seal: Seal
    ) -> tuple[ActResult, ...]:
        requests = [member.request for member in shown.group.members]
        now, _ = self._judged(shown.group.group_id, requests, person)
        members = verdicts(shown.group, now, without_blocked)
        if any(not member.reason for member in members):
            try:
                self._broker.clearance.count_person(person)
            except CommandRefused as refused:
                members = tuple(
                    m if m.reason else msgspec.structs.replace(m, reason=refused.reason_code) for m in members
                )
        self._broker.note_group(shown.group.group_id, members, person, seal.fields())
        return tuple(await asyncio.gather(*(self._one(member, person) for member in members)))

    async def _one(self, member: Member, person: Person) -> ActResult:
        if member.reason:
            return ActResult(member.command_id, member.reason, member.detail)
        reason = await self._broker.submit(member.request, person, grouped=True)
        fact = self._broker.fact(member.command_id)
        return ActResult(member.command_id, reason, fact.detail if reason and fact is not None else "")

    def _judged(
        self, group_id: str, requests: Sequence[CommandRequest], person: Person
    ) -> tuple[Group, list[tuple[Intent, Scene]]]:
        """Each member as it stands now, and what the free ones would do."""
        members: list[Member] = []
        free: list[tuple[Intent, Scene]] = []
        taken: set[Point] = set()
        for request in requests:
            try:
                intent = self._free(request, person, taken)
            except CommandRefused as refused:
                members.append(Member(request, refused.reason_code, refused.fields.get("detail", "")))
                continue
            scene = self._judge.scene(intent)
            free.append((intent, scene))
            members.append(Member(request, cautions=tuple(tag.id for tag in scene.cautions)))
        return Group(group_id, tuple(members)), free

    def _check_new(self, group_id: str, requests: Sequence[CommandRequest]) -> None:
        """Raises CommandRefused unless the group can be shown."""
        if not ULID.fullmatch(group_id) or group_id in self._shown:
            raise CommandRefused(CommandReason.FORMAT)
        check_group(requests)
        if len(self._shown) >= MOST_SHOWN:
            raise CommandRefused(CommandReason.HUB_OVERLOADED)

    def _free(self, request: CommandRequest, person: Person, taken: set[Point]) -> Intent:
        """What a member would do, its target added to those that are taken; raises CommandRefused."""
        intent, route = self._broker.preview(request, person)
        if intent.definition.command_class is CommandClass.C3 and not intent.definition.emergency:
            # What needs a second person is never one of many.
            raise CommandRefused(CommandReason.NOT_AUTHORIZED)
        if route.point in taken:
            raise CommandRefused(CommandReason.TARGET_BUSY)
        taken.add(route.point)
        return intent

    def _forget(self) -> None:
        now = self._clock.now()
        for group_id, shown in tuple(self._shown.items()):
            done = shown.results is None or shown.results.done()
            if now >= shown.ends and done:
                del self._shown[group_id]
