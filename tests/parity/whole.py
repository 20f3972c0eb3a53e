"""All that a superuser sees of a server: collections, records in their order, files and settings."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tests.servers import Server
from tests.services.pocketbase.directory import Talker

PER_PAGE = 500


def see_all(server: Server, token: str) -> dict[str, Any]:
    """What it shows, by the place at which it is asked for."""
    root = Talker(server, token)
    collections = list(_pages(root, "/api/collections?sort=@rowid"))
    seen: dict[str, Any] = {"/api/settings": root.ask("GET", "/api/settings")}
    for each in collections:
        place = f"/api/collections/{each['id']}"
        seen[place] = {key: value for key, value in each.items() if key != "quoll"}
        order = "" if each["type"] == "view" else "?sort=@rowid"
        records = list(_pages(root, f"{place}/records{order}"))
        seen[f"{place}/records"] = records
        seen |= {path: root.send("GET", path) for record in records for path in _files(each, record)}
    return seen


def _pages(root: Talker, path: str) -> Iterator[dict[str, Any]]:
    page = 1
    joint = "&" if "?" in path else "?"
    while items := root.ask("GET", f"{path}{joint}perPage={PER_PAGE}&page={page}")["items"]:
        yield from items
        page += 1


def _files(collection: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    for field in collection["fields"]:
        if field["type"] == "file" and collection["type"] != "view":
            value = record[field["name"]]
            for name in value if isinstance(value, list) else [value]:
                if name:
                    yield f"/api/files/{collection['id']}/{quote(record['id'])}/{name}"
