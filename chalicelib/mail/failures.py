"""What can go wrong with a mail."""


class MailFailed(Exception):
    """A mail that was not sent. The text says why, for the log; nothing of what is in the mail."""


class Unanswered(MailFailed):
    """A mail that was handed over whole, and nobody said whether it was taken: it may have left."""
