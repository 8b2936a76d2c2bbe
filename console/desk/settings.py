"""Settings of this seat, declared once as data, kept as an INI file below the data folder."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

log = logging.getLogger("ui")

Value = str | int | float | bool | bytes


@dataclass(frozen=True, slots=True)
class SettingDef:
    """One setting of its default's type; a stored value outside `choices` or bounds reads as the default."""

    key: str
    default: Value
    choices: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None


SETTINGS: tuple[SettingDef, ...] = (
    SettingDef("language", "", ("", "ko", "en")),  # empty: that of the system
    SettingDef("theme", "day", ("day", "dusk", "night", "bright")),
    SettingDef("map_kind", "auto", ("auto", "web", "native")),
    SettingDef("time_span_s", 900.0, low=60.0, high=30 * 86400.0),
    SettingDef("density", "normal", ("compact", "normal", "touch")),
    SettingDef("sound", True),
    SettingDef("sound_volume", 0.7, low=0.2, high=1.0),  # HMI-20: the floor
    SettingDef("spoken_alarms", False),
    SettingDef("lock_docks", False),
    SettingDef("workspace", "overview"),
    SettingDef("last_asset", ""),
    SettingDef("geometry", b""),
    SettingDef("layout", b""),
    SettingDef("perspectives", b""),
    SettingDef("alarm_columns", b""),
    SettingDef("hub_url", ""),
    SettingDef("report_folder", ""),  # empty: below the documents of the user
    SettingDef("report_lang", "ko", ("ko", "en", "both")),
    SettingDef("report_formats", "pdf,xlsx"),
)


class Settings(QObject):
    """Typed look-up and storing of the declared settings. Raises KeyError for one that is not declared."""

    setting_changed = Signal(str)
    """Key of the setting."""

    def __init__(
        self, path: Path, declared: tuple[SettingDef, ...] = SETTINGS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._declared = {setting.key: setting for setting in declared}
        self._over: dict[str, Value] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._store = QSettings(str(path), QSettings.Format.IniFormat, self)

    def text(self, key: str) -> str:
        """A text setting."""
        return str(self._value(key))

    def number(self, key: str) -> float:
        """A number setting."""
        value = self._value(key)
        return float(value) if isinstance(value, int | float) else 0.0

    def flag(self, key: str) -> bool:
        """A yes-or-no setting."""
        return bool(self._value(key))

    def blob(self, key: str) -> bytes:
        """A state that a library wrote, such as a dock layout."""
        value = self._value(key)
        return value if isinstance(value, bytes) else b""

    def put(self, key: str, value: Value) -> None:
        """Store a setting; raises ValueError when it is not of its type, choices or bounds."""
        setting = self._declared[key]
        if not _fits(setting, value):
            raise ValueError(f"{key} cannot be {value!r}")
        self._over.pop(key, None)
        if value == self._value(key):
            return
        self._store.setValue(key, QByteArray(value) if isinstance(value, bytes) else value)
        self.setting_changed.emit(key)

    def override(self, key: str, value: Value) -> None:
        """Use a value of the command line for this run without storing it; raises ValueError as `put`."""
        if not _fits(self._declared[key], value):
            raise ValueError(f"{key} cannot be {value!r}")
        self._over[key] = value
        self.setting_changed.emit(key)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()
        if self._store.status() is not QSettings.Status.NoError:
            log.warning("settings cannot be written: %s", self._store.status().name)

    def _value(self, key: str) -> Value:
        setting = self._declared[key]
        if key in self._over:
            return self._over[key]
        stored: object = self._store.value(key)
        value = _read(setting.default, stored)
        return value if value is not None and _fits(setting, value) else setting.default


def _read(default: Value, stored: object) -> Value | None:
    # An INI file gives texts back, whatever was put in.
    if stored is None:
        return None
    if isinstance(default, bytes):
        return bytes(stored.data()) if isinstance(stored, QByteArray) else None
    if isinstance(default, bool):
        return str(stored).lower() in ("true", "1")
    if isinstance(default, int | float):
        try:
            return float(str(stored))
        except ValueError:
            return None
    return str(stored)


def _fits(setting: SettingDef, value: Value) -> bool:
    if isinstance(setting.default, int | float) and not isinstance(setting.default, bool):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low = -1e300 if setting.low is None else setting.low
        high = 1e300 if setting.high is None else setting.high
        return low <= value <= high
    return type(value) is type(setting.default) and (not setting.choices or value in setting.choices)
