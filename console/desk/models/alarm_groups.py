"""Which alarms stand below which cause: pure, without Qt.

An alarm follows the root of its chain of causes while that root stands in the same list. Critical alarms follow
nothing: they always stand by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from console.core.alarm.facts import AlarmFact

_LONGEST = 16
"""Causes in a chain that are followed; a circle must not hold up the screen."""


class CauseGroups:
    """Roots of followers, kept while facts change; `stands` tells whether an alarm is in the list."""

    def __init__(self, facts: Mapping[int, AlarmFact], stands: Callable[[AlarmFact], bool]) -> None:
        self._facts = facts
        self._stands = stands
        self._root_of: dict[int, int] = {}
        self._followers: dict[int, set[int]] = {}
        self.expanded: set[int] = set()
        """Roots whose followers are shown below them."""

    def clear(self) -> None:
        """Forgets who follows whom; what was expanded stays so."""
        self._root_of.clear()
        self._followers.clear()

    def place(self, fact: AlarmFact) -> int:
        """Takes an alarm up as it is now; its root, -1 for one that stands by itself."""
        alarm = fact.alarm
        old = self._root_of.pop(alarm, -1)
        if old >= 0:
            self._followers[old].discard(alarm)
        root = self._root(fact)
        if root >= 0:
            self._root_of[alarm] = root
            self._followers.setdefault(root, set()).add(alarm)
        return root

    def root_of(self, alarm: int) -> int:
        """The root that an alarm stands below, -1 for none."""
        return self._root_of.get(alarm, -1)

    def followers(self, alarm: int) -> set[int]:
        """Alarms that stand below this one. Look, do not write."""
        return self._followers.get(alarm, set())

    def touched(self, alarms: Iterable[int]) -> list[int]:
        """These alarms and all that stand below them."""
        found = dict.fromkeys(alarms)
        for alarm in [*found]:
            found.update(dict.fromkeys(self.followers(alarm)))
        return [*found]

    def fold(self, alarm: int, show: bool | None) -> bool:
        """Shows or hides (None: turns) the group that an alarm stands in; False when nothing changes."""
        root = alarm if self.followers(alarm) else self.root_of(alarm)
        if root < 0 or show is (root in self.expanded):
            return False
        self.expanded ^= {root}
        return True

    def _root(self, fact: AlarmFact) -> int:
        if fact.priority == 1 or not self._stands(fact):
            return -1
        root, cause = -1, fact.cause
        for _ in range(_LONGEST):
            if cause == fact.alarm:
                # A circle has no first: each of it stands by itself.
                return -1
            found = self._facts.get(cause) if cause >= 0 else None
            if found is None or not self._stands(found):
                break
            root, cause = cause, found.cause
        return root
