"""A mail as it is handed from who writes it to what sends it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One mail to one address. `kind` says what it is about: verification, password-reset, otp and so on.

    `html` is what goes into the layout; the layout and the text part come with the sending, so that neither
    is stored while the mail waits.
    """

    kind: str
    to: str
    subject: str
    html: str
