"""A bucket that is not the stage's own, reached with keys of its own: whether files can be put there.

What is asked is signed by hand and goes out by no client of boto3's: neither the function's role nor its
configuration has a say in it. Redirects are not followed, and nothing is told of an answer but its status
and S3's code.
"""

import re
from dataclasses import field
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from chalicelib.frozen import dataclass

SECONDS = 5
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")


class Refused(Exception):
    """The bucket took it not, or could not be reached; the text says why, for superusers."""


@dataclass(frozen=True)
class Elsewhere:
    """A bucket at an endpoint; one without a scheme means https."""

    endpoint: str
    region: str
    bucket: str
    access_key: str
    secret: str = field(repr=False)
    force_path_style: bool = False

    def url_of(self, key: str) -> str:
        """Where a key is. Raises Refused.

        >>> Elsewhere("s3.example.com", "r", "files", "a", "s").url_of("a b.txt")
        'https://files.s3.example.com/a%20b.txt'
        """
        try:
            base = urlsplit(self.endpoint if "://" in self.endpoint else f"https://{self.endpoint}")
        except ValueError as error:
            raise Refused("the endpoint is no URL") from error
        if base.scheme not in ("http", "https"):
            raise Refused("the endpoint must begin with http:// or https://")
        bucket, path = quote(self.bucket, safe=""), base.path.rstrip("/")
        if self.force_path_style:
            return f"{base.scheme}://{base.netloc}{path}/{bucket}/{quote(key)}"
        return f"{base.scheme}://{bucket}.{base.netloc}{path}/{quote(key)}"

    def put(self, key: str, content: bytes) -> None:
        """Keep a file. Raises Refused."""
        self._ask("PUT", key, content)

    def remove(self, key: str) -> None:
        """Remove it. Raises Refused."""
        self._ask("DELETE", key, b"")

    def _ask(self, method: str, key: str, content: bytes) -> None:
        request = AWSRequest(method, self.url_of(key), data=content)
        try:
            S3SigV4Auth(Credentials(self.access_key, self.secret), "s3", self.region).add_auth(request)
            answer = URLLib3Session(timeout=SECONDS).send(request.prepare())
        except (BotoCoreError, ValueError) as error:
            raise Refused(f"{self.endpoint} cannot be reached ({type(error).__name__})") from error
        if not 200 <= answer.status_code < 300:
            code = _CODE.search(answer.content[:10_000])
            raise Refused(f"status {answer.status_code}" + (f" ({code[1].decode()})" if code else ""))
