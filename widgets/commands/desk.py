"""Opens the sheets of commands, one at a time, and again when the hub has something to confirm."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from console.core.command.facts import CommandRequest
from console.core.site import CommandClass, CommandDef
from console.desk.confirmations import ConfirmAsked
from console.desk.office import Office
from widgets.commands.confirm import CommandConfirm
from widgets.commands.order import OrderSheet
from widgets.commands.sheet import ActSheet
from widgets.kit.asks import asks_of

_IN_TWO_STEPS = frozenset({CommandClass.C2, CommandClass.C3})


class CommandDesk(QObject):
    """Opens one sheet at a time (no stacking) over the window that `owner` stands in."""

    def __init__(self, office: Office, owner: QWidget) -> None:
        super().__init__(owner)
        self._office = office
        self._owner = owner
        self.open_sheet: ActSheet | None = None
        self._early: CommandRequest | None = None
        self._user = office.session.user
        self._asks = asks_of(office.acts)
        self._asks.command_asked.connect(self.ask)
        office.control.confirm_arrived.connect(self._confirm)
        office.session.session_changed.connect(self._look)

    @Slot(object)
    def ask(self, request: CommandRequest) -> None:
        """Opens the sheet of a request; one with an id goes on where it stands. Not while another is open or the link
        is not live.
        """
        catalogue = self._office.catalogue.catalogue
        command = catalogue.command(request.asset, request.command) if catalogue is not None else None
        if self.open_sheet is not None or not self._office.link.live or command is None:
            return
        window = self._asks.window_for(self._owner)
        # What has an id is known to the hub: it is confirmed there and never asked for again.
        cautioned = bool(self._office.permits.cautions(request.asset)) and not command.emergency
        if request.command_id or cautioned or _two_steps(command):
            sheet = OrderSheet(self._office, window, request)
            sheet.asked_too_early.connect(self._keep)
            self._open(sheet)
        else:
            self._open(CommandConfirm(self._office, window, request))

    def _open(self, sheet: ActSheet) -> None:
        sheet.finished.connect(self._closed)
        self.open_sheet = sheet
        sheet.open()
        sheet.first_focus().setFocus()

    @Slot(object)
    def _confirm(self, asked: ConfirmAsked) -> None:
        sheet = self.open_sheet
        if isinstance(sheet, OrderSheet) and sheet.command_id == asked.command_id:
            return
        fact = self._office.commands.facts.get(asked.command_id)
        if fact is not None:
            self.ask(fact.request)

    @Slot()
    def _look(self) -> None:
        """A sheet that stood aside for a password comes back once it was right."""
        fact, user = self._office.session.fact, self._office.session.user
        if user != self._user:
            self._user, self._early = user, None
        if fact is not None and self._office.session.active and self.open_sheet is None:
            QTimer.singleShot(0, self, self._reopen)

    @Slot(object)
    def _keep(self, request: CommandRequest) -> None:
        self._early = request

    @Slot()
    def _reopen(self) -> None:
        for asked in self._office.control.confirms():
            if self.open_sheet is None:
                self._confirm(asked)
        fact, early = self._office.session.fact, self._early
        stepped_up = fact is not None and fact.stepped_up_until > self._office.clock.now_ns()
        if early is not None and stepped_up and self.open_sheet is None:
            self._early = None
            self.ask(early)

    @Slot()
    def _closed(self) -> None:
        self.open_sheet = None


def _two_steps(command: CommandDef) -> bool:
    # An emergency stop is sent like a direct command, whatever its class (CMD-06).
    return command.command_class in _IN_TWO_STEPS and not command.emergency
