"""Cron expressions: what PocketBase takes and refuses, when they are due, what EventBridge is told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cron import BOUNDS, MACROS, Cron, CronError, aws_expression, parse_cron

NOT_FIVE = "Invalid cron expression - must be a valid macro or to have exactly 5 space separated segments."
VALUE = "Invalid segment value - must be between the min and max of the segment."
ALONE = "Invalid segment step - step > 1 could be used only with the wildcard or range format."
STEP_FORMAT = "Invalid segment step format - must be in the format */n or 1-30/n."
RANGE_FORMAT = "Invalid segment range format - the range must have 1 or 2 parts."


def step_of(high: int) -> str:
    return f"Invalid segment step boundary - the step must be between 1 and the {high}."


def no_number(text: str) -> str:
    return f'Strconv.Atoi: parsing "{text}": invalid syntax.'


# Each was answered by PocketBase, as the schedule of its backups.
REFUSED = [
    ("", NOT_FIVE),
    ("@every 1m", NOT_FIVE),
    ("@Hourly", NOT_FIVE),
    ("@hourly ", NOT_FIVE),
    ("* * * *", NOT_FIVE),
    ("* * * * * *", NOT_FIVE),
    ("  * * * * *", NOT_FIVE),
    ("*  * * * *", NOT_FIVE),
    ("*\t* * * *", NOT_FIVE),
    ("5/10 * * * *", ALONE),
    ("/5 * * * *", ALONE),
    ("99999999999999999999/2 * * * *", ALONE),
    ("0 0 * * 7", VALUE),
    ("60 * * * *", VALUE),
    ("0 24 * * *", VALUE),
    ("0 0 0 * *", VALUE),
    ("0 0 32 * *", VALUE),
    ("0 0 * 13 *", VALUE),
    ("60 25 * * *", VALUE),
    ("0 0 * * SUN", no_number("SUN")),
    ("0 0 1 JAN *", no_number("JAN")),
    ("-1 * * * *", no_number("")),
    ("1, * * * *", no_number("")),
    (",1 * * * *", no_number("")),
    ("*/ * * * *", no_number("")),
    ("1- * * * *", no_number("")),
    ("*-5 * * * *", no_number("*")),
    ("** * * * *", no_number("**")),
    ("? * * * *", no_number("?")),
    ("1_0 * * * *", no_number("1_0")),
    ("0x1 * * * *", no_number("0x1")),
    ("٣ * * * *", no_number("٣")),
    ("a-5 * * * *", no_number("a")),
    ("5-b * * * *", no_number("b")),
    ("*/x * * * *", no_number("x")),
    ("99999999999999999999 * * * *", 'Strconv.Atoi: parsing "99999999999999999999": value out of range.'),
    ("*/99999999999999999999 * * * *", 'Strconv.Atoi: parsing "99999999999999999999": value out of range.'),
    ("*/0 * * * *", step_of(59)),
    ("*/70 * * * *", step_of(59)),
    ("1-5/0 * * * *", step_of(59)),
    ("x/99 * * * *", step_of(59)),
    ("1-1-1/0 * * * *", step_of(59)),
    ("0 */24 * * *", step_of(23)),
    ("0 0 */32 * *", step_of(31)),
    ("0 0 * */13 *", step_of(12)),
    ("0 0 * * */7", step_of(6)),
    ("1/2/3 * * * *", STEP_FORMAT),
    ("*/2/2 * * * *", STEP_FORMAT),
    ("1-2-3 * * * *", RANGE_FORMAT),
    ("1-2-3/2 * * * *", RANGE_FORMAT),
    ("-5-7 * * * *", RANGE_FORMAT),
    ("70-80 * * * *", "Invalid segment range minimum - must be between 0 and 59."),
    ("0 0 0-5 * *", "Invalid segment range minimum - must be between 1 and 31."),
    ("5-1 * * * *", "Invalid segment range maximum - must be between 5 and 59."),
    ("1-70 * * * *", "Invalid segment range maximum - must be between 1 and 59."),
    ("0 0 * * 1-7", "Invalid segment range maximum - must be between 1 and 6."),
]


@pytest.mark.parametrize(("text", "complaint"), REFUSED)
def test_refused(text: str, complaint: str) -> None:
    with pytest.raises(CronError, match=re.escape(complaint)):
        parse_cron(text)


MINUTES = [
    ("*", set(range(60))),
    ("*,1", set(range(60))),
    ("01", {1}),
    ("+1", {1}),
    ("5/1", {5}),
    ("5-5", {5}),
    ("1,2,3", {1, 2, 3}),
    ("*/59", {0, 59}),
    ("*/+20", {0, 20, 40}),
    ("1-5/2", {1, 3, 5}),
    ("1-5/4", {1, 5}),
    ("1-5/6", {1}),
    ("1-5,10-20/3", {1, 2, 3, 4, 5, 10, 13, 16, 19}),
]


@pytest.mark.parametrize(("field", "minutes"), MINUTES)
def test_a_field(field: str, minutes: set[int]) -> None:
    cron = parse_cron(f"{field} * * * *")
    assert (cron.minutes, cron.expression) == (minutes, f"{field} * * * *")


@pytest.mark.parametrize("macro", MACROS)
def test_macros_are_shown_as_what_they_mean(macro: str) -> None:
    assert parse_cron(macro).expression == MACROS[macro]


DUE = [
    ("* * * * *", "2026-11-22 21:46", True),
    ("46 21 22 11 0", "2026-11-22 21:46", True),
    ("* * 22 * 0", "2026-11-22 21:46", True),  # a Sunday
    ("* * 22 * 1", "2026-11-22 21:46", False),
    ("* * 1 * 0", "2026-11-22 21:46", False),
    ("0 0 * * 6", "2026-11-21 00:00", True),
    ("0 0 31 2 *", "2026-03-03 00:00", False),
    ("0 0 29 2 *", "2028-02-29 00:00", True),
]


@pytest.mark.parametrize(("text", "moment", "due"), DUE)
def test_due(text: str, moment: str, due: bool) -> None:
    assert parse_cron(text).is_due(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is due


FOR_AWS = [
    ("* * * * *", "cron(* * * * ? *)"),
    ("0 */6 * * *", "cron(0 0,6,12,18 * * ? *)"),
    ("0 0 * * 0", "cron(0 0 ? * 1 *)"),
    ("0 0 1 1 *", "cron(0 0 1 1 ? *)"),
    ("0 0 1-31 * 6", "cron(0 0 ? * 7 *)"),
    ("0 0 13 * 5", None),
    ("1-59 1-23 2-31 2-12 *", None),  # too long for EventBridge
]


@pytest.mark.parametrize(("text", "told"), FOR_AWS)
def test_what_eventbridge_is_told(text: str, told: str | None) -> None:
    assert aws_expression(parse_cron(text)) == told


def is_due_in_aws(expression: str, moment: datetime) -> bool:
    """EventBridge's reading of numbers, lists, `*` and `?`; its week begins on Sunday, with 1."""
    fields = expression.removeprefix("cron(").removesuffix(")").split(" ")
    values = (moment.minute, moment.hour, moment.day, moment.month, moment.isoweekday() % 7 + 1, moment.year)
    return all(
        field in "*?" or value in map(int, field.split(","))
        for field, value in zip(fields, values, strict=True)
    )


