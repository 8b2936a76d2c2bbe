"""One family and six sizes; figures are tabular everywhere so that columns of numbers stand still."""

from __future__ import annotations

from enum import Enum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

_FAMILIES = (
    "Pretendard",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
)


class Role(Enum):
    """What a text is, in points at 96 dpi."""

    CAPTION = 9
    BODY = 10
    VALUE = 11
    SECTION = 13
    PLATE = 16
    """Value on top of a faceplate."""
    WALL = 28


@cache
def family() -> str:
    """The first Korean face this machine has, or the system's general face."""
    have = set(QFontDatabase.families())
    found = next((name for name in _FAMILIES if name in have), "")
    return found or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


@cache
def font(role: Role, *, strong: bool = False) -> QFont:
    """The font of `role`; `strong` is semi-bold, for values and titles."""
    made = QFont(family())
    made.setPointSizeF(float(role.value))
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return made
