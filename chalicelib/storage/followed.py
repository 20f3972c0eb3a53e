"""Which of the table's changes whoever follows its stream is told of; the rest calls nobody.

Each is a pattern of Lambda's event filters: a change comes when it matches one of them, and the function
itself looks again. So what the function is to hear of has its pattern here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.storage.keys import MARK_PREFIX, MARK_SORT, RECORD_PREFIX, RECORD_SORT, TASK_PREFIX

Pattern = Mapping[str, Any]

_OF_RECORDS: Pattern = {
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": RECORD_PREFIX}]}, "sk": {"S": [RECORD_SORT]}}}
}
_OF_TASKS: Pattern = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": TASK_PREFIX}]}}},
}
_OF_MARKS: Pattern = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": MARK_PREFIX}]}, "sk": {"S": [MARK_SORT]}}},
}
FOLLOWED: Sequence[Pattern] = (_OF_RECORDS, _OF_TASKS, _OF_MARKS)


def filter_criteria() -> dict[str, Any]:
    """The same as Lambda takes it for an event source, which knows five patterns at most."""
    return {"Filters": [{"Pattern": json.dumps(pattern, sort_keys=True)} for pattern in FOLLOWED]}
