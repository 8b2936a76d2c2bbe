"""How a console proves that it knows the hub's launch secret without sending it (SEC-20, SEC-23)."""

from __future__ import annotations

import hashlib
import hmac

NONCE_BYTES = 32


def proof(secret: str, nonce: str) -> str:
    """HMAC-SHA256 (hex) of the challenge's nonce; worth nothing on any other connection."""
    return hmac.new(secret.encode(), nonce.encode(), hashlib.sha256).hexdigest()
