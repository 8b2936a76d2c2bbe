"""What a person does with alarms: every act goes to the desk as the rows that were seen, and nothing more."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from console.core.alarm.facts import AckItem, AlarmFact, Shelf
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from widgets.alarms.guidance import GuidanceDesk
from widgets.alarms.shelve import ShelveSheet
from widgets.alarms.view import AlarmView
from widgets.kit.asks import asks_of


class AlarmActs(QObject):
    """Listens to the declared alarm actions and acts on the visible selected rows of one view."""

    def __init__(self, office: Office, model: AlarmTableModel, view: AlarmView) -> None:
        super().__init__(view)
        self._office = office
        self._model = model
        self._view = view
        self._guidance = GuidanceDesk(office, view)
        self._shelve: ShelveSheet | None = None
        self._table = {
            "alarms.ack": self.acknowledge,
            "alarms.shelve": self.open_shelve,
            "alarms.unshelve": self.unshelve,
            "alarms.reset": self.reset,
            "alarms.worst": self.go_to_worst,
            "help.guidance": self.show_guidance,
        }
        office.actions.triggered_action.connect(self._act)
        asks_of(office.acts).guidance_asked.connect(self._guidance.guide)

    def chosen(self) -> list[AlarmFact]:
        """Facts of the visible selected rows."""
        return [self._model.fact(row) for row in self._view.chosen_on_screen()]

    @Slot()
    def acknowledge(self) -> None:
        """Acknowledges what is selected and can be seen (ALM-23)."""
        items = self._model.ack_items(self._view.chosen_on_screen())
        if items:
            self._office.acts.ack(items)

    @Slot()
    def reset(self) -> None:
        """Resets what is selected."""
        items = [AckItem(fact.alarm, fact.occurrence, fact.priority) for fact in self.chosen()]
        if items:
            self._office.acts.reset(items)

    @Slot()
    def unshelve(self) -> None:
        """Ends the shelf of every selected alarm."""
        for fact in self.chosen():
            if fact.state.shelf is not Shelf.NONE:
                self._office.acts.unshelve(fact.alarm)

    @Slot()
    def open_shelve(self) -> None:
        """Asks for how long and why; one alarm at a time."""
        facts = self.chosen()
        if len(facts) != 1:
            return
        if self._shelve is None:
            self._shelve = ShelveSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._shelve.open_for(facts[0].alarm)

    @Slot()
    def show_guidance(self) -> None:
        """Cause, consequence and action of the selected alarm, or of the worst one."""
        facts = self.chosen()
        fact = facts[0] if facts else self._office.alarms.worst_newest()
        if fact is not None:
            self._guidance.guide(fact.alarm)

    @Slot()
    def go_to_worst(self) -> None:
        """Selects the worst newest alarm and its asset."""
        worst = self._office.alarms.worst_newest()
        catalogue = self._office.catalogue.catalogue
        if worst is None or catalogue is None:
            return
        row = self._model.row_of(worst.alarm)
        if row >= 0:
            self._view.choose(row)
        self._office.selection.select_asset(catalogue.alarms[worst.alarm].asset.id, "alarms")

    @Slot(str)
    def _act(self, action: str) -> None:
        act = self._table.get(action)
        if act is not None:
            act()
