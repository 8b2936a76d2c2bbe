"""What-if settings: what they change, and how a wrong one is named."""

from __future__ import annotations

import msgspec
import pytest
from alarm_sites import alarm, catalogue_of

from console.core.alarm.trial import FIELDS, BadSetting, SettingFault, changed_catalogue, read_setting
from console.core.catalogue import Catalogue
from console.core.site import AlarmDef, Asset, Site
from console.core.words import Text


def _site() -> Site:
    site = catalogue_of(alarm("high"), alarm("flow_low", tag="flow")).site
    second = Asset(id="s.2", type="station", name=Text("둘", "two"), area="a", lat=35.0, lon=129.0)
    return msgspec.structs.replace(site, assets=(*site.assets, second))


def _tried(*settings: str) -> Catalogue:
    return changed_catalogue(_site(), [read_setting(text) for text in settings])


def _of(catalogue: Catalogue, key: str) -> AlarmDef:
    return catalogue.alarms[catalogue.alarm_index(key)].alarm


def test_a_setting_of_a_type_changes_every_asset_of_it() -> None:
    found = _tried("station.high.deadband=0.5")
    assert [_of(found, f"{asset}.high").deadband for asset in ("s1", "s.2")] == [0.5, 0.5]
    assert _of(found, "s1.flow_low") == _of(Catalogue(_site()), "s1.flow_low")


def test_a_setting_of_an_asset_wins_over_its_type_whatever_the_order() -> None:
    found = _tried("s.2.high.limit=70", "station.high.limit=60", "s.2.high.priority=1")
    assert (_of(found, "s1.high").limit, _of(found, "s.2.high").limit) == (60.0, 70.0)
    assert (_of(found, "s1.high").priority, _of(found, "s.2.high").priority) == (3, 1)


def test_the_later_of_two_settings_wins_and_numbers_stay() -> None:
    found, plain = (
        _tried("s1.high.deadband=1", "s1.high.deadband=3", "s1.high.latching=true"),
        Catalogue(_site()),
    )
    assert (_of(found, "s1.high").deadband, _of(found, "s1.high").latching) == (3.0, True)
    assert [p.key for p in found.alarms] == [p.key for p in plain.alarms]
    assert [p.tag_index for p in found.alarms] == [p.tag_index for p in plain.alarms]


def test_every_field_that_can_be_tried_is_one_of_a_definition() -> None:
    assert set(FIELDS) <= set(AlarmDef.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "fault", "part"),
    [
        ("", SettingFault.FORM, ""),
        ("s1.high.deadband", SettingFault.FORM, ""),
        ("high.deadband=1", SettingFault.FORM, ""),
        (".high.deadband=1", SettingFault.FORM, ""),
        ("s1.high.colour=1", SettingFault.FIELD, "colour"),
        ("s9.high.deadband=1", SettingFault.OWNER, "s9"),
        ("s1.hihg.deadband=1", SettingFault.ALARM, "hihg"),
        ("station.hihg.deadband=1", SettingFault.ALARM, "hihg"),
        ("s1.high.deadband=wide", SettingFault.VALUE, "wide"),
        ("s1.high.deadband=-1", SettingFault.VALUE, "-1"),
        ("s1.high.deadband=nan", SettingFault.VALUE, "nan"),
        ("s1.high.limit=inf", SettingFault.VALUE, "inf"),
        ("s1.high.on_delay_s=1e9", SettingFault.VALUE, "1e9"),
        ("s1.high.priority=5", SettingFault.VALUE, "5"),
        ("s1.high.priority=1.5", SettingFault.VALUE, "1.5"),
        ("s1.high.count=0", SettingFault.VALUE, "0"),
        ("s1.high.latching=perhaps", SettingFault.VALUE, "perhaps"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(text: str, fault: SettingFault, part: str) -> None:
    with pytest.raises(BadSetting) as found:
        _tried(text)
    assert (found.value.text, found.value.fault, found.value.part) == (text, fault, part)


def test_what_there_is_instead_is_named() -> None:
    with pytest.raises(BadSetting) as found:
        _tried("s1.hihg.deadband=1")
    assert found.value.known == "flow_low, high"
