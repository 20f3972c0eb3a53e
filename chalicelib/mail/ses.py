"""Sending by Amazon SES."""

from functools import cache
from typing import Any

from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from botocore.session import get_session

from chalicelib.config import get_config
from chalicelib.mail.failures import MailFailed, Unanswered
from chalicelib.mail.mime import Letter

CONNECT_SECONDS = 2
READ_SECONDS = 20
# A second one would send again what the first may have sent; who sends in the background comes again later.
ATTEMPTS = 1


def send_by_ses(letter: Letter) -> None:
    """Hand the mail to SES, which must know the sender. Raises MailFailed."""
    try:
        _client().send_email(
            FromEmailAddress=letter.sender,
            Destination={"ToAddresses": [letter.to]},
            Content={"Raw": {"Data": letter.source}},
        )
    except ClientError as error:
        # SES's own messages name the address.
        raise MailFailed(f"SES: {error.response.get('Error', {}).get('Code', 'no reason')}") from error
    except ReadTimeoutError as error:
        raise Unanswered("SES does not say whether it has taken the mail") from error
    except BotoCoreError as error:
        raise MailFailed(f"SES: {type(error).__name__}") from error


@cache
def _client() -> Any:
    """Not boto3's, whose import takes 30 ms."""
    config = get_config()
    return get_session().create_client(
        "sesv2",
        region_name=config.region,
        endpoint_url=config.endpoint_url or None,
        config=ClientConfig(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        ),
    )
