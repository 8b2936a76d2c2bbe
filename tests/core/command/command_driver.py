"""Makes each input of the table happen to a real machine, through its public methods alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec
from command_sites import BLIND, KIM, START, at, changed, feel, intent, request, say

from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandState as S
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason as R
from console.core.command.table import CommandInput as I
from console.core.command.tokens import Redeemed
from console.core.errors import CommandRefused
from console.core.site import CommandClass, CommandDef
from console.core.words import Text

LEE = Party("lee", "lee", "session-2", "seat-2")
TEXT = ConfirmText(title=Text("제목", "title"), lines=(), digest="d1")


def definition_for(inputs: Collection[str]) -> CommandDef:
    """A command of the pump that can meet all these inputs."""
    definition = BLIND if I.DEV_DONE_NO_FEEDBACK in inputs else START
    return changed(
        definition,
        command_class=CommandClass.C3,
        idempotent=I.TIMEOUT_RETRY in inputs,
        cancellable=I.DEV_CANCELLED in inputs,
    )


class Driver:
    """One machine, its time, and what persons were refused."""

    def __init__(self, definition: CommandDef) -> None:
        self.definition = definition
        self.now = 0.0
        self.machine = CommandMachine(intent(definition), KIM, 0.0, at(0.0))
        self.refusals: list[str] = []
        self.answers: list[object] = []

    def do(self, event: str) -> None:
        """The input happens now."""
        self.now += 0.001
        try:
            self.answers.append(_DO[I(event)](self))
        except CommandRefused as refused:
            self.refusals.append(refused.reason_code)

    def reach(self, state: S) -> None:
        """The shortest way to a state."""
        for event in _WAYS[state]:
            self.do(event)
        assert self.machine.state is state

    def _approve(self, direct: bool) -> None:
        self.machine.may_decide(LEE, TEXT.digest, False, self.now, at(self.now))
        self.machine.approve(LEE, self.now, at(self.now), direct=direct)

    def _execute(self, session: str, redeemed: Redeemed) -> None:
        self.machine.may_execute(session, redeemed, self.now, at(self.now))
        self.machine.execute(self.now, at(self.now))
        self.machine.sent(self.now)

    def _timeout(self) -> None:
        due = self.machine.next_deadline()
        assert due is not None
        self.now = due
        self.machine.expire(due, at(due))

    def _wrong(self) -> None:
        feel(self.machine, 0.0, self.now)
        self._timeout()

    def _restart(self) -> None:
        self.machine = CommandMachine.restored(
            self.machine.fact, intent(self.definition), self.now, at(self.now)
        )

    def _repeat(self, **changes: object) -> object:
        known = msgspec.structs.replace(request(self.definition.name), **changes)
        return self.machine.repeat(known, self.now, at(self.now))

    def _sent(self) -> None:
        self.machine.accept(self.now, at(self.now))
        self.machine.sent(self.now)


def _plain(name: str, *given: object) -> Callable[[Driver], object]:
    return lambda driver: getattr(driver.machine, name)(*given, driver.now, at(driver.now))


def _said(word: str, **more: object) -> Callable[[Driver], object]:
    return lambda driver: say(driver.machine, word, driver.now, **more)


_DO: dict[I, Callable[[Driver], object]] = {
    I.VALID_DIRECT: Driver._sent,
    I.VALID_SBO: _plain("select"),
    I.VALID_NEEDS_APPROVAL: _plain("ask_approval", TEXT),
    I.INVALID: _plain("reject", R.OUT_OF_RANGE),
    I.TIMEOUT: Driver._timeout,
    I.TIMEOUT_RETRY: Driver._timeout,
    I.CANCEL: _plain("cancel", "kim"),
    I.COMMS_LOST: _plain("comms_lost"),
    I.SESSION_LOST: _plain("session_lost"),
    I.TAG_PLACED: _plain("tag_placed"),
    I.HUB_RESTART: Driver._restart,
    I.DUPLICATE: Driver._repeat,
    I.DIGEST_MISMATCH: lambda driver: driver._repeat(not_after=7),
    I.APPROVED_DIRECT: lambda driver: driver._approve(True),
    I.APPROVED_SBO: lambda driver: driver._approve(False),
    I.SELF_APPROVAL: lambda driver: driver.machine.may_decide(
        KIM, TEXT.digest, False, driver.now, at(driver.now)
    ),
    I.DENIED: _plain("deny", LEE, "물이 빠진 뒤에"),
    I.REVALIDATION_FAILED: _plain("revalidation_failed", R.BLOCKED_BY_INTERLOCK),
    I.SELECT_OK: _plain("selected", TEXT, None),
    I.SELECT_MISMATCH: _plain("select_mismatch", "pump 2"),
    I.SELECT_NOK: _plain("select_refused", "no"),
    I.EXECUTE: lambda driver: driver._execute(KIM.session, Redeemed.GOOD),
    I.EXECUTE_BAD_TOKEN: lambda driver: driver._execute(KIM.session, Redeemed.UNKNOWN),
    I.EXECUTE_OTHER_SESSION: lambda driver: driver._execute(LEE.session, Redeemed.GOOD),
    I.DEVICE_UNSELECTED: _plain("device_unselected"),
    I.DEV_ACCEPTED: _said("accepted"),
    I.DEV_ACCEPTED_FINAL: _said("accepted_final"),
    I.DEV_REJECTED: _said("rejected"),
    I.DEV_BUSY: _said("busy"),
    I.DEV_PROGRESS: _said("progress", progress=0.5),
    I.DEV_DONE: _said("done"),
    I.DEV_DONE_NO_FEEDBACK: _said("done"),
    I.DEV_FAILED: _said("failed"),
    I.DEV_CANCELLED: _said("cancelled"),
    I.FEEDBACK_MATCH: lambda driver: feel(driver.machine, 1.0, driver.now),
    I.FEEDBACK_WRONG: Driver._wrong,
    I.LATE_SUCCESS: _said("done"),
    I.LATE_FAILURE: _said("failed"),
    I.OPERATOR_RESOLVE: _plain("resolve", "DONE", "현장 확인", "lee"),
}
_WAYS: dict[S, tuple[I, ...]] = {
    S.RECEIVED: (),
    S.AWAIT_APPROVAL: (I.VALID_NEEDS_APPROVAL,),
    S.SELECTING: (I.VALID_SBO,),
    S.SELECTED: (I.VALID_SBO, I.SELECT_OK),
    S.SENT: (I.VALID_DIRECT,),
    S.EXECUTING: (I.VALID_DIRECT, I.DEV_ACCEPTED),
    S.VERIFYING: (I.VALID_DIRECT, I.DEV_ACCEPTED, I.DEV_DONE),
    S.INDETERMINATE: (I.VALID_DIRECT, I.TIMEOUT),
}
