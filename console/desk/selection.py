"""What the operator has selected; selecting anywhere selects everywhere."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """At most one thing: an asset, or a moving object."""

    asset_selected = Signal(str)
    """Asset id, or an empty text when no asset is selected any more."""
    mover_selected = Signal(object)
    """Mover index, or None when no mover is selected any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asset = ""
        self._mover: int | None = None
        self._why = ""

    @property
    def asset(self) -> str:
        """Id of the selected asset, empty without one."""
        return self._asset

    @property
    def mover(self) -> int | None:
        """Index of the selected mover, None without one."""
        return self._mover

    @property
    def why(self) -> str:
        """Which view asked (`map`, `tree`, `alarms` …), so that it need not scroll to its own choice."""
        return self._why

    def select_asset(self, asset: str, why: str = "") -> None:
        """Select an asset by id; an empty id clears."""
        self._change(asset, None, why)

    def select_mover(self, mover: int, why: str = "") -> None:
        """Select a moving object by index."""
        self._change("", mover, why)

    def clear(self) -> None:
        """Select nothing."""
        self._change("", None, "")

    def _change(self, asset: str, mover: int | None, why: str) -> None:
        asset_changed, mover_changed = asset != self._asset, mover != self._mover
        self._asset, self._mover, self._why = asset, mover, why
        if asset_changed:
            self.asset_selected.emit(asset)
        if mover_changed:
            self.mover_selected.emit(mover)
