"""Units as entities write them, UN/CEFACT common codes (Recommendation 20), as people do; pure."""

from __future__ import annotations

_CODES = {
    "CEL": "°C", "FAH": "°F", "KEL": "K", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "MTK": "m²", "MTQ": "m³",
    "LTR": "L", "MTS": "m/s", "KMH": "km/h", "MQS": "m³/s", "MQH": "m³/h", "P1": "%", "PAL": "Pa", "A97": "hPa",
    "KPA": "kPa", "BAR": "bar", "MBR": "mbar", "WTT": "W", "KWT": "kW", "MAW": "MW", "WHR": "Wh", "KWH": "kWh",
    "VLT": "V", "AMP": "A", "HTZ": "Hz", "LUX": "lx", "GP": "mg/m³", "GQ": "µg/m³", "59": "ppm", "2N": "dB", "DD": "°",
    "SEC": "s", "MIN": "min", "HUR": "h", "KGM": "kg", "TNE": "t", "C62": "", "E30": "", "H67": "mm/h",
}  # fmt: skip


def unit_of(code: str) -> str:
    """The unit of a code; a code that is not known stays as it is."""
    return _CODES.get(code, code)
