"""Secrets in the keyring of the operating system, or in memory only where that one is not safe (SEC-33)."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any, cast

log = logging.getLogger("link")

SERVICE = "gwanje"

_UNSAFE_ROOMS = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")


class StoreState(StrEnum):
    """Where secrets are kept; the words are `secrets.<value>`."""

    KEYRING = "keyring"
    MEMORY_ONLY = "memory_only"


class Credentials:
    """Secrets by name. `keyring` is imported at the first use, for it costs 0.1 s."""

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}
        self._backend: Any = None
        self._looked = False
        self.why = ""
        """Why there is no keyring, for the log; empty with one."""

    @property
    def state(self) -> StoreState:
        """Where secrets are kept here."""
        return StoreState.KEYRING if self._keyring() is not None else StoreState.MEMORY_ONLY

    def get(self, name: str) -> str:
        """The secret of a name, empty without one."""
        found: object = self._memory.get(name)
        backend = self._keyring()
        if found is None and backend is not None:
            try:
                found = backend.get_password(SERVICE, name)
            except self._errors() as error:
                self._give_up(error)
        return found if isinstance(found, str) else ""

    def put(self, name: str, secret: str) -> StoreState:
        """Keep a secret; says where it went."""
        backend = self._keyring()
        if backend is not None:
            try:
                backend.set_password(SERVICE, name, secret)
                self._memory.pop(name, None)
                return StoreState.KEYRING
            except self._errors() as error:
                self._give_up(error)
        self._memory[name] = secret
        return StoreState.MEMORY_ONLY

    def forget(self, name: str) -> None:
        """Delete a secret everywhere."""
        self._memory.pop(name, None)
        backend = self._keyring()
        if backend is not None and self.get(name):
            try:
                backend.delete_password(SERVICE, name)
            except self._errors() as error:
                self._give_up(error)

    def _keyring(self) -> Any:
        if not self._looked:
            self._looked = True
            import keyring

            backend = keyring.get_keyring()
            self.why = unsafe(backend)
            if self.why:
                log.warning("secrets are kept in memory only: %s", self.why)
            else:
                self._backend = backend
        return self._backend

    def _give_up(self, error: Exception) -> None:
        self.why = type(error).__name__
        self._backend = None
        log.warning("the keyring failed, secrets are kept in memory only: %s", self.why)

    @staticmethod
    def _errors() -> tuple[type[Exception], ...]:
        from keyring.errors import KeyringError

        return KeyringError, OSError, RuntimeError


def unsafe(backend: object) -> str:
    """Why a keyring backend is not trusted with secrets; empty when it is."""
    room = type(backend).__module__
    name = f"{room}.{type(backend).__name__}"
    if room.startswith(_UNSAFE_ROOMS) or "plaintext" in name.lower():
        return name
    if room == "keyring.backends.chainer":
        # A chain falls through to its next backend, so every link of it must be safe.
        inner = cast("tuple[object, ...]", getattr(backend, "backends", ()))
        return next((why for one in inner if (why := unsafe(one))), "" if inner else name)
    try:
        priority = float(cast("float", getattr(backend, "priority", 0)))
    except (RuntimeError, ValueError):
        priority = 0.0
    return "" if priority > 0 else name
