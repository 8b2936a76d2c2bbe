"""Acts on commands, groups, tags, areas and procedures; `Acts.act_answered` tells what became of each.

A command's first request and the resolution of an unknown outcome are `Acts.send` and `Acts.resolve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from console.client.act_facts import ActKind
from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.desk.acts import Acts
from console.desk.boards.commands import CommandBoard
from console.desk.boards.session import SessionBoard
from console.desk.confirmations import ConfirmAsked, GroupAsked

if TYPE_CHECKING:
    from console.wire.messages import CommandConfirm, GroupConfirm

__all__ = ["ConfirmAsked", "ControlActs", "GroupAsked", "GroupMember"]

_BEFORE_EXECUTE = frozenset(
    {CommandState.RECEIVED, CommandState.AWAIT_APPROVAL, CommandState.SELECTING, CommandState.SELECTED}
)


class GroupMember(NamedTuple):
    """One command of a group to be asked for."""

    asset: str
    command: str
    value: float | None = None


class ControlActs(QObject):
    """One method a message; each returns the request id."""

    confirm_arrived = Signal(object)
    """ConfirmAsked: the hub's text for a command of this seat, and the token that carries it out."""
    group_arrived = Signal(object)
    """GroupAsked."""

    def __init__(
        self, acts: Acts, commands: CommandBoard, session: SessionBoard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._session = session
        self._user = ""
        session.session_changed.connect(self._see_who)
        self._confirms: dict[str, ConfirmAsked] = {}
        commands.commands_changed.connect(self._forget_used)

    @property
    def acts(self) -> Acts:
        """Where answers are heard."""
        return self._acts

    def confirm_of(self, command_id: str) -> ConfirmAsked | None:
        """What waits for this seat's confirmation of a command."""
        return self._confirms.get(command_id)

    def confirms(self) -> list[ConfirmAsked]:
        """Every command that waits for this seat, oldest first."""
        return [*self._confirms.values()]

    def execute(self, asked: ConfirmAsked) -> str:
        """Carry out a selected command, with the token that came for this seat alone (CMD-05)."""
        from console.wire.messages import ExecuteCommand

        request = self._acts.new_request()
        message = ExecuteCommand(request=request, command_id=asked.command_id, token=asked.token)
        return self._acts.dispatch(ActKind.EXECUTE, message, asked.command_id)

    def cancel(self, command_id: str) -> str:
        """Withdraw a command, or ask the device to stop."""
        from console.wire.messages import CancelCommand

        message = CancelCommand(request=self._acts.new_request(), command_id=command_id)
        return self._acts.dispatch(ActKind.CANCEL, message, command_id)

    def decide(self, command_id: str, digest: str, approve: bool, reason: str = "") -> str:
        """Approve or deny a command of another person, on the text with this digest (CMD-06)."""
        return self.decide_as(("", ""), command_id, digest, approve, reason)

    def decide_as(
        self, account: tuple[str, str], command_id: str, digest: str, approve: bool, reason: str = ""
    ) -> str:
        """The same with another account (user, password) for this one decision at the requester's station."""
        from console.wire.messages import DecideCommand

        user, password = account
        message = DecideCommand(
            request=self._acts.new_request(),
            command_id=command_id,
            digest=digest,
            approve=approve,
            reason=reason,
            user=user,
            password=password,
        )
        return self._acts.dispatch(ActKind.DECIDE, message, command_id)

    def send_group(self, members: Sequence[GroupMember]) -> tuple[str, dict[str, GroupMember]]:
        """Ask for several commands at once; the request id, and the members by their command ids."""
        from console.wire.messages import SendGroup

        request = self._acts.new_request()
        named = {self._acts.new_request(): member for member in members}
        commands = tuple(
            CommandRequest(command_id=key, asset=member.asset, command=member.command, value=member.value)
            for key, member in named.items()
        )
        message = SendGroup(request=request, group_id=self._acts.new_request(), commands=commands)
        return self._acts.dispatch(ActKind.GROUP, message), named

    def execute_group(self, asked: GroupAsked, *, without_blocked: bool = False) -> str:
        """Send a group; with blocked members only if `without_blocked` is said (CMD-08)."""
        from console.wire.messages import ExecuteGroup

        message = ExecuteGroup(
            request=self._acts.new_request(),
            group_id=asked.group_id,
            token=asked.token,
            without_blocked=without_blocked,
        )
        return self._acts.dispatch(ActKind.EXECUTE_GROUP, message, asked.group_id)

    def place_tag(self, asset: str, kind: TagKind, text: str, until_ns: int = 0) -> str:
        """Hang a tag."""
        from console.wire.messages import PlaceTag

        message = PlaceTag(
            request=self._acts.new_request(), asset=asset, kind=kind, text=text, until=until_ns
        )
        return self._acts.dispatch(ActKind.PLACE_TAG, message, asset)

    def remove_tag(self, tag: str, reason: str = "") -> str:
        """Take a tag down."""
        from console.wire.messages import RemoveTag

        message = RemoveTag(request=self._acts.new_request(), tag=tag, reason=reason)
        return self._acts.dispatch(ActKind.REMOVE_TAG, message, tag)

    def take_area(self, area: str) -> str:
        """Hold an area, or ask its holder for it (CMD-09)."""
        from console.wire.messages import TakeArea

        message = TakeArea(request=self._acts.new_request(), area=area)
        return self._acts.dispatch(ActKind.TAKE_AREA, message, area)

    def release_area(self, area: str) -> str:
        """Hold an area no longer, or withdraw the wish to."""
        from console.wire.messages import ReleaseArea

        message = ReleaseArea(request=self._acts.new_request(), area=area)
        return self._acts.dispatch(ActKind.RELEASE_AREA, message, area)

    def answer_takeover(self, area: str, *, grant: bool) -> str:
        """Grant or refuse a take-over of an area this person holds."""
        from console.wire.messages import AnswerTakeover

        message = AnswerTakeover(request=self._acts.new_request(), area=area, grant=grant)
        return self._acts.dispatch(ActKind.ANSWER_TAKEOVER, message, area)

    def force_area(self, area: str, reason: str) -> str:
        """Take an area at once, with a reason (SEC-11)."""
        from console.wire.messages import ForceArea

        message = ForceArea(request=self._acts.new_request(), area=area, reason=reason)
        return self._acts.dispatch(ActKind.FORCE_AREA, message, area)

    def start_procedure(self, procedure: str, *, dry: bool = False) -> str:
        """Run a procedure; `dry` sends nothing."""
        from console.wire.messages import StartProcedure

        message = StartProcedure(request=self._acts.new_request(), procedure=procedure, dry=dry)
        return self._acts.dispatch(ActKind.START_PROCEDURE, message, procedure)

    def act_on_run(self, run: str, act: str, text: str = "", asked: ConfirmAsked | None = None) -> str:
        """pause, resume, confirm, note, retry, skip, abort, or execute with what was asked for the active step."""
        from console.wire.messages import ActOnRun

        message = ActOnRun(
            request=self._acts.new_request(),
            run=run,
            act=act,
            text=text,
            token="" if asked is None else asked.token,
        )
        return self._acts.dispatch(ActKind.ACT_ON_RUN, message, run)

    def receive_confirm(self, message: CommandConfirm) -> None:
        """The hub selected a command of this seat."""
        asked = ConfirmAsked(message.command_id, message.text, message.token, message.expires)
        self._confirms[message.command_id] = asked
        self.confirm_arrived.emit(asked)

    def receive_group(self, message: GroupConfirm) -> None:
        """The hub's answer to a group."""
        self._acts.answered_otherwise(message.request)
        self.group_arrived.emit(
            GroupAsked(
                message.request,
                message.group_id,
                message.text,
                message.token,
                message.expires,
                message.members,
            )
        )

    def link_lost(self) -> None:
        """Tokens end with the connection: what was selected is withdrawn by the hub."""
        self._confirms.clear()

    @Slot()
    def _see_who(self) -> None:
        """What waited for one person is nothing to the next one at this seat."""
        if self._session.user != self._user:
            self._user = self._session.user
            self._confirms.clear()

    @Slot(object)
    def _forget_used(self, facts: tuple[CommandFact, ...]) -> None:
        for fact in facts:
            if fact.state not in _BEFORE_EXECUTE:
                self._confirms.pop(fact.request.command_id, None)
