"""What can go wrong with a mail."""


class MailFailed(Exception):
    """A mail that was not sent. The text says why, for the log; nothing of what is in the mail."""
