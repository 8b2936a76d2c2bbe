"""Quality of a value (HMI-10, ALM-09)."""

from __future__ import annotations

from console.core.quality import Quality


def test_only_values_somebody_vouches_for_drive_alarms() -> None:
    usable = {quality for quality in Quality if quality.usable}
    assert usable == {Quality.GOOD, Quality.UNCERTAIN, Quality.MANUAL, Quality.SIMULATED}


def test_every_quality_but_good_shows_a_letter_of_its_own() -> None:
    letters = [quality.letter for quality in Quality]
    assert Quality.GOOD.letter == ""
    assert len(set(letters)) == len(Quality)
