"""Links of an entry: pressed, they select the asset, show the alarm, or set the chart to that time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from console.core.logbook.entry import LinkKind, LogLink
from console.desk.logbook_seed import chart_place
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.labels import plain_tip
from widgets.logbook.flow import FlowLayout

ICONS = {
    LinkKind.ALARM: "bell",
    LinkKind.ASSET: "faceplate",
    LinkKind.CHART: "trend",
    LinkKind.COMMAND: "command",
    LinkKind.MAP: "map",
}
_LABEL = 44


class LinkButton(QToolButton):
    """One link."""

    def __init__(self, office: Office, link: LogLink) -> None:
        super().__init__()
        self.link = link
        kind = office.speech.say(f"logbook.link.{link.kind.value}")
        label = link.label or link.key
        short = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
        self.setFont(font(Role.CAPTION))
        self.setText(short.replace("&", "&&"))
        self.setToolTip(plain_tip(f"{kind}: {label}"))
        self.setAccessibleName(f"{kind}: {label}")
        self.setIcon(icon(ICONS[link.kind], office.themes.tokens.text2))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


class LinkRow(QWidget):
    """The links of one entry."""

    link_pressed = Signal(object)
    """LogLink."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._flow = FlowLayout(self)
        self.buttons: list[LinkButton] = []
        office.themes.theme_changed.connect(self._retheme)

    def show_links(self, links: tuple[LogLink, ...]) -> None:
        """Show these."""
        self._flow.clear()
        self.buttons = []
        for link in links:
            button = LinkButton(self._office, link)
            button.clicked.connect(self._press)
            self._flow.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(links))

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, LinkButton):
            self.link_pressed.emit(sender.link)

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.show_links(tuple(button.link for button in self.buttons))


def follow(link: LogLink, office: Office) -> bool:
    """Go where a link points; False when this site does not have it."""
    catalogue, asks = office.catalogue.catalogue, asks_of(office.acts)
    if catalogue is None:
        return False
    if link.kind is LinkKind.CHART:
        place = chart_place(link.key)
        points = [point.index for point in catalogue.tags if place is not None and point.key in place.tags]
        if place is None or not points:
            return False
        asks.chart_asked.emit((place.start, place.end, tuple(points)))
        return True
    if link.kind is LinkKind.COMMAND:
        asks.order_asked.emit(link.key)
        return True
    if link.kind is LinkKind.MAP:
        return False
    asset = link.key.partition(".")[0] if link.kind is LinkKind.ALARM else link.key
    if asset not in catalogue.assets:
        return False
    office.selection.select_asset(asset, "logbook")
    if link.kind is LinkKind.ALARM:
        alarm = next((point.index for point in catalogue.alarms if point.key == link.key), -1)
        asks.alarm_asked.emit(alarm)
    return True
