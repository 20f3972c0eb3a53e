"""A mail as it is handed from who writes it to what sends it."""

from dataclasses import replace
from typing import Self

from chalicelib import clock
from chalicelib.frozen import dataclass


@dataclass(frozen=True)
class Message:
    """One mail to one address. `kind` says what it is about: verification, password-reset, otp and so on.

    `html` is what goes into the layout; the layout and the text part come with the sending, so that neither
    is stored while the mail waits. `expires`: when what it says is void, in milliseconds since 1970; 0 never.
    """

    kind: str
    to: str
    subject: str
    html: str
    expires: int = 0

    def good_for(self, seconds: int) -> Self:
        """The same mail, which is no use to anybody after so many seconds."""
        return replace(self, expires=clock.unix_milliseconds() + seconds * 1000)
