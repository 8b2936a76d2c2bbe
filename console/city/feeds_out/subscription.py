"""A Signal K subscription: which contexts and paths a reader wants, and how often at most."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass, field

from console.city.feeds_out.server import Tree, branch, rows

MAX_PATHS = 64
OWN_PACE_S = 2.0
"""Values come this often at the most, so a shorter period asks for nothing more."""


@dataclass(slots=True)
class Subscription:
    """One pattern of context and path; `every_s` is the shortest time between two values of a path."""

    context: str
    path: str
    every_s: float = 0.0
    _last: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])

    @property
    def everything(self) -> bool:
        """No choice and no limit."""
        return self.context == "*" and self.path == "*" and self.every_s <= OWN_PACE_S

    def matches(self, context: str, path: str) -> bool:
        """Whether the pattern fits; the path "" (static data) comes with any subscription of its context."""
        if self.context not in ("*", context) and not fnmatch.fnmatchcase(context, self.context):
            return False
        return not path or self.path == "*" or fnmatch.fnmatchcase(path, self.path)

    def takes(self, context: str, path: str, now: float) -> bool:
        """As `matches`, and long enough after the last one; remembers that it was sent."""
        if not self.matches(context, path):
            return False
        if self.every_s <= OWN_PACE_S or not path:
            return True
        key = (context, path)
        if now - self._last.get(key, -math.inf) < self.every_s:
            return False
        self._last[key] = now
        return True

    def covers(self, other: Subscription) -> bool:
        """Whether ending this one ends the other."""
        return self.context in ("*", other.context) and self.path in ("*", other.path)


ALL = Subscription("*", "*")


def read_subscriptions(tree: Tree, key: str, self_context: str) -> list[Subscription]:
    """Patterns of a subscribe or unsubscribe message; what cannot be read is left out."""
    context, listed = tree.get("context"), rows(tree.get(key))
    if not isinstance(context, str) or listed is None:
        return []
    if context.endswith(".self"):
        context = self_context
    found: list[Subscription] = []
    for row in listed[:MAX_PATHS]:
        node = branch(row)
        path = None if node is None else node.get("path")
        if node is not None and isinstance(path, str):
            limit = node.get("minPeriod" if node.get("policy") == "instant" else "period")
            every_s = float(limit) / 1000.0 if isinstance(limit, int | float) and limit > 0 else 0.0
            found.append(Subscription(context, path, every_s))
    return found
