"""Everything that may forbid a command, asked anew at every stage of it (CMD-04, CMD-07, CMD-08, CMD-09).

The services that know are plugged in by the hub. Order is meaning: who may not command is not told why it would
not work either.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from console.core.catalogue import Catalogue
from console.core.command.control_facts import TagFact
from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent
from console.core.errors import CommandRefused
from console.core.site import CommandClass, CommandDef
from console.core.values import LatestValues
from console.core.words import Text
from console.hub.person import Person


class Stage(StrEnum):
    """When permission is asked for."""

    PREVIEW = "preview"
    """To show a group; nothing is taken."""
    ASK = "ask"
    APPROVE = "approve"
    EXECUTE = "execute"


class Permits(Protocol):
    """What may forbid a command."""

    def check(self, intent: Intent, person: Person, stage: Stage) -> None:
        """Raises CommandRefused with one reason and, where there is one, `detail`."""
        ...

    def check_tags(self, intent: Intent) -> None:
        """Raises CommandRefused BLOCKED_BY_TAG if a tag on the asset forbids it."""
        ...

    def check_approver(self, intent: Intent, person: Person) -> None:
        """Raises CommandRefused NOT_AUTHORIZED unless this person may approve it at this instant (CMD-06)."""
        ...

    def cautions(self, asset: str) -> tuple[TagFact, ...]:
        """Caution tags on the asset."""
        ...


class Hindrance(Protocol):
    """An interlock that is not fulfilled, or not known to be."""

    @property
    def reason(self) -> str:
        """BLOCKED_BY_INTERLOCK or STALE_FEEDBACK."""
        ...

    @property
    def label(self) -> Text:
        """What it protects."""
        ...


class InterlockGate(Protocol):
    """Interlocks on present data (CMD-07)."""

    def blocking(self, asset: str, command: CommandDef) -> Hindrance | None:
        """The first interlock that forbids the command."""
        ...


class TagGate(Protocol):
    """Tags on equipment (CMD-08)."""

    def blocking(self, asset: str, opens: bool | None) -> TagFact | None:
        """A tag that forbids it; `opens` None if the direction is not known."""
        ...

    def cautions(self, asset: str) -> list[TagFact]:
        """Caution tags on the asset."""
        ...


class AreaGate(Protocol):
    """Authority over areas (CMD-09)."""

    def hold(self, area: str, person: Person) -> str:
        """Takes a free area for the person; empty, or the reason why not."""
        ...


Rights = Callable[[Person, Intent, str, bool], bool]
"""Whether a person may now command (or, if True, approve) the intent in the area."""


class SitePermits:
    """The composition of a hub; a gate that is not plugged in forbids nothing."""

    def __init__(self, catalogue: Catalogue, latest: LatestValues) -> None:
        self._catalogue = catalogue
        self._latest = latest
        self.interlocks: InterlockGate | None = None
        self.tags: TagGate | None = None
        self.areas: AreaGate | None = None
        self.rights: Rights | None = None
        self.hindrances: list[Callable[[], str]] = []
        """Of the hub as a whole: each gives a reason, such as CLOCK_SKEW, or nothing."""
        self.ledger: Callable[[], bool] | None = None
        """Whether the records of a dangerous command would be kept (SEC-18); an emergency stop waits for nothing."""

    def check(self, intent: Intent, person: Person, stage: Stage) -> None:
        """Raises CommandRefused with one reason."""
        self._check_rights(intent, person, approving=False)
        for hindrance in self.hindrances:
            if reason := hindrance():
                raise CommandRefused(reason)
        emergency = intent.definition.emergency
        dangerous = intent.definition.command_class >= CommandClass.C2 and not emergency
        if dangerous and self.ledger is not None and not self.ledger():
            raise CommandRefused(CommandReason.LEDGER_FAULT)
        # Who sees the danger stops it, whoever holds the area.
        if self.areas is not None and not emergency and stage is not Stage.PREVIEW:
            reason = self.areas.hold(self._area(intent), person)
            if reason:
                raise CommandRefused(reason)
        self.check_tags(intent)
        if self.interlocks is not None:
            block = self.interlocks.blocking(intent.request.asset, intent.definition)
            if block is not None:
                raise CommandRefused(block.reason, detail=_both(block.label))

    def check_tags(self, intent: Intent) -> None:
        """Raises CommandRefused BLOCKED_BY_TAG."""
        if self.tags is None:
            return
        tag = self.tags.blocking(intent.request.asset, self._opens(intent))
        if tag is not None:
            detail = f"{tag.owner_name or tag.owner}: {tag.text}"
            raise CommandRefused(CommandReason.BLOCKED_BY_TAG, detail=detail)

    def check_approver(self, intent: Intent, person: Person) -> None:
        """Raises CommandRefused NOT_AUTHORIZED."""
        self._check_rights(intent, person, approving=True)

    def cautions(self, asset: str) -> tuple[TagFact, ...]:
        """Caution tags on the asset."""
        return () if self.tags is None else tuple(self.tags.cautions(asset))

    def _check_rights(self, intent: Intent, person: Person, approving: bool) -> None:
        if self.rights is not None and not self.rights(person, intent, self._area(intent), approving):
            raise CommandRefused(CommandReason.NOT_AUTHORIZED)

    def _area(self, intent: Intent) -> str:
        return self._catalogue.assets[intent.request.asset].area

    def _opens(self, intent: Intent) -> bool | None:
        """The direction of a command: as declared, else from present to new value."""
        if intent.definition.opens is not None:
            return intent.definition.opens
        if intent.feedback is None:
            return None
        present = float(self._latest.value[intent.feedback])
        return None if math.isnan(present) else intent.value > present


def _both(label: Text) -> str:
    return label.ko if label.ko == label.en or not label.en else f"{label.ko} / {label.en}"
