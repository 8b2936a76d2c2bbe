"""Secrets of receivers by name: from the keyring of the hub's account, else from the environment; never from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from console.hub.ledger.keys import safe_keyring
from console.hub.notify.delivery import NotDelivered

SERVICE = "gwanje"
PREFIX = "GWANJE_SECRET_"


class Keys:
    """Looks a secret up each time, so that a changed one needs no restart."""

    def __init__(self, environment: Mapping[str, str] | None = None, backend: Any = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._backend = backend
        self._looked = backend is not None

    def find(self, name: str) -> str:
        """The secret of `name`, empty for no name. Blocking. Raises NotDelivered where there is none."""
        if not name:
            return ""
        found = self._environment.get(PREFIX + name.upper(), "") or self._kept(name)
        if not found:
            raise NotDelivered(f"no secret named {name}")
        return found

    def _kept(self, name: str) -> str:
        from keyring.errors import KeyringError

        if not self._looked:
            self._backend, self._looked = safe_keyring(), True
        if self._backend is None:
            return ""
        try:
            return str(self._backend.get_password(SERVICE, name) or "")
        except (KeyringError, OSError, RuntimeError) as error:
            raise NotDelivered(f"keyring: {type(error).__name__}") from error
