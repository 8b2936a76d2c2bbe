"""What stands in the way of a command as far as this console can see, said before it is pressed; the hub decides."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Slot

from console.core.catalogue import Catalogue
from console.core.command.control_facts import TagFact, TagKind
from console.core.command.facts import CommandFact
from console.core.command.reasons import CommandReason
from console.core.control import Interlock
from console.core.identity.facts import SessionState
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Permission
from console.core.site import Asset, CommandClass, CommandDef
from console.desk.boards.areas import AreaBoard
from console.desk.boards.session import SessionBoard
from console.desk.boards.tags import TagBoard
from console.desk.boards.values import ValueBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.hub_clock import HubClock
from console.desk.words import Speech

if TYPE_CHECKING:
    from console.core.command.expression import Expression

_PERIODS = 2
_NS = 1_000_000_000


class Obstacle(NamedTuple):
    """Why a command would be refused: a code of the closed lists, and what it is about in the present language."""

    reason: str
    detail: str = ""


class Permits(QObject):
    """Judges commands from boards alone: session, area, tags, interlocks, in this order."""

    def __init__(
        self,
        boards: tuple[TagBoard, AreaBoard, SessionBoard, ValueBoard],
        catalogue: CatalogueBoard,
        speech: Speech,
        clock: HubClock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tags, self._areas, self._session, self._values = boards
        self._catalogue = catalogue
        self._speech = speech
        self._clock = clock
        self._parsed: dict[tuple[str, str], Expression | None] = {}
        catalogue.catalogue_changed.connect(self._forget)

    def obstacle(self, asset_id: str, name: str, value: float | None = None) -> Obstacle | None:
        """The first thing in the way; None when nothing is seen to be."""
        catalogue = self._catalogue.catalogue
        command = catalogue.command(asset_id, name) if catalogue is not None else None
        if catalogue is None or command is None:
            return Obstacle(CommandReason.UNKNOWN_COMMAND)
        asset = catalogue.assets[asset_id]
        return (
            self._by_session(asset.area, command)
            or self._by_area(asset.area)
            or self._by_tag(catalogue, asset, command, value)
            or self._by_interlock(catalogue, asset, command)
        )

    def idle(self, asset_id: str, name: str) -> Obstacle | None:
        """What stands in the way, or that the command would change nothing: for a verb that is still to be pressed."""
        found = self.obstacle(asset_id, name)
        catalogue = self._catalogue.catalogue
        if found is not None or catalogue is None:
            return found
        command = catalogue.command(asset_id, name)
        return self._by_state(catalogue, asset_id, command) if command is not None else None

    def may_decide(self, fact: CommandFact) -> bool:
        """Whether this person may approve or deny a command: another than who asked, with the right there (CMD-06)."""
        catalogue = self._catalogue.catalogue
        if catalogue is None or fact.request.asset not in catalogue.assets or fact.by == self._session.user:
            return False
        definition = catalogue.command(fact.request.asset, fact.request.command)
        top = definition.command_class if definition is not None else CommandClass.C3
        return self._session.may(Permission.APPROVE, catalogue.assets[fact.request.asset].area, top)

    def cautions(self, asset: str) -> list[TagFact]:
        """Caution tags of an asset: its commands ask once more."""
        return [tag for tag in self._tags.of_asset(asset) if tag.kind is TagKind.CAUTION]

    def interlock_tags(self, asset_id: str, command: CommandDef) -> frozenset[int]:
        """Tags on which the interlocks of a command look, by index."""
        catalogue = self._catalogue.catalogue
        if catalogue is None:
            return frozenset()
        found = [self._expression(catalogue, asset_id, lock) for lock in command.interlocks]
        return frozenset(
            catalogue.tag_index(tag)
            for expression in found
            if expression is not None
            for tag in expression.tags
        )

    def _by_session(self, area: str, command: CommandDef) -> Obstacle | None:
        fact = self._session.fact
        if fact is None:
            # The hub has not said who sits here; it will say when it refuses.
            return None
        if fact.state is SessionState.LOCKED:
            return Obstacle(IdentityRefusal.SESSION_LOCKED)
        if fact.state is not SessionState.ACTIVE:
            return Obstacle(IdentityRefusal.NOT_SIGNED_IN)
        if not self._session.may(Permission.COMMAND, area, command.command_class):
            return Obstacle(CommandReason.NOT_AUTHORIZED)
        return None

    def _by_area(self, area: str) -> Obstacle | None:
        lease, user = self._areas.of_area(area), self._session.user
        if not lease.holder or not user or lease.holder == user:
            return None
        return Obstacle(CommandReason.AUTHORITY_HELD_BY_OTHER, lease.holder_name or lease.holder)

    def _by_tag(
        self, catalogue: Catalogue, asset: Asset, command: CommandDef, value: float | None
    ) -> Obstacle | None:
        raises = self._raises(catalogue, asset, command, value)
        kinds = {TagKind.INHIBIT_ALL}
        # Of a command whose value is not typed yet nobody knows which way it goes.
        open_question = raises is None and bool(command.params) and value is None
        if not open_question:
            kinds |= {TagKind.INHIBIT_ON} if raises is not False else set()
            kinds |= {TagKind.INHIBIT_OFF} if raises is not True else set()
        tags = self._tags.of_asset(asset.id)
        if open_question and {TagKind.INHIBIT_ON, TagKind.INHIBIT_OFF} <= {tag.kind for tag in tags}:
            kinds |= {TagKind.INHIBIT_ON}
        tag = next((tag for tag in tags if tag.kind in kinds), None)
        if tag is None:
            return None
        kind = self._speech.say(f"commands.tag_kind.{tag.kind.value}")
        about = self._speech.say("commands.tag_by", kind=kind, who=tag.owner_name or tag.owner)
        return Obstacle(CommandReason.BLOCKED_BY_TAG, about)

    def _raises(
        self, catalogue: Catalogue, asset: Asset, command: CommandDef, value: float | None
    ) -> bool | None:
        if command.opens is not None:
            return command.opens
        wanted = command.value if command.value is not None else value
        if wanted is None or not command.feedback_tag:
            return None
        index = catalogue.tag_index(f"{asset.id}.{command.feedback_tag}")
        present = self._values.value(index)
        if not self._values.quality(index).usable or not math.isfinite(present) or present == wanted:
            return None
        return wanted > present

    def _by_interlock(self, catalogue: Catalogue, asset: Asset, command: CommandDef) -> Obstacle | None:
        for lock in command.interlocks:
            expression = self._expression(catalogue, asset.id, lock)
            holds = expression.evaluate(partial(self._read, catalogue)) if expression is not None else None
            if holds is None:
                return Obstacle(CommandReason.STALE_FEEDBACK, self._speech.of(lock.label))
            if not holds:
                return Obstacle(CommandReason.BLOCKED_BY_INTERLOCK, self._speech.of(lock.label))
        return None

    def _by_state(self, catalogue: Catalogue, asset: str, command: CommandDef) -> Obstacle | None:
        if command.value is None or not command.feedback_tag:
            return None
        present = self._read(catalogue, f"{asset}.{command.feedback_tag}")
        same = present is not None and math.isclose(present, command.value, rel_tol=1e-9, abs_tol=1e-12)
        return Obstacle(CommandReason.ALREADY_IN_STATE) if same else None

    def _read(self, catalogue: Catalogue, key: str) -> float | None:
        index = catalogue.tag_index(key)
        if not self._values.quality(index).usable:
            return None
        # A time in the future by as much is as unknown as one in the past.
        old_ns = abs(self._clock.now_ns() - self._values.at(index))
        if old_ns > catalogue.tags[index].tag.period_s * _PERIODS * _NS:
            return None
        return self._values.value(index)

    def _expression(self, catalogue: Catalogue, asset: str, lock: Interlock) -> Expression | None:
        # Its parser is large, and most sites are shown before the first interlock is looked at.
        from console.core.command.expression import ExpressionFault, parse

        key = (asset, lock.when)
        if key not in self._parsed:
            try:
                self._parsed[key] = parse(lock.when, _resolver(catalogue, asset))
            except ExpressionFault:
                # The hub blocks on what it cannot read, and so do we (CMD-07: fail closed).
                self._parsed[key] = None
        return self._parsed[key]

    @Slot()
    def _forget(self) -> None:
        self._parsed.clear()


def _resolver(catalogue: Catalogue, own: str) -> Callable[[str, str], str]:
    from console.core.command.expression import ExpressionReason

    def resolve(asset: str, tag: str) -> str:
        key = f"{asset or own}.{tag}"
        try:
            catalogue.tag_index(key)
        except KeyError:
            raise LookupError(ExpressionReason.UNKNOWN_TAG) from None
        return key

    return resolve
