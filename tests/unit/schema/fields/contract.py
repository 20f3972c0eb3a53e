"""What every field type must do, as a test class to inherit, and the cases recorded from the real server."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.schema.fields import FIELD_TYPES, Field
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import Problem, problems_to_json

DATA = Path(__file__).parents[3] / "data"
NOW = "2026-01-31 09:05:00.123Z"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)

# Each subclass runs the same property with an instance of its own, which is meant.
inherited = settings(max_examples=40, suppress_health_check=[HealthCheck.differing_executors])


def load_cases(name: str) -> Any:
    """A file of tests/data."""
    return json.loads((DATA / name).read_text())


def answer(field: Field, submitted: Any) -> Mapping[str, Any]:
    """What a create that submits this value says about the field."""
    value = field.on_create(field.accept(submitted) if field.settable else field.empty, NOW)
    found = field.check_change(field.empty, value) or field.check(value)
    if found:
        return {"problem": found.to_json() if isinstance(found, Problem) else problems_to_json(found)}
    return {"value": "" if isinstance(value, PlainPassword) else value}


def each_case(name: str) -> Iterator[Any]:
    """options, submitted, expected: the cases of one type."""
    for group in load_cases(f"fields/{name}.json"):
        for case in group["cases"]:
            expected = {key: case[key] for key in ("value", "problem") if key in case}
            yield group["options"], case["submitted"], expected


class FieldContract:
    """Inherit and set `type` and `options`, with which the field is valid and not required."""

    type: ClassVar[str]
    options: ClassVar[Mapping[str, Any]] = {}

    def field(self, **more: Any) -> Field:
        return FIELD_TYPES[self.type].from_json({"name": "x", "id": "x1", **self.options, **more})

    def test_has_valid_options(self) -> None:
        assert self.field().check_options() == {}

    def test_is_empty_by_default(self) -> None:
        field = self.field()
        assert field.normalize(field.empty) == field.empty
        assert field.check(field.empty) is None

    def test_refuses_empty_when_required(self) -> None:
        field = self.field(required=True)
        if "required" in field.to_json():
            assert field.check(field.empty) == Problem("validation_required", "Cannot be blank.")

    def test_to_json_and_back(self) -> None:
        field = self.field()
        shown = field.to_json()
        assert FIELD_TYPES[self.type].from_json(shown) == field
        assert list(shown) == sorted(shown)
        assert shown["type"] == self.type

    def test_null_options_are_defaults(self) -> None:
        cleared = FIELD_TYPES[self.type].from_json(dict.fromkeys(self.field().to_json()))
        assert cleared == FIELD_TYPES[self.type]()

    @inherited
    @given(json_values)
    def test_normalize_takes_anything_and_settles(self, raw: Any) -> None:
        field = self.field()
        once = field.normalize(raw)
        assert repr(field.normalize(once)) == repr(once)

    @inherited
    @given(json_values)
    def test_what_is_accepted_is_in_normal_form(self, raw: Any) -> None:
        field = self.field()
        value = field.accept(raw)
        assert repr(field.normalize(value)) == repr(value)

    @inherited
    @given(json_values)
    def test_check_gives_an_answer_to_anything(self, raw: Any) -> None:
        assert answer(self.field(), raw).keys() <= {"value", "problem"}

    @inherited
    @given(json_values, json_values)
    def test_modifiers_take_anything(self, current: Any, operand: Any) -> None:
        field = self.field()
        for modifier in field.modifiers.values():
            value = field.modify(modifier, field.normalize(current), operand)
            assert repr(field.normalize(value)) == repr(value)


def same(one: Any, other: Any) -> bool:
    """Equality of JSON, where 1 is not true and all numbers are doubles."""
    return bool(_as_doubles(one) == _as_doubles(other))


def _as_doubles(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_int=lambda text: ("number", float(text)), parse_float=_double)


def _double(text: str) -> tuple[str, float]:
    return "number", float(text)


def cases_of(name: str) -> pytest.MarkDecorator:
    """Parametrizes a test over the recorded cases of a type."""
    return pytest.mark.parametrize(("options", "submitted", "expected"), list(each_case(name)))
