import time

import pytest
from vectors import case_bytes, load

from schemad import StrictJSONError, _json


@pytest.mark.parametrize("case", load("json")["cases"], ids=lambda case: case["name"])
def test_vectors(case):
    """The reader only reports `badJSON`; the agent checks the members of a request."""
    try:
        _json.decode(case_bytes(case))
        outcome = "strictOK"
    except StrictJSONError:
        outcome = "badJSON"
    assert (outcome == "badJSON") == (case["expect"] == "badJSON")


def test_values():
    decoded = _json.decode(b'{"a":1,"b":1.5,"c":"\\u00e9","d":[true,null],"e":-9223372036854775808}')
    assert decoded == {"a": 1, "b": 1.5, "c": "é", "d": [True, None], "e": -(2**63)}
    assert type(decoded["a"]) is int


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"' + b"\\\\" * 200_000 + b"[",
        b'{"a":"' + b'\\"' * 200_000,
        b'{"a":' + b"9" * 1_000_000 + b"}",
        b'{"a":-1e999}',
        b'{"a":"\\ude00\\ud83d"}',
        b"",
        b'"text"',
    ],
    ids=["backslashes", "quotes", "digits", "minus infinity", "swapped surrogates", "nothing", "string"],
)
def test_refused_soon(body):
    begin = time.monotonic()
    with pytest.raises(StrictJSONError):
        _json.decode(body)
    # Quadratic readers need minutes for these.
    assert time.monotonic() - begin < 5


def test_brackets_in_strings_are_not_depth():
    assert _json.decode(b'{"a":"' + b"[" * 100 + b'\\"' + b"{" * 100 + b'"}')


def test_errors_do_not_repeat_the_body():
    with pytest.raises(StrictJSONError) as caught:
        _json.decode(b'{"secret-member":1,"secret-member":2}')
    assert "secret-member" not in str(caught.value)


def test_encode():
    assert _json.encode({"id": "é", "n": 1}) == '{"id":"é","n":1}'.encode()
    for value in (float("nan"), "\ud800"):
        with pytest.raises(ValueError):
            _json.encode({"a": value})
