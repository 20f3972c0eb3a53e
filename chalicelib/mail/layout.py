"""The page around what a mail says: templates/layout.html."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent / "templates"


def lay_out(html: str) -> str:
    """The whole page. What it is given is HTML of a superuser's template, its placeholders are escaped."""
    return _layout().render(content=html)


@cache
def _layout() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - 16 ms, for those that send

    environment = Environment(autoescape=True, loader=FileSystemLoader(FOLDER), undefined=StrictUndefined)
    return environment.get_template("layout.html")
