"""What is asked of a person before a command goes out: the text, the token for it, and the seat's signature."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Seal:
    """A seat's signature (hex), the nonce of its connection, and the key it is checked by, None for none (SEC-17)."""

    signature: str = ""
    nonce: str = ""
    key: SeatKey | None = None

    def fits(self, data: bytes) -> bool:
        """Whether it is what the seat has to give: a seat with a key signs."""
        return self.key is None or self.key.signed(self.signature, data)

    def fields(self) -> dict[str, str]:
        """For the record of a signed act: signature, nonce and the key's fingerprint."""
        if self.key is None:
            return {}
        return {"signature": self.signature, "nonce": self.nonce, "key": self.key.fingerprint}


NO_SEAL = Seal()


def _nobody(session: str, message: Message) -> None:
    log.warning("nobody takes %s to session %s", type(message).__name__, session)


class Confirmations:
    """Tokens are known here alone; they are in no fact, no record and no log."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._tokens = Tokens(random)
        self.tell: Tell = _nobody

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
        if not seal.fits(signing.execute_bytes(claim.subject, claim.digest, token, seal.nonce)):
            return Redeemed.UNSIGNED
        return self._tokens.redeem(token, claim, self._clock.now())

    def withdraw(self, command_id: str) -> None:
        """The command is over or past confirmation: its token is void."""
        self._tokens.withdraw(command_id)

    def issue_group(self, group_id: str, digest: str, person: Person) -> tuple[str, int]:
        """A token for a group, and its end, UTC ns."""
        token = self._tokens.issue(Claim(group_id, digest, person.session), self._clock.now())
        return token, self._clock.at() + int(LASTS_S * 1e9)

    def redeem_group(self, token: str, claim: Claim, seal: Seal) -> Redeemed:
        """What a token and a signature are worth for this group."""
        if not seal.fits(signing.execute_bytes(claim.subject, claim.digest, token, seal.nonce)):
            return Redeemed.UNSIGNED
        return self._tokens.redeem(token, claim, self._clock.now())

    def check_decision(self, job: Job, approve: bool, seal: Seal) -> None:
        """Raises CommandRefused unless a decision is signed as the seat has to."""
        if not seal.fits(signing.decide_bytes(job.command_id, _digest(job), approve, seal.nonce)):
            raise CommandRefused(CommandReason.NOT_AUTHORIZED)

    def _claim(self, job: Job, person: Person) -> Claim:
        return Claim(job.command_id, _digest(job), person.session)


def _digest(job: Job) -> str:
    confirm = job.machine.fact.confirm
    return "" if confirm is None else confirm.digest
