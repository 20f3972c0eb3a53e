"""Whether the stage may send mail as it is going to: tells, and changes nothing."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.deploy.aws import Aws, find

NO_SENDER = (
    "Mail: no sender is set (QUOLL_MAIL_SENDER in .chalice/config.json), so SES sends none until the settings"
    " name a sender (meta.senderAddress) that it knows, or another mail server (smtp)."
)


def check_sender(aws: Aws) -> str:
    """A line about the stage's sender. Provisioning goes on, whatever it says."""
    sender = aws.config.mail_sender
    if not sender:
        return NO_SENDER
    try:
        return _tell(sender, [_find_identity(aws, name) for name in (sender, sender.rpartition("@")[2])])
    except (ClientError, BotoCoreError) as error:
        return f"Mail: whether {sender} may send cannot be told: {error}"


def _find_identity(aws: Aws, name: str) -> Any:
    client = aws.open_client("sesv2")
    return find(lambda: client.get_email_identity(EmailIdentity=name), "NotFoundException")


def _tell(sender: str, identities: list[Any]) -> str:
    if any(each and each.get("VerifiedForSendingStatus") for each in identities):
        return f"Mail: {sender} may send."
    if any(identities):
        return f"Mail: SES waits for the proof that {sender} is yours: look into its inbox, or at its DNS."
    return (
        f"Mail: SES does not know {sender} yet:"
        f" aws sesv2 create-email-identity --email-identity {sender}, then follow the link it sends."
    )
