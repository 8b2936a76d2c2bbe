"""Sends notices when they are due: each in a thread of its own, with what was told kept in the journal (ALM-29)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from console.core.alarm.facts import AlarmFact
from console.core.alarm.notify import Notice, Notifier, ToldFact
from console.core.catalogue import Catalogue
from console.core.handover.facts import Duty
from console.core.journal import Record, RecordKind
from console.core.notification import Receiver
from console.core.words import parse_words
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.notify import mail, webhook
from console.hub.notify.delivery import NotDelivered
from console.hub.notify.keys import Keys
from console.hub.notify.letters import LetterWriter
from console.hub.recorder import Recorder
from resources import read_words_sources

log = logging.getLogger("alarm")

TOLD = "notify/"
LATE_S = 60.0
"""A delivery that takes longer has failed, whatever becomes of it."""
_LOOK_S = 1.0
_MOST_NAMED = 20

_decode = msgspec.msgpack.Decoder(ToldFact).decode
_encode = msgspec.msgpack.Encoder().encode


class NotifyDesk:
    """Notification of one hub; does nothing for a site without receivers."""

    def __init__(
        self, catalogue: Catalogue, recorder: Recorder, clock: Clock, keys: Keys | None = None
    ) -> None:
        self._receivers = {receiver.id: receiver for receiver in catalogue.site.receivers}
        self._notifier = Notifier(catalogue.site.receivers, catalogue.alarms)
        words = parse_words({"notify.toml": read_words_sources()["notify.toml"]})
        self._writer = LetterWriter(catalogue, words)
        self._keys = keys or Keys()
        self._recorder = recorder
        self._clock = clock
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._unreachable: set[str] = set()

    def tell_duty(self, duty: Callable[[str], Duty | None]) -> None:
        """Notices name who answers for the area."""
        self._writer.duty = duty

    async def restore(self, backbone: Backbone, facts: Sequence[AlarmFact]) -> None:
        """Take up what was told before a restart, and the alarms that stand."""
        _, states = await backbone.state(Part.SYSTEM)
        told = [_decode(body) for key, body in states.items() if key.startswith(TOLD)]
        self._notifier.restore(told, facts, self._clock.now(), self._clock.at())

    def changed(self, facts: Iterable[AlarmFact]) -> None:
        """Alarms as they are now."""
        if not self._receivers:
            return
        now, at = self._clock.now(), self._clock.at()
        for fact in facts:
            self._notifier.changed(fact, now, at)
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        if not self._receivers:
            return
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                for notice in self._notifier.expire(self._clock.now()):
                    group.create_task(self._deliver(notice), name=f"notice {notice.id}")
                due = self._notifier.next_deadline()
                wait = _LOOK_S if due is None else min(max(due - self._clock.now(), 0.0), _LOOK_S)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._wake.wait()

    async def _deliver(self, notice: Notice) -> None:
        receiver = self._receivers[notice.receiver]
        why = "busy"
        if receiver.id not in self._busy:
            done = self._in_thread(receiver, notice)
            await asyncio.wait({done}, timeout=LATE_S)
            why = done.result() if done.done() else "late"
        if why:
            self._failed(notice, why)
        else:
            self._delivered(notice)
        self._wake.set()

    def _in_thread(self, receiver: Receiver, notice: Notice) -> asyncio.Future[str]:
        """Why the receiver did not take it, empty when it has. A thread that hangs does not hold up the hub's end."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()
        self._busy.add(receiver.id)

        def ended(why: str) -> None:
            self._busy.discard(receiver.id)
            if not done.done():
                done.set_result(why)

        def work() -> None:
            why = self._send(receiver, notice)
            # The hub may have ended meanwhile, and its loop with it.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(ended, why)

        threading.Thread(target=work, name=f"notice to {receiver.id}", daemon=True).start()
        return done

    def _send(self, receiver: Receiver, notice: Notice) -> str:
        try:
            letter = self._writer.letter(notice, receiver.lang)
            if receiver.webhook is not None:
                webhook.post(receiver.webhook, self._keys.find(receiver.webhook.secret), letter)
            elif receiver.mail is not None:
                mail.send(receiver.mail, self._keys.find(receiver.mail.secret), letter)
        except NotDelivered as error:
            return error.why
        return ""

    def _delivered(self, notice: Notice) -> None:
        told = self._notifier.delivered(notice, self._clock.now(), self._clock.at())
        if notice.receiver in self._unreachable:
            self._unreachable.discard(notice.receiver)
            log.info("receiver %s takes notices again", notice.receiver)
        self._record(notice, told, "NOTIFIED", "")

    def _failed(self, notice: Notice, why: str) -> None:
        told = self._notifier.failed(notice, self._clock.now())
        if notice.receiver not in self._unreachable:
            self._unreachable.add(notice.receiver)
            log.error("receiver %s does not take notices, trying again: %s", notice.receiver, why)
        self._record(notice, told, "NOTIFY_FAILED", why)

    def _record(self, notice: Notice, told: ToldFact, what: str, why: str) -> None:
        fields = {
            "id": notice.id,
            "attempt": str(notice.attempt),
            "firing": " ".join(line.key for line in notice.firing[:_MOST_NAMED]),
            "ended": " ".join(line.key for line in notice.ended[:_MOST_NAMED]),
        }
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.SYSTEM,
            who="system:notify",
            subject=f"notify.{notice.receiver}",
            what=what,
            result=why,
            fields=fields,
        )
        self._recorder.put([(f"{TOLD}{notice.receiver}/{notice.area}", Entry(record, _encode(told)))])
