"""The signing key of this workstation: in the keyring of the operating system where that is safe, else in a file that
only its owner can read (SEC-33).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

SERVICE = "gwanje-report"
KEY_FILE, PUBLIC_FILE = "report.key", "report.pub"
_UNSAFE_ROOMS = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")


def load_key(folder: Path, backend: Callable[[], Any] | None = None) -> Ed25519PrivateKey:
    """The key of `folder`, made when there is none; `report.pub` has its public half. Raises OSError."""
    find = backend or safe_keyring
    public = read_public(folder / PUBLIC_FILE)
    if public is not None:
        secret = _from_file(folder / KEY_FILE) or _from_keyring(find(), public.hex())
        if secret is not None:
            key = Ed25519PrivateKey.from_private_bytes(secret)
            if public_of(key) == public:
                return key
    return _made(folder, find())


def public_of(key: Ed25519PrivateKey) -> bytes:
    """Its 32 public bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def read_public(path: Path) -> bytes | None:
    """The 32 bytes of a public key in PEM or in 64 hex digits; None if it is neither."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    begin = data.find(b"-----BEGIN")
    if begin < 0:
        return _bytes(data.decode("ascii", "replace"))
    try:
        key = load_pem_public_key(data[begin:])
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, Ed25519PublicKey):
        return None
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def safe_keyring() -> Any:
    """The keyring of this operating system; None where there is none or it keeps secrets in the open."""
    import keyring
    from keyring.backends import chainer

    backend: Any = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        backends = cast("list[Any]", backend.backends)
        backend = next((one for one in backends if _is_safe(one)), None)
    return backend if backend is not None and _is_safe(backend) else None


def _made(folder: Path, backend: Any) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = public_of(key)
    if not _kept_in_keyring(backend, public.hex(), key.private_bytes_raw().hex()):
        _write_owned(folder / KEY_FILE, key.private_bytes_raw().hex().encode() + b"\n")
    old = read_public(folder / PUBLIC_FILE)
    if old is not None:
        # What the key before this one has signed can still be checked.
        (folder / PUBLIC_FILE).replace(folder / f"report-{sha256(old).hexdigest()[:12]}.pub")
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_owned(folder / PUBLIC_FILE, pem)
    return key


def _kept_in_keyring(backend: Any, name: str, secret: str) -> bool:
    if backend is None:
        return False
    with contextlib.suppress(*_keyring_errors()):
        backend.set_password(SERVICE, name, secret)
        return True
    return False


def _from_keyring(backend: Any, name: str) -> bytes | None:
    if backend is None:
        return None
    with contextlib.suppress(*_keyring_errors()):
        found: object = backend.get_password(SERVICE, name)
        return _bytes(found) if isinstance(found, str) else None
    return None


def _from_file(path: Path) -> bytes | None:
    try:
        return _bytes(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        return None


def _is_safe(backend: Any) -> bool:
    room = type(backend).__module__
    with contextlib.suppress(*_keyring_errors()):
        return float(backend.priority) >= 1 and not room.startswith(_UNSAFE_ROOMS)
    return False


def _keyring_errors() -> tuple[type[BaseException], ...]:
    from keyring.errors import KeyringError

    return (KeyringError, RuntimeError, OSError)


def _bytes(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        return None
    return found if len(found) == 32 else None


def _write_owned(path: Path, data: bytes) -> None:
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
