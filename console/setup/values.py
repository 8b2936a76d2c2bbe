"""Values of the command line: each takes the typed text and raises `ArgumentTypeError` with one sentence."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from urllib.parse import urlsplit

from console.setup.arguments import Address
from console.setup.help_words import help_text

_LONGEST_NAME = 60
_HUB_SCHEMES = ("ws", "wss", "http", "https")
_FEED_SCHEMES = ("ws", "wss", "http", "https", "mqtt", "mqtts", "opc.tcp", "tcp", "udp")


def _bad(key: str, **fields: object) -> ArgumentTypeError:
    # argparse runs its own %-formatting over messages.
    return ArgumentTypeError(help_text(f"bad.{key}", **fields).replace("%", "%%"))


def address(text: str) -> Address:
    """`HOST:PORT`, an IPv6 host in brackets."""
    host, colon, digits = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if (
        not colon
        or not host
        or not (digits.isascii() and digits.isdigit())
        or (":" in host and not bracketed)
    ):
        raise _bad("address", text=text)
    if int(digits) > 65535:
        raise _bad("port", text=text)
    return Address(host, int(digits))


def name(text: str) -> str:
    """A name that files and certificates can carry: letters of any language, figures, blanks and `-_.` inside."""
    if (
        not 0 < len(text) <= _LONGEST_NAME
        or not text[0].isalnum()
        or not all(c.isalnum() or c in "-_. " for c in text)
    ):
        raise _bad("name", text=text[:60])
    return text


def folder(text: str) -> Path:
    """A folder that exists; returned absolute."""
    path = Path(text).expanduser()
    if path.is_file():
        raise _bad("file", text=text)
    if not path.is_dir():
        raise _bad("folder", text=text)
    return path.resolve()


def new_folder(text: str) -> Path:
    """A folder that exists or may be made; returned absolute."""
    path = Path(text).expanduser()
    if path.is_file():
        raise _bad("file", text=text)
    return path.resolve()


def file(text: str) -> Path:
    """A file that exists, returned absolute; `-` is standard input."""
    path = Path(text).expanduser()
    if text == "-":
        return path
    if not path.exists() or path.is_dir():
        raise _bad("no_file", text=text)
    return path.resolve()


def there(text: str) -> Path:
    """A file or a folder that exists, returned absolute."""
    path = Path(text).expanduser()
    if not path.exists():
        raise _bad("no_file", text=text)
    return path.resolve()


def new_file(text: str) -> Path:
    """A file that may be written in a folder that exists; returned absolute."""
    path = Path(text).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise _bad("new_file", text=text)
    return path.resolve()


def page(text: str) -> Path:
    """A file of Markdown or HTML that may be written; returned absolute."""
    path = new_file(text)
    if path.suffix not in (".md", ".html"):
        raise _bad("page", text=text)
    return path


def _url(text: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise _bad("url", text=text, schemes=", ".join(schemes))
    return text


def hub_url(text: str) -> str:
    """Address of a hub."""
    return _url(text, _HUB_SCHEMES)


def copy_target(text: str) -> str:
    """Where the ledger is copied to: a file that may be written, tls://, or tcp:// on this computer."""
    if "://" not in text:
        return str(new_file(text))
    _url(text, ("tls", "tcp"))
    parts = urlsplit(text)
    if parts.scheme == "tcp" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise _bad("url", text=text, schemes="tls")
    return text


def witness_url(text: str) -> str:
    """Where a head is posted to: https, or http on this computer."""
    _url(text, ("http", "https"))
    parts = urlsplit(text)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise _bad("url", text=text, schemes="https")
    return text


def feed(text: str) -> tuple[str, str]:
    """`NAME=URL`."""
    name, equals, url = text.partition("=")
    if not equals or not name.strip() or not url:
        raise _bad("feed", text=text)
    return name.strip(), _url(url, _FEED_SCHEMES)


def feeds(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Endpoints by name; a name given twice is an error."""
    found: dict[str, str] = {}
    for name, url in pairs:
        if name in found:
            raise _bad("feed_twice", text=name)
        found[name] = url
    return found


def whole(text: str) -> int:
    """A whole number of 0 or more."""
    if not (text.isascii() and text.isdigit()):
        raise _bad("whole", text=text)
    return int(text)


def port(text: str) -> int:
    """One port."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 65535:
        raise _bad("one_port", text=text)
    return int(text)


def port_base(text: str) -> int:
    """First of three ports."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 65533:
        raise _bad("port_base", text=text)
    return int(text)


def speed(text: str) -> float:
    """A factor above 0 and up to 3600; NaN is not one."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 3600.0:
        raise _bad("speed", text=text)
    return value


def seconds(text: str) -> float:
    """How long, above 0 and up to a week."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 604_800.0:
        raise _bad("seconds", text=text)
    return value


def feed_url(text: str) -> str:
    """Address of a source of the city."""
    return _url(text, _FEED_SCHEMES)
