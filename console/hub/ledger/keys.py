"""The hub's signing key: in the keyring of the operating system where that is safe, else in a file of its owner.

Decision 0100 says why, and what follows for a copy of the data directory.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, cast

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from console.core.ledger.heads import (
    Head,
    KeyEntry,
    Seal,
    fingerprint,
    hand_over_bytes,
    head_bytes,
    seal_bytes,
)

log = logging.getLogger("app")

SERVICE = "gwanje-ledger"
KEYRING_S = 10.0
"""Longest wait for the keyring; it may ask somebody to unlock it, and a hub must start."""
KEY_FILE = "ledger.key"
PUBLIC_FILE = "ledger.pub"
_UNSAFE_ROOMS = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")


class KeyLocked(Exception):
    """There is a keyring that may have the key, and it does not give it now."""


class Signer:
    """One private key. `kept` says where it is: `keyring` or `file`."""

    def __init__(self, key: Ed25519PrivateKey, kept: str = "") -> None:
        self._key = key
        self.kept = kept
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.fingerprint = fingerprint(self.public)

    @classmethod
    def new(cls) -> Self:
        """A key that nobody has yet."""
        return cls(Ed25519PrivateKey.generate())

    def secret(self) -> bytes:
        """The 32 bytes to be kept."""
        return self._key.private_bytes_raw()

    def head(self, head: Head) -> Head:
        """The head with this key's signature."""
        named = msgspec.structs.replace(head, key=self.fingerprint)
        return msgspec.structs.replace(named, signature=self._key.sign(head_bytes(named)))

    def seal(self, seal: Seal) -> Seal:
        """The seal with this key's signature."""
        named = msgspec.structs.replace(seal, key=self.fingerprint)
        return msgspec.structs.replace(named, signature=self._key.sign(seal_bytes(named)))

    def takes_over(self, old: Signer, since: int) -> KeyEntry:
        """This key after `old`, signed by both."""
        message = hand_over_bytes(old.public, self.public, since)
        return KeyEntry(self.public, since, old.sign(message), self.sign(message))

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


class KeyStore:
    """Where the private key of one data directory is; `backend` finds the keyring, or gives None for a file."""

    def __init__(self, folder: Path, backend: Callable[[], Any] | None = None) -> None:
        self._folder = folder
        self._find = backend or safe_keyring

    def load(self) -> Signer | None:
        """The key that signs here, None where there is none (any more). Raises KeyLocked."""
        public = read_public(self._folder / PUBLIC_FILE)
        if public is None:
            return None
        secret = self._from_file()
        kept = "file"
        if secret is None:
            kept = "keyring"
            secret = self._from_keyring(fingerprint(public).hex())
        if secret is None:
            return None
        signer = Signer(Ed25519PrivateKey.from_private_bytes(secret), kept)
        return signer if signer.public == public else None

    def keep(self, signer: Signer) -> None:
        """Keep a new key and publish its public half as `ledger.pub`; raises OSError."""
        signer.kept = self._keep(signer.fingerprint.hex(), signer.secret())
        self._publish(signer)

    def _publish(self, signer: Signer) -> None:
        path = self._folder / PUBLIC_FILE
        old = read_public(path)
        if old is not None:
            path.rename(self._folder / f"ledger-{fingerprint(old).hex()[:12]}.pub")
        public = Ed25519PublicKey.from_public_bytes(signer.public)
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _write_owned(path, f"# SHA-256 {signer.fingerprint.hex()}\n".encode() + pem)

    def _keep(self, name: str, secret: bytes) -> str:
        path = self._folder / KEY_FILE
        try:
            backend = _within(self._find)
            if backend is not None:
                _within(lambda: backend.set_password(SERVICE, name, secret.hex()))
                path.unlink(missing_ok=True)
                return "keyring"
        except KeyLocked as error:
            log.warning("the keyring takes no key, it is kept in a file: %s", error)
        _write_owned(path, secret.hex().encode() + b"\n")
        return "file"

    def _from_file(self) -> bytes | None:
        try:
            return _secret((self._folder / KEY_FILE).read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            return None

    def _from_keyring(self, name: str) -> bytes | None:
        backend = _within(self._find)
        found: object = None
        if backend is not None:
            found = _within(lambda: backend.get_password(SERVICE, name))
        return _secret(found) if isinstance(found, str) else None


def read_public(path: Path) -> bytes | None:
    """The 32 bytes of a public key: PEM, as `ledger.pub` has it, or 64 hex digits; None if it is neither."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    begin = data.find(b"-----BEGIN")
    if begin < 0:
        return _secret(data.decode("ascii", "replace"))
    try:
        key = load_pem_public_key(data[begin:])
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, Ed25519PublicKey):
        return None
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def safe_keyring() -> Any:
    """The keyring of this operating system; None where there is none or it keeps secrets in the open (SEC-33)."""
    import keyring
    from keyring.backends import chainer

    backend: Any = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        backends = cast("list[Any]", backend.backends)
        backend = next((one for one in backends if _is_safe(one)), None)
    return backend if backend is not None and _is_safe(backend) else None


def _is_safe(backend: Any) -> bool:
    room = type(backend).__module__
    with contextlib.suppress(*_keyring_errors()):
        return float(backend.priority) >= 1 and not room.startswith(_UNSAFE_ROOMS)
    return False


def _keyring_errors() -> tuple[type[BaseException], ...]:
    from keyring.errors import KeyringError

    return (KeyringError, RuntimeError, OSError)


def _within(ask: Callable[[], Any]) -> Any:
    """What the keyring answers. Raises KeyLocked when it fails, or waits for a person who may not be there."""
    answers: queue.SimpleQueue[tuple[Any, str]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((ask(), ""))
        except _keyring_errors() as error:
            answers.put((None, type(error).__name__))

    threading.Thread(target=work, name="keyring", daemon=True).start()
    try:
        answer, why = answers.get(timeout=KEYRING_S)
    except queue.Empty:
        raise KeyLocked("no answer") from None
    if why:
        raise KeyLocked(why)
    return answer


def _secret(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        return None
    return found if len(found) == 32 else None


def _write_owned(path: Path, data: bytes) -> None:
    new = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
