"""Interlocks of commands, evaluated on fresh data alone: what is stale or cannot be computed blocks (CMD-07)."""

from __future__ import annotations

from typing import NamedTuple

from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.core.command.conditions import compiled
from console.core.command.expression import Expression, ExpressionFault
from console.core.command.reasons import CommandReason
from console.core.quality import Quality
from console.core.site import CommandDef
from console.core.values import LatestValues
from console.core.words import Text
from console.hub.clock import Clock

PERIODS = 2.0
"""A value older than this many periods of its tag is not fresh."""


class FreshValues:
    """Values that may decide something now."""

    def __init__(self, catalogue: Catalogue, latest: LatestValues, clock: Clock) -> None:
        self._catalogue = catalogue
        self._latest = latest
        self._clock = clock

    def read(self, key: str) -> float | None:
        """The value of `asset.tag`; None if it is unknown, not usable, or as old as two periods.

        A time in the future by as much says as little of now.
        """
        try:
            index = self._catalogue.tag_index(key)
        except KeyError:
            return None
        if not Quality(int(self._latest.quality[index])).usable:
            return None
        age_ns = abs(self._clock.at() - int(self._latest.at[index]))
        limit_ns = int(self._catalogue.tags[index].tag.period_s * PERIODS * NS)
        return float(self._latest.value[index]) if age_ns < limit_ns else None


class Block(NamedTuple):
    """Why a command may not be sent: BLOCKED_BY_INTERLOCK or STALE_FEEDBACK, and what the interlock protects."""

    reason: CommandReason
    label: Text


class Interlocks:
    """All interlocks of a site; expressions are made once for each command of each asset."""

    def __init__(self, catalogue: Catalogue, latest: LatestValues, clock: Clock) -> None:
        self._catalogue = catalogue
        self._values = FreshValues(catalogue, latest, clock)
        self._made: dict[tuple[str, str], list[tuple[Expression | None, Text]]] = {}

    def blocking(self, asset: str, command: CommandDef) -> Block | None:
        """The first interlock that does not hold; one that is false is told before one that is unknown."""
        unknown: Block | None = None
        for expression, label in self._of(asset, command):
            truth = None if expression is None else expression.evaluate(self._values.read)
            if truth is False:
                return Block(CommandReason.BLOCKED_BY_INTERLOCK, label)
            if truth is None and unknown is None:
                unknown = Block(CommandReason.STALE_FEEDBACK, label)
        return unknown

    def _of(self, asset: str, command: CommandDef) -> list[tuple[Expression | None, Text]]:
        key = (asset, command.name)
        if key not in self._made:
            self._made[key] = [
                (self._expression(lock.when, asset), lock.label) for lock in command.interlocks
            ]
        return self._made[key]

    def _expression(self, when: str, asset: str) -> Expression | None:
        """None for one that is at fault: a profile that was checked has none, and it blocks for ever."""
        try:
            return compiled(self._catalogue, when, asset)
        except ExpressionFault:
            return None
