"""What is asked of a person before a command goes out: the text, the token for it, and the seat's signature."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Protocol

import msgspec

from console.core.command import signing
from console.core.command.reasons import CommandReason
from console.core.command.tokens import LASTS_S, Claim, Redeemed, Tokens
from console.core.errors import CommandRefused
from console.hub.clock import Clock
from console.hub.jobs import Job
from console.hub.person import Person
from console.wire.messages import CommandConfirm, Message

log = logging.getLogger("command")

Tell = Callable[[str, Message], object]
"""Tells the seats of one session something; nobody else hears it."""


class SeatKey(Protocol):
    """The public key of a seat; see `core.command.seatkey`."""

    fingerprint: str

    def signed(self, signature: str, data: bytes) -> bool:
        """Whether `signature` (hex) over `data` is by this key."""
        ...


FindKey = Callable[[Person], SeatKey | None]
"""The key of the person's seat, None if it has none."""


class Seal(msgspec.Struct, frozen=True):
    """A seat's signature (hex) and the nonce of its connection; empty where seats have no keys (SEC-17)."""

    signature: str = ""
    nonce: str = ""


def _nobody(session: str, message: Message) -> None:
    log.warning("nobody takes %s to session %s", type(message).__name__, session)


def _no_key(person: Person) -> SeatKey | None:
    del person
    return None


class Confirmations:
    """Tokens are known here alone; they are in no fact, no record and no log."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._tokens = Tokens(random)
        self.tell: Tell = _nobody
        self.seat_key: FindKey = _no_key

    def ask(self, job: Job) -> None:
        """Sends the text and a fresh token to the session that asked for the command."""
        machine, now = job.machine, self._clock.now()
        fact, due = machine.fact, machine.next_deadline()
        if fact.confirm is None or due is None:
            return
        token = self._tokens.issue(self._claim(job, job.person), now, due - now)
        message = CommandConfirm(
            command_id=job.command_id, text=fact.confirm, token=token, expires=fact.deadline
        )
        self.tell(job.person.session, message)

    def redeem(self, job: Job, token: str, person: Person, seal: Seal) -> Redeemed:
        """What a token and a signature are worth for this command."""
        claim = self._claim(job, person)
        key = self.seat_key(person)
        data = signing.execute_bytes(claim.subject, claim.digest, token, seal.nonce)
        if key is not None and not key.signed(seal.signature, data):
            return Redeemed.UNSIGNED
        return self._tokens.redeem(token, claim, self._clock.now())

    def withdraw(self, command_id: str) -> None:
        """The command is over or past confirmation: its token is void."""
        self._tokens.withdraw(command_id)

    def issue_group(self, group_id: str, digest: str, person: Person) -> tuple[str, int]:
        """A token for a group, and its end, UTC ns."""
        token = self._tokens.issue(Claim(group_id, digest, person.session), self._clock.now())
        return token, self._clock.at() + int(LASTS_S * 1e9)

    def redeem_group(self, token: str, group_id: str, digest: str, person: Person) -> Redeemed:
        """What a token is worth for this group."""
        return self._tokens.redeem(token, Claim(group_id, digest, person.session), self._clock.now())

    def check_decision(self, job: Job, approve: bool, person: Person, seal: Seal) -> None:
        """Raises CommandRefused unless a decision is signed as the seat's key demands."""
        key = self.seat_key(person)
        data = signing.decide_bytes(job.command_id, _digest(job), approve, seal.nonce)
        if key is not None and not key.signed(seal.signature, data):
            raise CommandRefused(CommandReason.NOT_AUTHORIZED)

    def sealed(self, person: Person, seal: Seal) -> dict[str, str]:
        """Fields for the record of a signed act: signature, nonce and the key's fingerprint."""
        key = self.seat_key(person)
        if key is None:
            return {}
        return {"signature": seal.signature, "nonce": seal.nonce, "key": key.fingerprint}

    def _claim(self, job: Job, person: Person) -> Claim:
        return Claim(job.command_id, _digest(job), person.session)


def _digest(job: Job) -> str:
    confirm = job.machine.fact.confirm
    return "" if confirm is None else confirm.digest
