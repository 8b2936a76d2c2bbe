"""What-if: a catalogue whose alarms are changed by settings such as `pump-1.level_high.deadband=0.2`.

A setting names an asset or an asset type, one of its alarms and a field of its definition. Settings of an
asset win over those of
its type; of two alike the later one wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

import msgspec

from console.core.catalogue import AlarmPoint, Catalogue
from console.core.errors import GwanjeError
from console.core.site import AlarmDef, Site

FIELDS: Mapping[str, type[float]] = {
    "limit": float,
    "deadband": float,
    "on_delay_s": float,
    "off_delay_s": float,
    "count": int,
    "count_window_s": float,
    "rate_window_s": float,
    "realarm_min": float,
    "escalate_min": float,
    "priority": int,
    "latching": bool,
    "ack_required": bool,
}
"""What a setting may change: what decides when an alarm comes, goes and how urgent it is."""
TIME_MAX_S = 86_400.0
COUNT_MAX = 1000


class SettingFault(StrEnum):
    """Why a setting cannot be tried."""

    FORM = "form"
    """Not `asset-or-type.alarm.field=value`."""
    OWNER = "owner"
    """Neither an asset nor a type of the site."""
    ALARM = "alarm"
    FIELD = "field"
    VALUE = "value"


class BadSetting(GwanjeError):
    """A setting that cannot be tried: `text` as given, `fault`, the `part` that is wrong and what is `known`."""

    def __init__(self, text: str, fault: SettingFault, part: str = "", known: str = "") -> None:
        self.text = text
        self.fault = fault
        self.part = part
        self.known = known
        super().__init__(f"{text}: {fault} {part}")


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one alarm of an asset or of every asset of a type."""

    text: str
    owner: str
    alarm: str
    field: str
    value: str


def read_setting(text: str) -> Setting:
    """A setting as typed; the owner may hold dots. Raises BadSetting."""
    place, equals, value = text.partition("=")
    parts = place.strip().rsplit(".", 2)
    if not equals or len(parts) != 3 or not all(parts):
        raise BadSetting(text, SettingFault.FORM)
    if parts[2] not in FIELDS:
        raise BadSetting(text, SettingFault.FIELD, parts[2], ", ".join(FIELDS))
    return Setting(text=text, owner=parts[0], alarm=parts[1], field=parts[2], value=value.strip())


def changed_catalogue(site: Site, settings: Iterable[Setting]) -> Catalogue:
    """The site's catalogue with `settings` tried; numbers of tags and alarms stay. Raises BadSetting."""
    catalogue = Catalogue(site)
    chosen = list(settings)
    for setting in [s for s in chosen if s.owner not in catalogue.assets]:
        if setting.owner not in catalogue.types:
            raise BadSetting(setting.text, SettingFault.OWNER, setting.owner)
        _apply(catalogue, setting, [p for p in catalogue.alarms if p.asset.type == setting.owner])
    for setting in [s for s in chosen if s.owner in catalogue.assets]:
        _apply(catalogue, setting, [p for p in catalogue.alarms if p.asset.id == setting.owner])
    return catalogue


def _apply(catalogue: Catalogue, setting: Setting, points: Iterable[AlarmPoint]) -> None:
    owned = list(points)
    named = [point for point in owned if point.alarm.name == setting.alarm]
    if not named:
        known = ", ".join(sorted({point.alarm.name for point in owned}))
        raise BadSetting(setting.text, SettingFault.ALARM, setting.alarm, known)
    for point in named:
        catalogue.alarms[point.index] = replace(point, alarm=_changed(point.alarm, setting))


def _changed(definition: AlarmDef, setting: Setting) -> AlarmDef:
    try:
        value = msgspec.convert(setting.value, FIELDS[setting.field], strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(setting.text, SettingFault.VALUE, setting.value) from error
    if not _sound(setting.field, value):
        raise BadSetting(setting.text, SettingFault.VALUE, setting.value)
    return msgspec.structs.replace(definition, **{setting.field: value})


def _sound(field: str, value: float) -> bool:
    """Whether a number makes sense for a field."""
    if field == "priority":
        return 1 <= value <= 4
    if field == "count":
        return 1 <= value <= COUNT_MAX
    if field == "limit":
        return math.isfinite(value)
    return 0.0 <= value <= (TIME_MAX_S if field != "deadband" else math.inf) and math.isfinite(value)
