"""Pages out of what was found."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.paging import Page, PageRequest, take_page

CUT = [
    (0, PageRequest(), [], 0, 0),
    (3, PageRequest(per_page=2), [0, 1], 3, 2),
    (3, PageRequest(page=2, per_page=2), [2], 3, 2),
    (3, PageRequest(page=3, per_page=2), [], 3, 2),
    (4, PageRequest(page=2, per_page=2), [2, 3], 4, 2),
    (3, PageRequest(per_page=2, skip_total=True), [0, 1], -1, -1),
    (3, PageRequest(page=sys.maxsize, per_page=1000), [], 3, 1),
]


@pytest.mark.parametrize(("count", "wanted", "items", "total", "pages"), CUT)
def test_cut(count: int, wanted: PageRequest, items: list[int], total: int, pages: int) -> None:
    assert take_page(range(count), wanted) == Page(items, wanted.page, wanted.per_page, total, pages)


def test_without_totals_nothing_beyond_the_page_is_read() -> None:
    read: list[int] = []

    def stream() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    take_page(stream(), PageRequest(page=2, per_page=3, skip_total=True))
    assert read == [0, 1, 2, 3, 4, 5]


def test_json() -> None:
    shown = Page([1], 2, 3, 4, 5).to_json()
    assert list(shown.items()) == [
        ("items", [1]),
        ("page", 2),
        ("perPage", 3),
        ("totalItems", 4),
        ("totalPages", 5),
    ]


@pytest.mark.parametrize("cursor", ["", "abc"])
def test_a_cursor_is_only_there_when_it_was_asked_for(cursor: str) -> None:
    assert next(iter(Page([1], 1, 3, cursor=cursor).to_json().items())) == ("cursor", cursor)
    assert "cursor" not in Page([1], 1, 3).to_json()


@given(st.integers(0, 50), st.integers(1, 60))
def test_all_pages_together_hold_everything_once(count: int, per_page: int) -> None:
    first = take_page(range(count), PageRequest(per_page=per_page))
    pages = [take_page(range(count), PageRequest(page + 1, per_page)) for page in range(first.total_pages)]
    assert [item for page in pages for item in page.items] == list(range(count))
