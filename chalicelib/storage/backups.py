"""On-demand backups of the table, as DynamoDB makes them: whole, beside the table, kept until removed."""

import re

from chalicelib import clock
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Unavailable

ASK_EVERY = 2.0
MOST_QUESTIONS = 300


def create_backup(reason: str) -> str:
    """Back the table up and wait until that is done; the backup's name."""
    engine = get_engine()
    moment = re.sub(r"\D", "", clock.to_text(clock.now()))[:14]
    name = re.sub(r"[^a-zA-Z0-9_.-]", "-", f"{engine.table[:100]}-{reason[:100]}-{moment}")  # at most 255
    made = engine.send("CreateBackup", {"TableName": engine.table, "BackupName": name})
    arn = made["BackupDetails"]["BackupArn"]
    for _ in range(MOST_QUESTIONS):
        found = engine.send("DescribeBackup", {"BackupArn": arn})["BackupDescription"]["BackupDetails"]
        if found["BackupStatus"] != "CREATING":
            break
        engine.pause(ASK_EVERY)
    if found["BackupStatus"] != "AVAILABLE":
        raise Unavailable(f"the backup {name} is {found['BackupStatus']}")
    return name
