"""The accounts of the hub, for whoever manages them: a list, and one account beside it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from console.core.identity.facts import AccountFact
from console.core.identity.principal import EVERYWHERE, Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.desk.acts import ActOutcome
from console.desk.formats import stamp
from console.desk.office import Office
from console.desk.people_acts import AccountList
from widgets.kit.buttons import ActButton
from widgets.kit.space import ROW, TARGET
from widgets.people.sheet import PersonSheet

_WIDTH = 720
_LIST = 220
_COLUMNS = ("user", "name", "roles", "state", "last")
_CHANGES = frozenset({"put_account", "remove_account", "revoke"})


class AccountsSheet(PersonSheet):
    """What is chosen in the list stands in the fields; saving makes an account or changes the one of that name."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "accounts", _WIDTH)
        self._accounts: tuple[AccountFact, ...] = ()
        self.list = QTableWidget(0, len(_COLUMNS))
        self._make_list()
        self.user = self.entry("user")
        self.name = self.entry("name")
        self.person = self.entry("person")
        self.password = self.entry("new_password", secret=True)
        self.roles = {role: QCheckBox() for role in Role}
        self.areas: dict[str, QCheckBox] = {}
        self._area_box = QWidget()
        self._role_box = QWidget()
        self.top_class = QComboBox()
        self.top_class.addItems([str(one) for one in CommandClass])
        self.enabled = QCheckBox()
        self._arrange()
        office.people.accounts_arrived.connect(self._arrived)
        office.acts.act_answered.connect(self._changed)

    def _make_list(self) -> None:
        self.list.setFixedHeight(_LIST)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setDefaultSectionSize(ROW)
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setShowGrid(False)
        self.list.itemSelectionChanged.connect(self._choose)
        self.box.insertWidget(2, self.list)

    def _arrange(self) -> None:
        rows = QGridLayout(self._role_box)
        rows.setContentsMargins(0, 0, 0, 0)
        for index, box in enumerate(self.roles.values()):
            box.setMinimumHeight(TARGET)
            box.toggled.connect(self.check)
            rows.addWidget(box, index // 4, index % 4)
        QGridLayout(self._area_box).setContentsMargins(0, 0, 0, 0)
        for name, widget in (
            ("roles", self._role_box),
            ("areas", self._area_box),
            ("top_class", self.top_class),
            ("enabled", self.enabled),
        ):
            self.row(name, widget)
        themes = self.office.themes
        self.fresh, self.remove, self.revoke = ActButton(themes, "plus"), ActButton(themes), ActButton(themes)
        for place, button in enumerate((self.fresh, self.remove, self.revoke), 1):
            self.acts.insertWidget(place, button)
        self.fresh.clicked.connect(self._begin)
        self.remove.clicked.connect(self._remove)
        self.revoke.clicked.connect(self._revoke)

    def open_sheet(self) -> None:
        self._fill_areas()
        super().open_sheet()
        self._begin()
        self.office.people.query_accounts()

    def _fill_areas(self) -> None:
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        names = {EVERYWHERE: speech.say("seat.accounts.everywhere")}
        if catalogue is not None:
            names |= {area.id: speech.of(area.name) for area in catalogue.areas.values()}
        grid = self._area_box.layout()
        assert isinstance(grid, QGridLayout)
        for area, name in names.items():
            if area not in self.areas:
                box = self.areas[area] = QCheckBox()
                box.setMinimumHeight(TARGET)
                grid.addWidget(box, (len(self.areas) - 1) // 3, (len(self.areas) - 1) % 3)
            self.areas[area].setText(name)

    @Slot()
    def say(self) -> None:
        super().say()
        speech = self.office.speech
        self.list.setHorizontalHeaderLabels([self.text(f"column_{name}") for name in _COLUMNS])
        for role, box in self.roles.items():
            box.setText(speech.say(f"seat.role.{role.value}"))
        self.password.setPlaceholderText(self.text("keep_password"))
        self.enabled.setText(self.text("on"))
        self.fresh.setText(self.text("fresh"))
        self.remove.setText(self.text("remove"))
        self.revoke.setText(self.text("revoke"))
        self._show_list()

    def _show_list(self) -> None:
        chosen = self.user.text()
        self.list.blockSignals(True)
        self.list.setRowCount(len(self._accounts))
        for row, account in enumerate(self._accounts):
            for column, text in enumerate(self._cells(account)):
                self.list.setItem(row, column, QTableWidgetItem(text))
            if account.user == chosen:
                self.list.selectRow(row)
        self.list.blockSignals(False)
        self.check()

    def _cells(self, account: AccountFact) -> tuple[str, ...]:
        speech = self.office.speech
        roles = ", ".join(speech.say(f"seat.role.{grant.role.value}") for grant in account.grants)
        state = self.text("on" if account.enabled else "off")
        if account.sessions:
            state = f"{state} · {self.text('open', n=account.sessions)}"
        now = self.office.link.fact.since_ns
        last = stamp(account.last_sign_in, now) if account.last_sign_in else self.text("never")
        return account.user, account.name, roles, state, last

    @Slot()
    def _choose(self) -> None:
        row = self.list.currentRow()
        if not 0 <= row < len(self._accounts):
            return
        account = self._accounts[row]
        self.user.setText(account.user)
        self.name.setText(account.name)
        self.person.setText(account.person)
        self.password.clear()
        self.enabled.setChecked(account.enabled)
        held = {grant.role for grant in account.grants}
        for role, box in self.roles.items():
            box.setChecked(role in held)
        places = {area for grant in account.grants for area in grant.areas}
        for area, box in self.areas.items():
            box.setChecked(area in places)
        self.top_class.setCurrentText(
            str(max((g.top_class for g in account.grants), default=CommandClass.C0))
        )
        alike = len({(grant.areas, grant.top_class) for grant in account.grants}) <= 1
        self.complain("" if alike else self.text("mixed"))

    @Slot()
    def _begin(self) -> None:
        self.list.clearSelection()
        self.clear()
        for box in (*self.roles.values(), *self.areas.values()):
            box.setChecked(False)
        self.top_class.setCurrentText(str(CommandClass.C0))
        self.enabled.setChecked(True)
        self.user.setFocus()
        self.check()

    def complete(self) -> bool:
        return bool(self.user.text().strip() and self.name.text().strip())

    @Slot()
    def check(self) -> None:
        super().check()
        known = any(account.user == self.user.text().strip() for account in self._accounts)
        for button in (self.remove, self.revoke):
            button.setEnabled(known and not self.waiting)

    def send(self) -> str:
        top = CommandClass(self.top_class.currentText())
        areas = tuple(area for area, box in self.areas.items() if box.isChecked())
        if EVERYWHERE in areas:
            areas = (EVERYWHERE,)
        grants = tuple(
            Grant(role=role, areas=areas, top_class=top)
            for role, box in self.roles.items()
            if box.isChecked()
        )
        account = AccountFact(
            user=self.user.text().strip(),
            name=self.name.text().strip(),
            person=self.person.text().strip(),
            grants=grants,
            enabled=self.enabled.isChecked(),
        )
        request = self.office.people.put_account(account, self.password.text())
        self.password.clear()
        return request

    def done_well(self) -> None:
        """The sheet stays: there may be more accounts to make."""
        self.check()

    @Slot()
    def _remove(self) -> None:
        self.office.people.remove_account(self.user.text().strip())

    @Slot()
    def _revoke(self) -> None:
        self.office.people.revoke(self.user.text().strip())

    @Slot(object)
    def _changed(self, outcome: ActOutcome) -> None:
        if self.isVisible() and outcome.kind.value in _CHANGES and outcome.done:
            self.office.people.query_accounts()

    @Slot(object)
    def _arrived(self, found: AccountList) -> None:
        if found.reason:
            self.complain(self.office.speech.reason(found.reason))
            return
        self._accounts = tuple(sorted(found.accounts, key=lambda account: account.user))
        self._show_list()
