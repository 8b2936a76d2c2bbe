"""How often targets may be commanded, and how often one person may command (CMD-11)."""

from __future__ import annotations

from collections import deque
from typing import Final

from console.core.command.reasons import CommandReason
from console.core.control import Policy
from console.core.errors import CommandRefused

MINUTE_S: Final = 60.0


class Rates:
    """Counts what was let through; refused attempts cost nothing."""

    def __init__(self, policy: Policy) -> None:
        self._gap_s = policy.target_gap_s
        self._per_minute = policy.commands_per_min
        self._target: dict[tuple[str, str, str], float] = {}
        self._person: dict[str, deque[float]] = {}

    def check_target(self, point: tuple[str, str, str], now: float) -> None:
        """Raises CommandRefused RATE_LIMITED if the target was commanded less than the gap ago."""
        last = self._target.get(point)
        if last is not None and now - last < self._gap_s:
            raise CommandRefused(CommandReason.RATE_LIMITED)

    def check_person(self, person: str, now: float) -> None:
        """Raises CommandRefused TOO_MANY_OPS if the person has commanded too often within a minute."""
        times = self._person.get(person)
        if times is None:
            return
        while times and now - times[0] >= MINUTE_S:
            times.popleft()
        if len(times) >= self._per_minute:
            raise CommandRefused(CommandReason.TOO_MANY_OPS)

    def count_target(self, point: tuple[str, str, str], now: float) -> None:
        """A command goes to this target now."""
        if len(self._target) > _MANY:
            self._target = {p: at for p, at in self._target.items() if now - at < self._gap_s}
        self._target[point] = now

    def count_person(self, person: str, now: float) -> None:
        """A person's command, or group of commands, was taken on now."""
        self._person.setdefault(person, deque()).append(now)


_MANY: Final = 10_000
