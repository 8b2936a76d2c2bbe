"""Sheets of sign-in: account and password, the first account of a hub, the site's directory, and the password again."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from console.core.identity.facts import SessionState
from console.desk.formats import clock
from console.desk.office import Office
from console.desk.people_acts import DirectoryAsked
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.people.sheet import PersonSheet


class SignInSheet(PersonSheet):
    """Account and password; with somebody signed in it is the quick shift change, which keeps the layout (SEC-07)."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "sign_in")
        self.notice = PlainLabel(Role.BODY)
        self.notice.setWordWrap(True)
        self.box.insertWidget(2, self.notice)
        self.user = self.entry("user")
        self.password = self.entry("password", secret=True)
        self.directory = ActButton(office.themes)
        self.acts.insertWidget(1, self.directory)
        self.directory.clicked.connect(self._ask_directory)

    @Slot()
    def say(self) -> None:
        super().say()
        session, speech = self.office.session, self.office.speech
        fact = session.fact
        taken = fact is not None and fact.state in (SessionState.ACTIVE, SessionState.LOCKED)
        if taken and fact is not None:
            self.title.setText(self.text("change"))
            self.why.setText(self.text("change_why", name=fact.name or fact.user))
        self.why.setVisible(bool(self.why.text()))
        self.notice.setText(speech.of(session.notice))
        self.notice.setVisible(bool(self.notice.text()))
        self.directory.setText(self.text("directory"))
        self.directory.setVisible(session.directory)

    def send(self) -> str:
        request = self.office.people.sign_in(self.user.text().strip(), self.password.text())
        self.password.clear()
        return request

    @Slot()
    def _ask_directory(self) -> None:
        self.office.people.start_directory()
        self.close()


class FirstAccountSheet(PersonSheet):
    """The first account of a hub: its security-admin, with the code the hub wrote when it started (SEC-01)."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "first")
        self.code = self.entry("code")
        self.user = self.entry("user")
        self.name = self.entry("name")
        self.password = self.entry("new_password", secret=True)
        self.again = self.entry("again", secret=True)

    def complete(self) -> bool:
        return super().complete() and self.password.text() == self.again.text()

    def send(self) -> str:
        fields = (self.code.text().strip(), self.user.text().strip(), self.name.text().strip())
        return self.office.people.create_first_account(*fields, self.password.text())


class PasswordAgainSheet(PersonSheet):
    """The password of whoever is signed in, to unlock the seat."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "unlock")
        self.password = self.entry("password", secret=True)

    @Slot()
    def say(self) -> None:
        super().say()
        fact = self.office.session.fact
        if fact is not None:
            self.why.setText(self.text("who", name=fact.name or fact.user))
            self.why.setVisible(True)

    def complete(self) -> bool:
        fact = self.office.session.fact
        return super().complete() or (fact is not None and fact.passwordless)

    def send(self) -> str:
        request = self.office.people.unlock(self.password.text())
        self.password.clear()
        return request


class StepUpSheet(PersonSheet):
    """The password again, before something grave (SEC-14)."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "step_up")
        self.password = self.entry("password", secret=True)

    def send(self) -> str:
        request = self.office.people.step_up(self.password.text())
        self.password.clear()
        return request


class ChangePasswordSheet(PersonSheet):
    """One's own password."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "password")
        self.old = self.entry("password", secret=True)
        self.new = self.entry("new_password", secret=True)
        self.again = self.entry("again", secret=True)

    def complete(self) -> bool:
        return super().complete() and self.new.text() == self.again.text()

    def send(self) -> str:
        return self.office.people.change_password(self.old.text(), self.new.text())


class DirectorySheet(PersonSheet):
    """Where to go and which code to type there; it closes when the session begins."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "directory")
        self._url = ""
        self.code = PlainLabel(Role.PLATE, strong=True)
        self.address = PlainLabel(Role.BODY)
        self.address.setWordWrap(True)
        self.row("code", self.code)
        self.row("address", self.address)
        self.copy = ActButton(office.themes, "copy")
        self.acts.insertWidget(1, self.copy)
        self.copy.clicked.connect(self._copy)
        office.session.session_changed.connect(self._session)

    def open_for(self, asked: DirectoryAsked) -> None:
        """Show what the directory wants."""
        self._url = asked.url
        self.open_sheet()
        self.code.setText(asked.code)
        self.address.setText(asked.url)
        self.why.setText(self.text("until", at=clock(asked.expires)))
        self.place()

    @Slot()
    def say(self) -> None:
        super().say()
        self.copy.setText(self.text("copy"))

    def complete(self) -> bool:
        return self._url.startswith("https://") or self._url.startswith("http://127.0.0.1")

    def send(self) -> str:
        QDesktopServices.openUrl(QUrl(self._url))
        return ""

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())

    @Slot()
    def _session(self) -> None:
        if self.office.session.active:
            self.close()
