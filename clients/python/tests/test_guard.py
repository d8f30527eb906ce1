import pytest

import schemad
from schemad import SilentFailure, guard


def test_rows_pass_through():
    rows = [{"id": 1}]
    assert guard(1, rows) is rows
    assert guard(0, []) == []
    assert guard(7, (1, 2)) == (1, 2)
    assert guard(3, {"a": 1}) == {"a": 1}


@pytest.mark.parametrize("total, offset", [(1, 0), (42, 0), (42, 41)])
def test_counted_and_not_returned(total, offset):
    with pytest.raises(SilentFailure) as caught:
        guard(total, [], offset=offset, what="prospects")
    assert (caught.value.total, caught.value.offset, caught.value.what) == (total, offset, "prospects")
    assert f"{total} prospects" in str(caught.value)
    assert isinstance(caught.value, schemad.SchemadError)


@pytest.mark.parametrize("total, offset", [(42, 42), (42, 1000), (0, 0), (0, 10)])
def test_a_page_beyond_the_end(total, offset):
    assert guard(total, [], offset=offset) == []


def test_a_page_of_no_rows():
    assert guard(42, [], limit=0) == []
    with pytest.raises(SilentFailure):
        guard(42, [], limit=10)


@pytest.mark.parametrize("total", [None, "3", 3.0, True])
def test_a_total_that_is_none(total):
    with pytest.raises(TypeError, match="total"):
        guard(total, [])


def test_rows_that_are_none():
    with pytest.raises(TypeError):
        guard(3, None)
    with pytest.raises(TypeError):
        guard(0, None)


@pytest.mark.parametrize("arguments", [{"total": -1}, {"total": 1, "offset": -1}, {"total": 1, "limit": -1}])
def test_negative_numbers(arguments):
    with pytest.raises(ValueError):
        guard(rows=[], **arguments)
