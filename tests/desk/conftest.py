"""An office with words and settings of its own, without a hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.client.link_fact import LinkFact, LinkState
from console.desk.office import Office, SeatWishes, open_office
from tests.client.small_city import catalogue


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    """Speaks English, knows the small city, is not live."""
    made = open_office(tmp_path, SeatWishes(lang="en", theme="day"))
    made.catalogue.push(catalogue(), "digest")
    return made


@pytest.fixture
def live_office(office: Office) -> Office:
    """The same with a live link."""
    office.link.push(LinkFact(state=LinkState.LIVE, since_ns=1, hub="test", user="hong"))
    return office
