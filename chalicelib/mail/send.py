"""Sending a mail now: by the mail server of the settings, else by SES; the local stage has a mailbox."""

from chalicelib.config import Config, get_config
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.message import Message
from chalicelib.mail.mime import Letter, Sender, as_letter
from chalicelib.mail.ses import send_by_ses
from chalicelib.mail.smtp import send_by_smtp
from chalicelib.settings.load import get_settings
from chalicelib.settings.model import DEFAULTS, Meta
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.mailbox import keep_mail

# These stages keep their mails. Any other is on AWS, whatever it is called.
WITH_MAILBOX: tuple[str, ...] = ("local",)


def send_now(message: Message) -> None:
    """Send a mail, within 25 seconds. Raises MailFailed."""
    config, settings = get_config(), get_settings()
    letter = _write(message, sender_of(settings.meta, config))
    if settings.smtp.enabled:
        send_by_smtp(letter, settings.smtp)
    elif config.stage in WITH_MAILBOX:
        _keep(letter.source)
    else:
        send_by_ses(letter)


def _write(message: Message, sender: Sender) -> Letter:
    try:
        return as_letter(message, sender)
    except ValueError as error:
        raise MailFailed(f"{type(error).__name__}: the mail cannot be written") from error


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
