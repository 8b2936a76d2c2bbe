"""The link to the hub as every view sees it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.client.link_fact import LinkFact, LinkState


class LinkBoard(QObject):
    """One fact."""

    link_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fact = LinkFact()

    @property
    def fact(self) -> LinkFact:
        """The present fact."""
        return self._fact

    @property
    def live(self) -> bool:
        """Whether what is on the screen may look live and acts may be sent."""
        return self._fact.live

    @property
    def lost(self) -> bool:
        """Whether the screen is frozen: lost, or refused after having been live."""
        fact = self._fact
        return fact.state is LinkState.LOST or (fact.state is LinkState.REFUSED and fact.frozen_at_ns > 0)

    def push(self, fact: LinkFact) -> None:
        """Take the fact and tell of it if it is another."""
        if fact != self._fact:
            self._fact = fact
            self.link_changed.emit(fact)
