"""Where state and logs go, and which hub is asked."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest

from console.app.family import embedded, person, remote
from console.app.places import Log, places_of
from console.setup.arguments import HUB_SECRET_ENV

pytestmark = pytest.mark.qt


def test_console_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    """SEC-37."""
    places = places_of(tmp_path / "data")
    assert stat.S_IMODE(places.console.stat().st_mode) == 0o700
    assert places.console == tmp_path / "data" / "console"


def test_log_is_written_and_let_go(tmp_path: Path) -> None:
    places = places_of(tmp_path)
    before = logging.getLogger().handlers.copy()
    log = Log(places)
    logging.getLogger("app").info("a line of %s", "ours")
    log.close()
    assert "a line of ours" in places.log.read_text(encoding="utf-8")
    assert logging.getLogger().handlers == before


def test_secret_of_the_environment_is_taken_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-33: nothing we start can read it."""
    monkeypatch.setenv(HUB_SECRET_ENV, "canary")
    family = remote("http://127.0.0.1:8700", places_of(tmp_path))
    assert (family.secret, family.door()) == ("canary", "ws://127.0.0.1:8700/ws")
    assert HUB_SECRET_ENV not in os.environ


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("ws://127.0.0.1:8700/ws", "ws://127.0.0.1:8700/ws"),
        ("wss://hub.example:443", "wss://hub.example:443/ws"),
        ("https://hub.example/gwanje/ws", "wss://hub.example/gwanje/ws"),
    ],
)
@pytest.mark.expects_log("link")
def test_hub_is_asked_at_its_socket(tmp_path: Path, given: str, asked: str) -> None:
    assert remote(given, places_of(tmp_path)).door() == asked


def test_embedded_hub_has_a_secret_of_its_own_and_no_address_before_it_is_ready(tmp_path: Path) -> None:
    places = places_of(tmp_path)
    one, other = (embedded(places, tmp_path, "calm", 1) for _ in range(2))
    assert one.secret != other.secret
    assert len(one.secret) >= 40
    assert one.door() == ""


def test_person_is_the_local_user() -> None:
    user, station = person()
    assert len(user) <= 80
    assert station
