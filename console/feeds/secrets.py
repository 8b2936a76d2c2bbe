"""Passwords and keys of sources by name: from the environment, else from a safe keyring; never from a profile."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, cast

from console.feeds.base import FeedDown

SERVICE = "gwanje"
PREFIX = "GWANJE_FEED_"
_UNSAFE_ROOMS = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def check_name(feed: str, option: str, name: str) -> str:
    """The name of a secret as a profile writes it, empty for none; raises ValueError naming feed and option."""
    if name and not _NAME.fullmatch(name):
        raise ValueError(f"{feed}: option {option} must be the name of a secret: letters, digits, . _ -")
    return name


def variable(name: str) -> str:
    """Environment variable that carries the secret of this name."""
    return PREFIX + re.sub(r"[.-]", "_", name).upper()


def find_secret(name: str, environment: Mapping[str, str] | None = None, backend: Any = None) -> str:
    """The secret of `name`, empty for no name. Blocking: a keyring may ask its owner.

    It is looked up each time, so that a changed one needs no restart. Raises FeedDown `no_secret`.
    """
    if not name:
        return ""
    known = os.environ if environment is None else environment
    found = known.get(variable(name), "") or _kept(name, backend)
    if not found:
        raise FeedDown("no_secret", name, refused=True)
    return found


def _kept(name: str, backend: Any) -> str:
    import keyring
    from keyring.backends import chainer
    from keyring.errors import KeyringError

    try:
        kept: Any = keyring.get_keyring() if backend is None else backend
        if isinstance(kept, chainer.ChainerBackend):
            backends = cast("list[Any]", kept.backends)
            kept = next((one for one in backends if _is_safe(one)), None)
        if kept is None or not _is_safe(kept):
            return ""
        return str(kept.get_password(SERVICE, name) or "")
    except (KeyringError, OSError, RuntimeError) as error:
        raise FeedDown("no_secret", f"{name}: keyring: {type(error).__name__}", refused=True) from error


def _is_safe(backend: Any) -> bool:
    """A keyring that keeps secrets in the open, or keeps none, is not one (SEC-33)."""
    return float(backend.priority) >= 1 and not type(backend).__module__.startswith(_UNSAFE_ROOMS)
