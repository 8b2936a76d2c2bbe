"""Checks a signed token of the site's directory: RS256 or ES256 with a key of the issuer, nothing else (RFC 7515).

Raises TokenRefused with a short reason for the log; whoever signs in is told none of it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

LEEWAY_S = 60
MAX_TOKEN = 64 * 1024
_LEAST_RSA_BITS = 2048
_P256 = 32


class TokenRefused(Exception):
    """The token proves nothing; `args[0]` says why."""


class Jwk(msgspec.Struct, frozen=True):
    """A public key of the issuer; fields that are not used are left out."""

    kty: str
    kid: str = ""
    alg: str = ""
    use: str = "sig"
    n: str = ""
    e: str = ""
    crv: str = ""
    x: str = ""
    y: str = ""


class Jwks(msgspec.Struct, frozen=True):
    """The issuer's keys."""

    keys: tuple[Jwk, ...]


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str = ""
    crit: tuple[str, ...] | None = None


class Claims(msgspec.Struct, frozen=True):
    """What the token says; times are seconds since 1970."""

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: float
    iat: float = 0.0
    nbf: float = 0.0
    nonce: str = ""
    azp: str = ""
    name: str = ""
    preferred_username: str = ""
    groups: tuple[str, ...] = ()


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the claims must say; `at_s` is now in seconds since 1970."""

    issuer: str
    audience: str
    nonce: str
    at_s: float


def verified(token: str, keys: Jwks, expected: Expected) -> Claims:
    """The claims of a token that the issuer has signed for us and that holds now. Raises TokenRefused."""
    if len(token) > MAX_TOKEN:
        raise TokenRefused("too long")
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenRefused("not three parts")
    header = _json(_bytes(parts[0]), _Header)
    if header.alg not in _CHECKS or header.crit is not None:
        raise TokenRefused("algorithm")
    key = _key(keys, header)
    try:
        _CHECKS[header.alg](key, _bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode("ascii"))
    except (InvalidSignature, ValueError, UnicodeEncodeError) as error:
        raise TokenRefused("signature") from error
    claims = _json(_bytes(parts[1]), Claims)
    _check_claims(claims, expected)
    return claims


def _check_claims(claims: Claims, expected: Expected) -> None:
    audience = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    if claims.iss != expected.issuer:
        raise TokenRefused("issuer")
    if expected.audience not in audience or (len(audience) > 1 and claims.azp != expected.audience):
        raise TokenRefused("audience")
    if claims.exp <= expected.at_s - LEEWAY_S:
        raise TokenRefused("expired")
    if max(claims.nbf, claims.iat) > expected.at_s + LEEWAY_S:
        raise TokenRefused("not yet valid")
    # The device flow does not promise a nonce; one that is there must be ours.
    if claims.nonce and claims.nonce != expected.nonce:
        raise TokenRefused("nonce")
    if not claims.sub:
        raise TokenRefused("subject")


def _key(keys: Jwks, header: _Header) -> Jwk:
    kind = "RSA" if header.alg == "RS256" else "EC"
    fit = [
        key for key in keys.keys if key.kty == kind and key.use in ("", "sig") and key.alg in ("", header.alg)
    ]
    named = [key for key in fit if key.kid == header.kid] if header.kid else fit
    if len(named) != 1:
        raise TokenRefused("key")
    return named[0]


def _check_rs256(key: Jwk, signature: bytes, signed: bytes) -> None:
    public = rsa.RSAPublicNumbers(_number(key.e), _number(key.n)).public_key()
    if public.key_size < _LEAST_RSA_BITS:
        raise TokenRefused("weak key")
    public.verify(signature, signed, padding.PKCS1v15(), SHA256())


def _check_es256(key: Jwk, signature: bytes, signed: bytes) -> None:
    if key.crv != "P-256" or len(signature) != 2 * _P256:
        raise TokenRefused("curve")
    public = ec.EllipticCurvePublicNumbers(_number(key.x), _number(key.y), ec.SECP256R1()).public_key()
    r, s = signature[:_P256], signature[_P256:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    public.verify(der, signed, ec.ECDSA(SHA256()))


_CHECKS: dict[str, Callable[[Jwk, bytes, bytes], None]] = {"RS256": _check_rs256, "ES256": _check_es256}


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")


def _bytes(text: str) -> bytes:
    """Base64url without padding."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("not base64url") from error


def _json(data: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TokenRefused("not what a token says") from error
