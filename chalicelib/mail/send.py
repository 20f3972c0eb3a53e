"""Sending a mail now: by the mail server of the settings, else by SES; the local stage has a mailbox."""

from chalicelib.config import Config, get_config
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.message import Message
from chalicelib.mail.mime import Sender, as_bytes
from chalicelib.mail.ses import send_by_ses
from chalicelib.mail.smtp import send_by_smtp
from chalicelib.settings.load import get_settings
from chalicelib.settings.model import DEFAULTS, Meta
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.mailbox import keep_mail

# These stages have no SES.
WITH_MAILBOX = ("local", "test")


def send_now(message: Message) -> None:
    """Send a mail. Raises MailFailed."""
    config, settings = get_config(), get_settings()
    sender = sender_of(settings.meta, config)
    mail = as_bytes(message, sender)
    if settings.smtp.enabled:
        send_by_smtp(mail, sender, message.to, settings.smtp)
    elif config.stage in WITH_MAILBOX:
        _keep(mail)
    else:
        send_by_ses(mail, sender, message.to)


def _keep(mail: bytes) -> None:
    try:
        keep_mail(mail)
    except ItemTooLarge as error:
        raise MailFailed("the mail is too large for the mailbox") from error


def sender_of(meta: Meta, config: Config) -> Sender:
    """Who mails are from: the settings' sender; while nobody has set one, the stage's."""
    is_set = meta.sender_address != DEFAULTS.meta.sender_address
    return Sender(
        meta.sender_name, meta.sender_address if is_set else config.mail_sender or meta.sender_address
    )
