"""The address of a request with its key, and texts in which the key can no longer be read; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from urllib.parse import quote, quote_plus, urljoin, urlsplit

HIDDEN = "***"
MAX_RETRY_AFTER_S = 86_400.0
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_PLACE = re.compile(r"\{(date|hour|time)\}")
_FORMS = {"date": "%Y%m%d", "hour": "%H", "time": "%H%M"}


def encoded_key(key: str) -> str:
    """A key as it stands in an address; data.go.kr hands out the same key in both forms, and one that is encoded
    already must not be encoded again.
    """
    return key if _ENCODED.search(key) else quote(key, safe="")


def address(url: str, query: Mapping[str, str]) -> str:
    """The address with more parameters; their values are encoded already."""
    if not query:
        return url
    joined = "&".join(f"{quote(name, safe='')}={value}" for name, value in query.items())
    return f"{url}{'&' if urlsplit(url).query else '?'}{joined}"


def filled(url: str, now: float, zone: tzinfo, back_s: float, step_s: float) -> str:
    """The address with `{date}`, `{hour}` and `{time}` filled: local time `back_s` ago, down to `step_s`."""
    local = datetime.fromtimestamp(now - back_s, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = (local - midnight).total_seconds()
    base = midnight + timedelta(seconds=seconds - seconds % step_s)
    return _PLACE.sub(lambda place: base.strftime(_FORMS[place[1]]), url)


def same_place(url: str, location: str) -> str:
    """The address a redirect leads to if that is the same scheme, host and port; empty if it is another place."""
    target = urljoin(url, location)
    here, there = urlsplit(url), urlsplit(target)
    try:
        same = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
    except ValueError:
        return ""
    return target if same and not there.username and not there.password else ""


def retry_after_s(value: str, now: float) -> float:
    """Seconds of a Retry-After header in either of its forms (RFC 9110, 10.2.3); 0 for none."""
    text = value.strip()
    if text.isdecimal() and len(text) < 10:
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return 0.0
    then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
    return min(max(then.timestamp() - now, 0.0), MAX_RETRY_AFTER_S)


class Redactor:
    """Takes a key out of texts, in whatever form it was written."""

    def __init__(self, key: str = "") -> None:
        forms = {key, quote(key, safe=""), quote_plus(key), encoded_key(key)} if key else set[str]()
        self._forms = sorted(forms, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without the key."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def clean_bytes(self, data: bytes) -> bytes:
        """The bytes without the key."""
        for form in self._forms:
            data = data.replace(form.encode(), HIDDEN.encode())
        return data
