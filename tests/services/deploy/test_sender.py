"""Whether mail may be sent is told, whatever SES says."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.deploy.aws import Aws
from chalicelib.deploy.sender import NO_SENDER, check_sender


class Ses:
    """Knows some identities, each with whether it is proved."""

    def __init__(self, known: dict[str, bool]) -> None:
        self.known = known

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
        if EmailIdentity not in self.known:
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": ""}}, "GetEmailIdentity")
        return {"VerifiedForSendingStatus": self.known[EmailIdentity]}


class Unreachable:
    """SES where there is none."""

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
        raise EndpointConnectionError(endpoint_url="https://ses")


@pytest.mark.parametrize(
    ("ses", "says"),
    [
        (Ses({"me@example.com": True}), "may send."),
        (Ses({"example.com": True}), "may send."),
        (Ses({"me@example.com": False}), "waits for the proof"),
        (Ses({}), "aws sesv2 create-email-identity --email-identity me@example.com"),
        (Unreachable(), "cannot be told"),
    ],
)
def test_what_is_told(empty: Aws, ses: Any, says: str) -> None:
    empty.config = replace(empty.config, mail_sender="me@example.com")
    empty.open_client = lambda service: ses
    assert says in check_sender(empty)


def test_without_a_sender(empty: Aws) -> None:
    assert check_sender(empty) == NO_SENDER


def test_of_ses_itself(empty: Aws) -> None:
    empty.config = replace(empty.config, mail_sender="me@example.com")
    assert "does not know" in check_sender(empty)
    boto3.client("sesv2").create_email_identity(EmailIdentity="example.com")
    assert "SES does not know" not in check_sender(empty)
    boto3.client("sesv2").delete_email_identity(EmailIdentity="example.com")
