"""What each function may do, and what it is given: one row per view and per job.

From this table come the policy files and the functions' settings (policies.py), and what a view may do under
`make run` and in the tests (dev/permitted.py): a call outside its row is refused there as AWS refuses it.
"""

from collections.abc import Iterable, Mapping

from chalicelib.frozen import dataclass

READ_TABLE = "read the table"
WRITE_TABLE = "write the table"
FILL_TABLE = "fill the table"  # many items in one call: for what restores backups
COUNT_ATTEMPTS = "count attempts"  # for the limits of chalicelib/limits: every view that reads settings
KEEP_LOGS = "keep logs"  # lines of the requests' log, which every view leaves
READ_FILES = "read files"
WRITE_FILES = "write files"
READ_SECRETS = "read secrets"  # for a row of your own: get_secret of chalicelib/storage/secrets.py
SEND_MAIL = "send mail"
FOLLOW_STREAM = "follow the table's stream"
REPORT_FAILURES = "put what failed into the queue"

# Signing in hashes a password, which takes a processor. That comes with memory: with this much, a whole one.
WHOLE_PROCESSOR = 1769

LONGEST = 900  # seconds: Lambda's own limit


@dataclass(frozen=True)
class Needs:
    """What a function may do, its seconds and its megabytes (0: the stage's)."""

    may: frozenset[str] = frozenset()
    seconds: int = 29
    memory: int = 0


READS = frozenset({READ_TABLE, COUNT_ATTEMPTS, KEEP_LOGS})
WRITES = READS | {WRITE_TABLE}
FILES = frozenset({READ_FILES, WRITE_FILES})
# Whoever writes records puts and removes their files, and does what others could not finish.
KEEPS_FILES = WRITES | FILES
# The password of a mail server is a secret; a stage without mail keeps what it would send in its table.
MAILS = WRITES | {SEND_MAIL, READ_SECRETS}
FOLLOWS = KEEPS_FILES | MAILS | {FOLLOW_STREAM, REPORT_FAILURES}
RUNS = KEEPS_FILES | {REPORT_FAILURES}
RESTORES = KEEPS_FILES | {READ_SECRETS, FILL_TABLE}
TICKS = RUNS | MAILS | RESTORES

# Names of the policy files. What none of them is has a file named after all that it allows.
KINDS: Mapping[str, frozenset[str]] = {
    "nothing": frozenset(),
    "reads": READS,
    "writes": WRITES,
    "reads-files": READS | FILES,
    "keeps-files": KEEPS_FILES,
    "invites-files": WRITES | {WRITE_FILES},
    "follows": FOLLOWS,
    "runs": RUNS,
    "ticks": TICKS,
    "mails": MAILS,
    "all-views": MAILS | RESTORES,
}

# API Gateway waits 29 seconds, so no view gets more.
FUNCTIONS: Mapping[str, Needs] = {
    "apple_client_secret": Needs(READS),
    "auth_confirm_email_change": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "auth_confirm_password_reset": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "auth_confirm_verification": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "auth_impersonate": Needs(READS),
    "auth_methods": Needs(READS),
    "auth_refresh": Needs(READS),
    "auth_request_email_change": Needs(MAILS),
    "auth_request_otp": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "auth_request_password_reset": Needs(WRITES),
    "auth_request_verification": Needs(WRITES),
    # Keeps a newcomer's picture.
    "auth_with_oauth2": Needs(KEEPS_FILES, memory=WHOLE_PROCESSOR),
    "auth_with_otp": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "auth_with_password": Needs(WRITES, memory=WHOLE_PROCESSOR),
    "backups_create": Needs(KEEPS_FILES | {READ_SECRETS}, memory=WHOLE_PROCESSOR),
    "backups_delete": Needs(READS | FILES),
    "backups_download": Needs(READS | {READ_FILES}),
    "backups_list": Needs(READS | {READ_FILES}),
    "backups_restore": Needs(RESTORES, memory=WHOLE_PROCESSOR),
    "backups_upload": Needs(READS | FILES),
    "batch": Needs(KEEPS_FILES, memory=WHOLE_PROCESSOR),
    "collections_create": Needs(WRITES),
    "collections_delete": Needs(KEEPS_FILES),
    "collections_dry_run_view": Needs(READS),
    "collections_explain": Needs(READS),
    "collections_import": Needs(KEEPS_FILES),
    "collections_list": Needs(READS),
    "collections_scaffolds": Needs(READS),
    "collections_truncate": Needs(KEEPS_FILES),
    "collections_update": Needs(WRITES),
    "collections_view": Needs(READS),
    "crons_list": Needs(READS),
    "crons_run": Needs(WRITES),
    "files_token": Needs(READS),
    "files_upload": Needs(WRITES | {WRITE_FILES}),
    # Draws thumbs, and keeps them.
    "files_view": Needs(READS | FILES, memory=WHOLE_PROCESSOR),
    "health": Needs(READS),
    "logs_delete": Needs(WRITES),
    "logs_list": Needs(READS),
    "logs_stats": Needs(READS),
    "logs_view": Needs(READS),
    "oauth2_providers": Needs(READS),
    "oauth2_redirect": Needs(READS),
    "records_create": Needs(KEEPS_FILES),
    "records_delete": Needs(KEEPS_FILES),
    "records_list": Needs(READS),
    "records_update": Needs(KEEPS_FILES),
    "records_view": Needs(READS),
    "settings_test_email": Needs(MAILS),
    "settings_test_s3": Needs(READS | {READ_SECRETS}),
    "settings_update": Needs(WRITES | {READ_SECRETS}),
    "settings_view": Needs(READS),
    "sql_run": Needs(READS, memory=WHOLE_PROCESSOR),
    # Jobs
    "record_stream": Needs(FOLLOWS, seconds=60),
    # Makes and restores backups, too.
    "minute_tick": Needs(TICKS, seconds=LONGEST, memory=1024),
    "job_pb_db_optimize": Needs(RUNS, seconds=LONGEST),
    "job_pb_logs_cleanup": Needs(RUNS, seconds=LONGEST),
    "job_pb_mfa_cleanup": Needs(RUNS, seconds=LONGEST),
    "job_pb_otp_cleanup": Needs(RUNS, seconds=LONGEST),
}

NO_ROW = (
    "{name} has no row in FUNCTIONS of chalicelib/deploy/permissions.py: say there what it may do, then run"
    " `python -m chalicelib policies`."
)


def needs_of(members: Iterable[str]) -> Needs:
    """What a function needs that does the work of several rows. Raises KeyError for a name without a row."""
    rows = [FUNCTIONS[name] for name in members]
    return Needs(
        frozenset().union(*(row.may for row in rows)),
        max((row.seconds for row in rows), default=Needs.seconds),
        max((row.memory for row in rows), default=Needs.memory),
    )


def kind_of(may: frozenset[str]) -> str:
    """The name of the policy file that allows this much and no more.

    >>> kind_of(WRITES), kind_of(frozenset({READ_TABLE, READ_SECRETS}))
    ('writes', 'read-secrets+read-the-table')
    """
    names = {allowed: kind for kind, allowed in KINDS.items()}
    return names.get(may) or "+".join(grant.replace(" ", "-") for grant in sorted(may))
