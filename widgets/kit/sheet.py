"""The one style sheet, generated from tokens; what it does not say is Fusion with our palette."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor

import resources
from console.desk.themes import Tokens
from widgets.kit.colours import hairline, hover, mix, selection

_MIDDLE = 0.5
# Greys: window, panel, raised, line, and text mixed into the panel; nothing else may be invented here.
_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QWidget[ground="panel"] { background: $panel; }
QWidget[ground="raised"] { background: $raised; }
QWidget[ground="window"] { background: $window; }
QLabel { background: transparent; }
QLabel[tone="muted"] { color: $text2; }
QLabel[plate="chip"] { background: $chip; border-radius: 3px; padding: 2px 7px; color: $text; }
QLabel[plate="key"] { background: $raised; border: 1px solid $line; border-radius: 3px; padding: 1px 6px; }

QDialog[ground="raised"], QFrame[plate="sheet"] { border: 1px solid $edge; }
QToolButton[kind="choice"] { border: 1px solid $line; padding: 0 12px; min-height: 42px; background: $button; }
QToolButton[kind="choice"]:checked { background: $strong; color: $strong_text; border-color: $strong; }
QToolButton[kind="choice"]:focus { border: 2px solid $accent; padding: 0 11px; min-height: 40px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }

QPushButton { background: $button; border: 1px solid $line; border-radius: 3px; padding: 4px 12px; min-height: 22px; }
QPushButton:hover { background: $hover; border-color: $edge; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QPushButton:disabled { color: $dim; background: $panel; border-color: $faint; }
QPushButton[kind="act"] { min-height: 42px; padding: 0 14px; }
QPushButton[kind="act"]:focus { padding: 0 13px; min-height: 40px; }
QPushButton[rank="first"] { background: $strong; color: $strong_text; border-color: $strong; }
QPushButton[rank="first"]:hover { background: $strong_hover; }
QPushButton[rank="first"]:disabled { background: $panel; color: $dim; border-color: $faint; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: 3px; padding: 2px;
  min-height: 20px; min-width: 20px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $pressed; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $dim; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QComboBox, QPlainTextEdit, QAbstractSpinBox {
  background: $field; border: 1px solid $line; border-radius: 3px; padding: 3px 8px; min-height: 22px;
  selection-background-color: $select; selection-color: $text; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus { border: 2px solid $accent; padding: 2px 7px; }
QLineEdit[fault="true"] { border: 2px solid $text; padding: 2px 7px; }
QLineEdit QToolButton { border: none; padding: 0; min-height: 0; min-width: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$arrow"); width: 14px; height: 14px; }

QProgressBar { background: $chip; border: none; border-radius: 3px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QAbstractItemView { background: $panel; border: none; outline: none; selection-background-color: $select;
  selection-color: $text; }
QTreeView::item, QListView::item { min-height: 28px; border: none; }
QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected { background: $select; color: $text; }
QTreeView:focus, QTableView:focus, QListView:focus { border: none; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $text2; border: none; border-bottom: 1px solid $line;
  padding: 0 8px; min-height: 26px; }
QHeaderView::section:hover { color: $text; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $idle; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget[ground="none"] { background: transparent; border: none; }
QFrame[plate="loud"] { background: $raised; border: 2px solid $text; border-radius: 3px; }
QAbstractScrollArea::corner { background: $panel; border: none; }

QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 3px; }
QMenu::item:selected { background: $select; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QSplitter::handle { background: $window; }
ads--CDockManager, ads--CDockContainerWidget { background: $window; }
ads--CDockContainerWidget > QSplitter { padding: 0; }
ads--CDockSplitter::handle { background: $window; }
ads--CDockAreaWidget { background: $panel; border: none; }
ads--CDockAreaTitleBar { background: $panel; border: none; padding: 0; min-height: 28px; }
ads--CDockAreaTabBar, ads--CDockAreaTabBar QWidget { background: transparent; border: none; }
ads--CDockWidgetTab { background: transparent; border: none; border-bottom: 2px solid transparent; padding: 0 4px;
  min-height: 26px; }
ads--CDockWidgetTab QLabel { color: $text2; padding: 0 4px; }
ads--CDockWidgetTab[activeTab="true"] QLabel { color: $text; font-weight: 600; }
ads--CDockWidgetTab[focused="true"] { border-bottom-color: $accent; }
ads--CDockWidgetTab:hover { background: $hover; }
ads--CDockWidget { background: $panel; border: none; }
ads--CDockWidget > QScrollArea { background: $panel; border: none; }
ads--CTitleBarButton, #tabsMenuButton, #detachGroupButton, #dockAreaCloseButton, #dockAreaAutoHideButton {
  padding: 3px; min-width: 20px; min-height: 20px; }
ads--CFloatingDockContainer { background: $window; }
""")


def sheet_of(tokens: Tokens) -> str:
    """The style sheet of a theme."""
    ink = tokens.text

    def grey(share: float) -> str:
        return mix(tokens.panel, ink, share).name()

    return _SHEET.substitute(
        window=tokens.window,
        panel=tokens.panel,
        raised=tokens.raised,
        line=tokens.line,
        text=tokens.text,
        text2=tokens.text2,
        idle=tokens.idle,
        accent=tokens.accent,
        hover=hover(tokens).name(),
        select=selection(tokens).name(),
        hairline=hairline(tokens).name(),
        button=mix(tokens.panel, tokens.raised, 0.75).name(),
        field=mix(tokens.panel, tokens.raised, 0.6).name(),
        chip=grey(0.10),
        pressed=grey(0.14),
        edge=grey(0.40),
        faint=grey(0.10),
        dim=grey(0.42),
        scroll=grey(0.22),
        strong=mix(tokens.text, tokens.panel, 0.14).name(),
        strong_hover=mix(tokens.text, tokens.panel, 0.26).name(),
        strong_text=tokens.panel,
        arrow=_arrow(tokens),
    )


def _arrow(tokens: Tokens) -> str:
    """A style sheet takes a picture only from a file; there is one for light and one for dark grounds."""
    kind = "dark" if QColor(tokens.panel).lightnessF() > _MIDDLE else "light"
    return (resources.ROOT / "icons" / "arrows" / f"down-{kind}.svg").as_posix()
