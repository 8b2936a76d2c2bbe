"""A directory for tests: an OpenID provider with the device code flow, over real HTTP on loopback, with real keys."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT = "gwanje"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Keys:
    """An RSA and an elliptic key, and what the provider publishes of them."""

    def __init__(self, bits: int = 2048) -> None:
        self.rsa = rsa.generate_private_key(65537, bits)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        public, point = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        self.jwks = {
            "keys": [
                {"kty": "RSA", "kid": "r1", "alg": "RS256", "use": "sig", "n": number(public.n), "e": "AQAB"},
                {
                    "kty": "EC",
                    "kid": "e1",
                    "use": "sig",
                    "crv": "P-256",
                    "x": b64(point.x.to_bytes(32, "big")),
                    "y": b64(point.y.to_bytes(32, "big")),
                },
            ]
        }

    def sign(self, claims: dict[str, Any], alg: str = "RS256", **header: Any) -> str:
        """A token."""
        kid = {"RS256": "r1", "ES256": "e1"}.get(alg, "")
        first = b64(json.dumps({"alg": alg, "kid": kid, **header}).encode())
        signed = f"{first}.{b64(json.dumps(claims).encode())}"
        return f"{signed}.{b64(self._signature(signed.encode(), alg))}"

    def _signature(self, signed: bytes, alg: str) -> bytes:
        if alg == "RS256":
            return self.rsa.sign(signed, padding.PKCS1v15(), SHA256())
        if alg == "ES256":
            r, s = decode_dss_signature(self.ec.sign(signed, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return b""


@dataclass
class Provider:
    """What it says, and what it was asked."""

    url: str = ""
    keys: Keys = field(default_factory=Keys)
    alg: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims that replace the right ones."""
    groups: tuple[str, ...] = ("ops",)
    answers: list[str] = field(default_factory=list[str])
    """Errors of the token endpoint before it gives a token."""
    expires_in: float = 60.0
    issuer: str = ""
    """What the discovery document says, if not the truth."""
    status: int = 200
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append((path, fields))
        if path == "/.well-known/openid-configuration":
            return self.status, {
                "issuer": self.issuer or self.url,
                "device_authorization_endpoint": f"{self.url}/device",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "more": ["than", "we", "need"],
            }
        if path == "/keys":
            return 200, self.keys.jwks
        if path == "/device":
            return 200, {
                "device_code": "device-secret",
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.url}/login",
                "expires_in": self.expires_in,
                "interval": 0.05,
            }
        if self.answers:
            return 400, {"error": self.answers.pop(0)}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        nonce = next(fields["nonce"] for path, fields in reversed(self.asked) if path == "/device")
        right = {
            "iss": self.url,
            "sub": "4711",
            "aud": CLIENT,
            "iat": time.time(),
            "exp": time.time() + 300,
            "nonce": nonce,
            "name": "김철수",
            "preferred_username": "kim",
            "groups": list(self.groups),
        }
        return self.keys.sign({**right, **self.claims}, self.alg)


@contextmanager
def provider() -> Generator[Provider]:
    """A provider on a free port of loopback."""
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*told.answer(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*told.answer(self.path, {key: values[0] for key, values in parse_qs(body).items()}))

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", f"{told.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
