"""The files below .chalice that are made from the table of permissions: policies, settings in config.json.

What somebody else has put into config.json stays, other settings of a function included.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib.deploy.policies import function_settings, policy_files
from chalicelib.deploy.stages import configs_of, settings_of
from chalicelib.frozen import dataclass

SETTINGS = "lambda_functions"
WIDTH = 118


@dataclass(frozen=True)
class WantedFile:
    """A file as it should be; None when it should not be."""

    path: Path
    text: str | None

    @property
    def is_there(self) -> bool:
        """Whether the file says what it should, in whatever shape."""
        if self.text is None or not self.path.exists():
            return self.path.exists() == (self.text is not None)
        return bool(json.loads(self.path.read_text()) == json.loads(self.text))


def wanted_files(app: Chalice, folder: Path) -> list[WantedFile]:
    """All files that the table makes, and those that it no longer makes. Raises KeyError, ConfigError."""
    settings = json.loads((folder / "config.json").read_text())
    made: dict[str, Any] = {}
    for config in configs_of(settings_of(settings)):
        stage = settings["stages"][config.stage]
        stage[SETTINGS] = _merge(stage.get(SETTINGS, {}), function_settings(app, config))
        made |= policy_files(app, config)
    stale = {str(each.relative_to(folder)) for each in (folder / "policies").rglob("*.json")} - made.keys()
    return [
        *(WantedFile(folder / name, as_json(document) + "\n") for name, document in sorted(made.items())),
        *(WantedFile(folder / name, None) for name in sorted(stale)),
        WantedFile(folder / "config.json", as_json(settings) + "\n"),
    ]


def write_files(files: list[WantedFile]) -> list[Path]:
    """Make them so; those that were otherwise."""
    changed = [each for each in files if not each.is_there]
    for each in changed:
        if each.text is None:
            each.path.unlink()
        else:
            each.path.parent.mkdir(parents=True, exist_ok=True)
            each.path.write_text(each.text)
    return [each.path for each in changed]


def as_json(value: Any, indent: str = "") -> str:
    """JSON for people: what fits into a line is one.

    >>> print(as_json({"a": [1, 2], "b": {"c": "x" * 60, "d": "y" * 60}}))
    {
      "a": [1, 2],
      "b": {
        "c": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "d": "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
      }
    }
    """
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) < WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(name)}: {as_json(each, inner)}" for name, each in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{inner}{as_json(each, inner)}" for each in value) + f"\n{indent}]"


def _merge(there: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {**there.get(name, {}), **settings} for name, settings in ours.items()}
