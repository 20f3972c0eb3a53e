"""The stage's table, as the account's owner sees it."""

from typing import Any

TABLE = "quoll-dev"
COPY = "copy"  # the ids of records that tests put there themselves begin so


class Table:
    """Its items, by what their partitions begin with."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, begin: str, end: str = "") -> list[dict[str, Any]]:
        """The items whose partition begins and ends so."""
        asked = {"FilterExpression": "begins_with(pk, :b)", "ExpressionAttributeValues": {":b": {"S": begin}}}
        pages = self._client.get_paginator("scan").paginate(TableName=TABLE, **asked)
        return [item for page in pages for item in page["Items"] if item["pk"]["S"].endswith(end)]

    def put(self, items: list[dict[str, Any]]) -> None:
        """Put items there, 25 in a call."""
        for start in range(0, len(items), 25):
            writes = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            assert not self._client.batch_write_item(RequestItems={TABLE: writes})["UnprocessedItems"]
