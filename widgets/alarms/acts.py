"""What a person does with alarms: every act goes to the desk as the rows that were seen, and nothing more."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from console.core.alarm.facts import AckItem, AlarmFact, Shelf
from console.desk.logbook_seed import LogSeed, alarm_link
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from widgets.alarms.comment import CommentSheet
from widgets.alarms.guidance import GuidanceDesk
from widgets.alarms.shelf import GroupSheet, ShelfSheet
from widgets.alarms.shelve import MaintenanceSheet, OutOfServiceSheet, ShelveSheet
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
        self._shelf: ShelfSheet | None = None
        self._group: GroupSheet | None = None
        self._service: OutOfServiceSheet | None = None
        self._maintenance: MaintenanceSheet | None = None
        self._comment: CommentSheet | None = None
        self._table = {
            "alarms.ack": self.acknowledge,
            "alarms.ack_comment": self.acknowledge_with_comment,
            "alarms.shelve": self.open_shelve,
            "alarms.unshelve": self.unshelve,
            "alarms.out_of_service": self.open_out_of_service,
            "alarms.in_service": self.return_to_service,
            "alarms.reset": self.reset,
            "alarms.worst": self.go_to_worst,
            "help.guidance": self.show_guidance,
            "alarms.log_entry": self.write_entry,
        }
        office.actions.triggered_action.connect(self._act)
        asks = asks_of(office.acts)
        asks.guidance_asked.connect(self._guidance.guide)
        asks.maintenance_asked.connect(self.turn_maintenance)
        asks.alarm_asked.connect(self.show_alarm)
        self._guidance.quiet_asked.connect(self._shelve_one)

    def chosen(self) -> list[AlarmFact]:
        """Facts of the visible selected rows; none while another list covers the rows."""
        if not self._view.isVisible():
            return []
        return [self._model.fact(row) for row in self._view.chosen_on_screen()]

    @Slot()
    def acknowledge(self) -> None:
        """Acknowledges what is selected and can be seen (ALM-23); asks for words where they are required."""
        items = self._items()
        if self._words_owed(items):
            self._ask_comment(items)
        elif items:
            self._office.acts.ack(items)

    @Slot()
    def acknowledge_with_comment(self) -> None:
        """Asks for a comment first."""
        self._ask_comment(self._items())

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
    def return_to_service(self) -> None:
        """Takes every selected alarm back into service."""
        for fact in self.chosen():
            if fact.state.oos:
                self._office.acts.end_out_of_service(fact.alarm)

    @Slot()
    def open_shelve(self) -> None:
        """Asks for how long and why: of one alarm, of a shelf that there is, or of several alarms alike."""
        facts = self.chosen()
        if len(facts) > 1:
            self._shelve_all(facts)
        elif facts and facts[0].state.shelf is not Shelf.NONE:
            self._edit_shelf(facts[0].alarm)
        elif facts:
            self._shelve_one(facts[0].alarm)

    @Slot()
    def open_out_of_service(self) -> None:
        """Asks for how long and why; one alarm at a time."""
        facts = self.chosen()
        if len(facts) != 1:
            return
        if self._service is None:
            self._service = OutOfServiceSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._service.open_for(facts[0].alarm)

    @Slot(str)
    def turn_maintenance(self, area: str) -> None:
        """Asks for how long and why, or ends the maintenance of an area that is in it."""
        if self._office.modes.of_area(area) is not None:
            self._office.acts.end_maintenance(area)
            return
        if self._maintenance is None:
            window = asks_of(self._office.acts).window_for(self._view)
            self._maintenance = MaintenanceSheet(self._office, window)
        self._maintenance.open_for(area)

    @Slot()
    def show_guidance(self) -> None:
        """Cause, consequence and action of the selected alarm, or of the worst one."""
        facts = self.chosen()
        fact = facts[0] if facts else self._office.alarms.worst_newest()
        if fact is not None:
            self._guidance.guide(fact.alarm)

    @Slot(int)
    def guide_alarm(self, alarm: int) -> None:
        """The response sheet of an alarm; nothing for -1."""
        if alarm >= 0:
            self._guidance.guide(alarm)

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

    @Slot(int)
    def show_alarm(self, alarm: int) -> None:
        """Selects the row of an alarm, if it is in the list."""
        row = self._model.row_of(alarm)
        if row >= 0:
            self._view.choose(row)

    @Slot()
    def write_entry(self) -> None:
        """Asks for a log entry about the selected alarms."""
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        if catalogue is None:
            return
        links = [alarm_link(catalogue, fact.alarm, speech) for fact in self.chosen()]
        self._office.logbook.ask_entry(LogSeed(links=tuple(link for link in links if link is not None)))

    @Slot(object)
    def select_again(self, alarms: tuple[int, ...]) -> None:
        """Selects rows of alarms whose act was refused, to be looked at and decided anew."""
        self._model.settle()
        rows = [row for alarm in alarms if (row := self._model.row_of(alarm)) >= 0]
        self._view.choose_many(rows)

    def _items(self) -> list[AckItem]:
        return [AckItem(f.alarm, f.occurrence, f.priority) for f in self.chosen() if not f.state.acked]

    def _words_owed(self, items: list[AckItem]) -> bool:
        catalogue = self._office.catalogue.catalogue
        return catalogue is not None and any(
            catalogue.alarms[item.alarm].alarm.comment_required for item in items
        )

    def _ask_comment(self, items: list[AckItem]) -> None:
        if not items:
            return
        if self._comment is None:
            self._comment = CommentSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._comment.open_for(items)

    @Slot(int)
    def _shelve_one(self, alarm: int) -> None:
        if self._shelve is None:
            self._shelve = ShelveSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._shelve.open_for(alarm)

    def _edit_shelf(self, alarm: int) -> None:
        if self._shelf is None:
            self._shelf = ShelfSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._shelf.open_for(alarm)

    def _shelve_all(self, facts: list[AlarmFact]) -> None:
        if self._group is None:
            self._group = GroupSheet(self._office, asks_of(self._office.acts).window_for(self._view))
        self._group.open_for([AckItem(fact.alarm, fact.occurrence, fact.priority) for fact in facts])

    @Slot(str)
    def _act(self, action: str) -> None:
        act = self._table.get(action)
        if act is not None:
            act()
