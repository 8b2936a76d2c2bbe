"""Faces with Hangul that a report may be set in, the best first: those of the console, and others of their kind."""

from __future__ import annotations

FAMILIES = (
    "Pretendard",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
)
