"""Secrets only in a safe keyring, else only in memory."""

from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordSetError

from console.client.credentials import SERVICE, Credentials, StoreState, unsafe


class SafeBackend(KeyringBackend):
    """A keyring as a desktop has it."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise PasswordSetError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class PlaintextKeyring(SafeBackend):
    """A file anyone can read."""


class ChainOfUnsafe(chainer.ChainerBackend):
    """A chain that falls through to a null backend."""

    backends = [SafeBackend(), null.Keyring()]  # type: ignore[assignment] # noqa: RUF012


ChainOfUnsafe.__module__ = "keyring.backends.chainer"


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> SafeBackend:
    backend = SafeBackend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.mark.parametrize("backend", [null.Keyring(), fail.Keyring(), PlaintextKeyring(), ChainOfUnsafe()])
def test_unsafe_backends_are_refused(backend: KeyringBackend) -> None:
    """SEC-33: plaintext, null and fail backends are refused, also inside a chain."""
    assert unsafe(backend)


def test_safe_backend_is_trusted() -> None:
    assert unsafe(SafeBackend()) == ""


@pytest.mark.expects_log("link")
def test_without_a_safe_keyring_secrets_stay_in_memory() -> None:
    """SEC-33: memory only, and the reason can be told."""
    credentials = Credentials()
    assert credentials.put("hub", "canary") is StoreState.MEMORY_ONLY
    assert credentials.get("hub") == "canary"
    assert "null" in credentials.why
    assert Credentials().get("hub") == ""


def test_secret_goes_into_the_keyring(safe: SafeBackend) -> None:
    credentials = Credentials()
    assert credentials.put("hub", "canary") is StoreState.KEYRING
    assert safe.kept == {(SERVICE, "hub"): "canary"}
    assert Credentials().get("hub") == "canary"
    credentials.forget("hub")
    assert credentials.get("hub") == ""


@pytest.mark.expects_log("link")
def test_keyring_that_fails_is_left_for_memory(safe: SafeBackend, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-33: and the secret is in no log."""
    safe.broken = True
    credentials = Credentials()
    assert credentials.put("hub", "canary") is StoreState.MEMORY_ONLY
    assert credentials.get("hub") == "canary"
    assert credentials.state is StoreState.MEMORY_ONLY
    assert "canary" not in caplog.text
