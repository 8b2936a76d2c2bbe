"""What is selected when nobody has chosen yet: the worst alarm, else what was selected last, else the first."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from console.desk.office import Office

SETTLE_MS = 1500
"""Alarms of the first snapshot come with the catalogue; those of the first values a moment later."""
LAST_ASSET = "last_asset"


class Opening(QObject):
    """Chooses once, and remembers the selection for next time."""

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self.choose)
        office.link.link_changed.connect(self._begin)
        office.selection.asset_selected.connect(self._remember)

    @Slot()
    def choose(self) -> None:
        """Select something, unless a person was quicker."""
        office = self._office
        catalogue = office.catalogue.catalogue
        if catalogue is None or office.selection.asset or office.selection.mover is not None:
            return
        last = office.settings.text(LAST_ASSET)
        worst = office.alarms.worst_newest()
        if worst is not None:
            office.selection.select_asset(catalogue.alarms[worst.alarm].asset.id, why="opening")
        elif last in catalogue.assets:
            office.selection.select_asset(last, why="opening")
        elif catalogue.assets:
            office.selection.select_asset(next(iter(catalogue.assets)), why="opening")

    @Slot()
    def _begin(self) -> None:
        if self._office.link.live:
            self._office.link.link_changed.disconnect(self._begin)
            self._timer.start()

    @Slot(str)
    def _remember(self, asset: str) -> None:
        if asset:
            self._office.settings.put(LAST_ASSET, asset)