def fields_within(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    ranges = st.tuples(numbers, numbers).map(lambda ends: f"{min(ends)}-{max(ends)}")
    stepped = st.tuples(st.one_of(st.just("*"), ranges), st.integers(1, high)).map(
        lambda two: f"{two[0]}/{two[1]}"
    )
    return st.lists(st.one_of(st.just("*"), numbers.map(str), ranges, stepped), min_size=1, max_size=3).map(
        ",".join
    )


crons = st.tuples(*(fields_within(*bounds) for bounds in BOUNDS)).map(" ".join).map(parse_cron)
minutes_of_years = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1))


@given(crons, minutes_of_years)
def test_eventbridge_fires_in_the_same_minutes(cron: Cron, moment: datetime) -> None:
    told = aws_expression(cron)
    if told is not None:
        assert is_due_in_aws(told, moment) is cron.is_due(moment)


@given(crons)
def test_what_is_due_is_due_again_in_the_same_way(cron: Cron) -> None:
    start = datetime(2028, 1, 1)
    days = [start + timedelta(days=day, hours=5, minutes=7) for day in range(366)]
    matching = [day for day in days if cron.is_due(day)]
    assert all(day.day in cron.days and day.month in cron.months for day in matching)
    assert bool(matching) <= (5 in cron.hours and 7 in cron.minutes)


@given(st.text(max_size=40))
def test_any_text_is_a_cron_or_refused(text: str) -> None:
    try:
        assert parse_cron(text).expression
    except CronError as error:
        assert str(error).endswith(".")
