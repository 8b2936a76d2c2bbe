"""Fails a test that leaves a thread, a task or a top-level widget behind, or warns without saying so."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from asyncio import runners
from collections.abc import Callable, Generator

import pytest

GRACE_S = 2.0


class _Warnings(logging.Handler):
    """Keeps records of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _is_expected(record: logging.LogRecord, names: tuple[str, ...]) -> bool:
    return not names or any(record.name == name or record.name.startswith(f"{name}.") for name in names)


@pytest.fixture(autouse=True)
def _no_unexpected_warning(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    handler = _Warnings()
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    marker = request.node.get_closest_marker("expects_log")
    unexpected = [
        record for record in handler.records if marker is None or not _is_expected(record, marker.args)
    ]
    if unexpected:
        lines = "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in unexpected)
        pytest.fail(f"unexpected log records (mark the test expects_log if they are meant):\n{lines}")


@pytest.fixture(autouse=True)
def _no_leaked_thread() -> Generator[None, None, None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + GRACE_S
    left: list[str] = []
    for thread in threading.enumerate():
        # A dummy stands for a thread that Qt made; it has no end that Python could see.
        if thread in before or type(thread).__name__ == "_DummyThread":
            continue
        thread.join(max(deadline - time.monotonic(), 0.0))
        if thread.is_alive():
            left.append(thread.name)
    if left:
        pytest.fail(f"threads still run after the test: {', '.join(left)}")


@pytest.fixture(autouse=True)
def _no_leaked_task(monkeypatch: pytest.MonkeyPatch) -> Generator[None, None, None]:
    left: list[str] = []
    # asyncio.run cancels what is left without a word; the word is what a test needs.
    cancel: Callable[[asyncio.AbstractEventLoop], None] = runners._cancel_all_tasks  # type: ignore[attr-defined]

    def watch(loop: asyncio.AbstractEventLoop) -> None:
        left.extend(task.get_name() for task in asyncio.all_tasks(loop))
        cancel(loop)

    monkeypatch.setattr(runners, "_cancel_all_tasks", watch)
    yield
    if left:
        pytest.fail(f"asyncio tasks still run at the end of the loop: {', '.join(left)}")


@pytest.fixture(autouse=True)
def _no_leaked_widget() -> Generator[None, None, None]:
    """Runs only where the test has loaded QtWidgets already."""
    if "PySide6.QtWidgets" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    before = set(QApplication.topLevelWidgets())
    yield
    # What was closed with deleteLater goes now and not at some later event.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    names = [f"{type(widget).__name__}({widget.objectName()!r})" for widget in left]
    for widget in left:
        # One leak is reported once, not by every test that follows.
        widget.close()
        widget.deleteLater()
    if names:
        pytest.fail(f"top-level widgets still exist after the test: {', '.join(names)}")
