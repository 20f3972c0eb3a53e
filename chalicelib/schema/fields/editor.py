"""Rich text: HTML, kept as it is submitted."""

from collections.abc import Mapping
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_text
from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

DEFAULT_MAX_SIZE = 5 << 20


@dataclass(frozen=True, kw_only=True)
class EditorField(Field):
    """HTML up to a number of bytes."""

    type: ClassVar[str] = "editor"
    json_names: ClassVar[Mapping[str, str]] = {"convert_urls": "convertURLs"}

    max_size: int = 0
    convert_urls: bool = False
    required: bool = False

    def normalize(self, raw: Any) -> str:
        return to_text(raw)

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required else None
        limit = self.max_size or DEFAULT_MAX_SIZE
        if len(value.encode(errors="surrogatepass")) <= limit:
            return None
        return Problem(
            "validation_content_size_limit",
            f"The maximum allowed content size is {limit} bytes.",
            {"maxSize": limit},
        )

    def check_own_options(self) -> Problems:
        return without_none({"maxSize": check_range(self.max_size)})
