"""What the edge node of the demo city declares beyond the profile, through the death of the hub and an adoption."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from script_seat import ScriptSeat
from town import BUSAN, PROGRAM, Town

from console.core.growth import GrownTag
from console.core.quality import Quality

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest.fixture
def town(tmp_path: Path) -> Generator[Town, None, None]:
    """A city and a hub of its own, for its profile changes."""
    made = Town(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def grown(seat: ScriptSeat) -> dict[str, GrownTag]:
    """Grown tags by name."""
    return {f"{tag.asset}.{tag.tag.name}": tag for tag in seat.catalogue.grown_tags}


def are_good(seat: ScriptSeat) -> bool:
    """Whether every grown tag has a good value."""
    tags = grown(seat).values()
    return bool(tags) and all(seat.values.get(tag.index, (0, None, -1))[2] == Quality.GOOD for tag in tags)


def test_unmapped_metrics_are_there_at_once_and_after_a_killed_hub(town: Town, tmp_path: Path) -> None:
    with ScriptSeat(town.url, town.secret) as seat:
        seat.until("grown tags", lambda: are_good(seat), 60)
        first = grown(seat)
        assert any(asset.asset.parent for asset in seat.catalogue.grown_assets.values())
        seat.until("its count", lambda: seat.feeds["factory"].discovered == len(first))
        assert seat.feeds["factory"].not_taken == 0
    town.kill_hub()
    town.start_hub()
    with ScriptSeat(town.url, town.secret) as seat:
        assert {name: tag.index for name, tag in grown(seat).items()} == {
            name: tag.index for name, tag in first.items()
        }
        # Their nodes are asked to be born again, though no profile maps them.
        seat.until("good again", lambda: are_good(seat), 60)
    out = tmp_path / "adopted"
    words = [*PROGRAM, "feeds", "adopt", str(BUSAN), "--data", str(town.data), "--out", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = subprocess.run(
        [*PROGRAM, "site", "check", str(out)], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout
