"""Points on the earth."""

import json
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_number
from chalicelib.schema.problems import REQUIRED, Problem

Point = dict[str, int | float]

BAD_LATITUDE = Problem("validation_invalid_latitude", "Latitude must be between -90 and 90 degrees.")
BAD_LONGITUDE = Problem("validation_invalid_longitude", "Longitude must be between -180 and 180 degrees.")


@dataclass(frozen=True, kw_only=True)
class GeoPointField(Field):
    """Longitude and latitude in degrees; 0, 0 counts as empty."""

    type: ClassVar[str] = "geoPoint"

    required: bool = False

    @property
    def empty(self) -> Point:
        return {"lon": 0, "lat": 0}

    def normalize(self, raw: Any) -> Point:
        """An object, or its JSON as text, is read up to the first coordinate that is no number."""
        found = _decoded(raw) if isinstance(raw, str) else raw
        point = self.empty
        for axis, value in found.items() if isinstance(found, Mapping) else ():
            if axis in point and value is not None:
                if not _is_coordinate(value):
                    break
                point[axis] = to_number(value)
        return point

    def check(self, value: Point) -> Problem | None:
        if value["lon"] == 0 and value["lat"] == 0:
            return REQUIRED if self.required else None
        if not -90 <= value["lat"] <= 90:
            return BAD_LATITUDE
        return None if -180 <= value["lon"] <= 180 else BAD_LONGITUDE


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_coordinate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(to_number(value))
