"""Delivery by HTTP POST of a JSON body. Blocking, for a thread of its own.

Nothing is followed anywhere else: a redirect counts as a failure, and neither a proxy nor a password of the environment
is used. A status of 2xx means that the receiver has it.
"""

from __future__ import annotations

import requests

from console.core.notification import Webhook
from console.core.profile.notify import safe_url
from console.hub.notify.delivery import ANSWER_S, CONNECT_S, Letter, NotDelivered


def post(webhook: Webhook, token: str, letter: Letter) -> None:
    """Raises NotDelivered."""
    if not safe_url(webhook.url):
        raise NotDelivered("the address is not allowed")
    headers = {"Idempotency-Key": letter.id, "User-Agent": "gwanje"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.post(
                webhook.url,
                json=letter.body,
                headers=headers,
                timeout=(CONNECT_S, ANSWER_S),
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except (requests.RequestException, ValueError, UnicodeError) as error:
            # The message of the error may hold the address; its kind says enough.
            raise NotDelivered(type(error).__name__) from error
    if not 200 <= status < 300:
        raise NotDelivered(f"HTTP {status}")
