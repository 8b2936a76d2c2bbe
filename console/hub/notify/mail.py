"""Delivery by mail. Blocking, for a thread of its own. Certificates are verified; no password goes out in the open."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from console.core.notification import Mail, MailSecurity
from console.core.profile.notify import is_loopback
from console.hub.notify.delivery import ANSWER_S, Letter, NotDelivered

log = logging.getLogger("alarm")


def send(mail: Mail, password: str, letter: Letter) -> None:
    """Raises NotDelivered."""
    if mail.security is MailSecurity.NONE and not is_loopback(mail.host):
        raise NotDelivered("the address is not allowed")
    try:
        with _connected(mail) as server:
            if mail.security is MailSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, password)
            refused = server.send_message(_message(mail, letter))
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"SMTP {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotDelivered(type(error).__name__) from error
    if refused:
        # The others have it: telling them again would not help this one.
        log.warning("mail %s: the server refused %s of %s addresses", letter.id, len(refused), len(mail.to))


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.security is MailSecurity.TLS:
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=ANSWER_S, context=ssl.create_default_context())
    return smtplib.SMTP(mail.host, mail.port, timeout=ANSWER_S)


def _message(mail: Mail, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = letter.title
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = format_datetime(localtime())
    message["X-Gwanje-Notice"] = letter.id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
