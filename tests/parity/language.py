"""Language cases against the real server: ``python -m tests.parity.language [--write] [file ...]``.

Sets up tests/data/filters/world.json on a fresh PocketBase, asks it every case of tests/data/filters/*.json
and says where it answers otherwise. ``--write`` puts its answers into the files instead, and its view of the
world into stored.json, so that a new case is one line without "expected".
"""

import argparse
import json
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.servers import EMAIL, PASSWORD, pocketbase

FOLDER = Path(__file__).parents[1] / "data" / "filters"
WORLD = FOLDER / "world.json"
STORED = FOLDER / "stored.json"
# What differs each time the world is made.
VARYING = frozenset({"created", "updated"})
USER_PASSWORD = "user-password-1"

Case = dict[str, Any]


class Asker:
    """One server, asked as a superuser, as a user of the world, or as nobody."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._tokens: dict[str, str] = {}
        self.rules: dict[str, Mapping[str, Any]] = {}

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        headers = {"content-type": "application/json", **options.get("headers", {})}
        if options.get("as"):
            headers["authorization"] = self._token(options["as"])
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "null")

    def must(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a superuser; anything but success is a mistake in the world."""
        status, answer = self.send(method, path, body, **{"as": EMAIL})
        if status >= 300:
            raise SystemExit(f"{method} {path} {json.dumps(body)}: {status} {json.dumps(answer)}")
        return answer

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            collection, identity, password = (
                ("_superusers", EMAIL, PASSWORD)
                if who == EMAIL
                else ("people", f"{who}@example.com", USER_PASSWORD)
            )
            path = f"/api/collections/{collection}/auth-with-password"
            self._tokens[who] = self.send("POST", path, {"identity": identity, "password": password})[1][
                "token"
            ]
        return self._tokens[who]


def set_up(asker: Asker, world: Mapping[str, Any]) -> dict[str, Any]:
    """Create the world; answers what the server then shows of it."""
    asker.must(
        "PUT", "/api/collections/import", {"collections": world["collections"], "deleteMissing": False}
    )
    for definition in world["collections"]:
        given = {key: value for key, value in definition.items() if key.endswith("Rule")}
        asker.rules[definition["name"]] = {"listRule": None, "updateRule": None, "createRule": None, **given}
    for name, records in world["records"].items():
        for record in records:
            asker.must("POST", f"/api/collections/{name}/records", record)
    shown = asker.must("GET", "/api/collections?perPage=500")["items"]
    collections = [{key: collection[key] for key in collection if key not in VARYING} for collection in shown]
    names = [collection["name"] for collection in collections if collection["name"] in world["records"]]
    return {
        "collections": [collection for collection in collections if collection["name"] in names],
        "records": {
            name: asker.must("GET", f"/api/collections/{name}/records?perPage=500")["items"] for name in names
        },
    }


def ask_list(asker: Asker, case: Case) -> Any:
    """Ids of the records that a list request finds, or the status of a refusal.

    They are in order where the case is about order; else SQLite may answer in any.
    """
    query = {name: case[name] for name in ("filter", "sort") if name in case} | case.get("query", {})
    path = f"/api/collections/{case['in']}/records?perPage=500&" + urllib.parse.urlencode(query)
    who = case.get("as", EMAIL if "rule" not in case else None)
    status, answer = asker.send("GET", path, headers=case.get("headers", {}), **({"as": who} if who else {}))
    if status != 200:
        return status
    ids = [item["id"] for item in answer["items"]]
    return ids if "sort" in case else sorted(ids)


def ask_update(asker: Asker, case: Case) -> Any:
    """Whether a rule lets an update through; the record is put back."""
    path = f"/api/collections/{case['in']}/records/{case['update']}"
    before = asker.must("GET", path)
    status, _ = asker.send("PATCH", path, case["body"], **_asked_as(case))
    if status == 200:
        asker.must("PATCH", path, {key: value for key, value in before.items() if key != "created"})
    return status == 200


def ask_create(asker: Asker, case: Case) -> Any:
    """Whether a rule lets a record be created; it is removed again."""
    path = f"/api/collections/{case['in']}/records"
    status, answer = asker.send("POST", path, case["body"], **_asked_as(case))
    if status == 200:
        asker.must("DELETE", f"{path}/{answer['id']}")
    return status == 200


def ask_save(asker: Asker, case: Case) -> Any:
    """What the server says of a rule that is saved, null when it is fine."""
    status, answer = asker.send(
        "PATCH", f"/api/collections/{case['in']}", {"listRule": case["save"]}, **{"as": EMAIL}
    )
    return None if status == 200 else answer["data"]["listRule"]["message"]


def _asked_as(case: Case) -> dict[str, Any]:
    return {"as": case.get("as"), "headers": case.get("headers", {})}


# Which key of a case says what it asks, and the rule that the request is subject to.
QUESTIONS: dict[str, tuple[Callable[[Asker, Case], Any], str]] = {
    "update": (ask_update, "updateRule"),
    "create": (ask_create, "createRule"),
    "save": (ask_save, "listRule"),
    "in": (ask_list, "listRule"),
}


def ask(asker: Asker, case: Case) -> Any:
    """The server's answer to a case, its collection's rules restored afterwards."""
    question, rule = next(found for key, found in QUESTIONS.items() if key in case)
    path = f"/api/collections/{case['in']}"
    if "rule" in case:
        asker.must("PATCH", path, {rule: case["rule"]})
    try:
        return question(asker, case)
    finally:
        if "rule" in case or "save" in case:
            asker.must("PATCH", path, {rule: asker.rules[case["in"]][rule]})


def case_files() -> list[Path]:
    """The files of cases, not those of the world they are about."""
    return sorted(path for path in FOLDER.glob("*.json") if path not in (WORLD, STORED))


def write_cases(path: Path, cases: list[Case]) -> None:
    """One case, one line."""
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


def play(asker: Asker, path: Path, *, write: bool) -> tuple[int, int]:
    """How many cases of a file agree with the server, of how many."""
    cases = json.loads(path.read_text())
    agreed = 0
    for case in cases:
        answer = ask(asker, case)
        if write:
            case["expected"] = answer
        elif case["expected"] != answer:
            print(f"{path.stem}: {json.dumps(case)}\n    the server says {json.dumps(answer)}")
        agreed += case["expected"] == answer
    if write:
        write_cases(path, cases)
    return agreed, len(cases)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the server's answers into the files")
    parser.add_argument("files", nargs="*", help="names of case files, all by default")
    options = parser.parse_args()
    paths = [FOLDER / f"{name}.json" for name in options.files] or case_files()
    with tempfile.TemporaryDirectory() as folder, pocketbase(Path(folder)) as server:
        asker = Asker(server.url)
        stored = set_up(asker, json.loads(WORLD.read_text()))
        if options.write:
            STORED.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
        counts = [play(asker, path, write=options.write) for path in paths]
    agreed, total = (sum(column) for column in zip(*counts, strict=True))
    what = "answers written" if options.write else "cases agree with the real server"
    print(f"{agreed} of {total} {what}")
    return int(agreed < total)


if __name__ == "__main__":
    sys.exit(main())
