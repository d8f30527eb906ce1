import datetime
import sys

import pytest

from schemad import _toml

GOOD = {
    "": {},
    "# only a comment": {},
    "[[key]]\r\nkid = 'a'\r\n": {"key": [{"kid": "a"}]},
    "[[key]]\n[[key]]\nn = 1": {"key": [{}, {"n": 1}]},
    "[[ key ]] # one\n  kid\t= 'a'  # two\n": {"key": [{"kid": "a"}]},
    'a = "x\\"y\\\\z\\t\\u00e9\\U0001F600#"': {"a": 'x"y\\z\té😀#'},
    "a = 'C:\\raw'": {"a": "C:\\raw"},
    "a = [1, 2,\n  # three\n  3,\n]": {"a": [1, 2, 3]},
    "a = []\nb = ['x']": {"a": [], "b": ["x"]},
    "a = 1_000\nb = -7\nc = +0": {"a": 1000, "b": -7, "c": 0},
    "a = true\nb = false": {"a": True, "b": False},
    "a = 2026-01-02T03:04:05Z": {"a": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)},
    "a = 2026-01-02 03:04:05.25+02:00": {
        "a": datetime.datetime(2026, 1, 2, 3, 4, 5, 250000, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    },
}
BAD = [
    "a",
    "a =",
    "a = 'x' b = 'y'",
    "a = 1\na = 2",
    'a = "\\x"',
    'a = "\\ud800"',
    'a = "open',
    "a = 'open\n'",
    'a = "\x01"',
    "a = 01",
    "a = [1 2]",
    "a = [1",
    "a = tru",
    "a = 2026-02-30T00:00:00Z",
    "key = 1\n[[key]]",
    "[[key]] x",
    "= 1",
]
# Valid TOML that a key file never needs; the reader does not support it.
NOT_READ = ["[key]", "a.b = 1", '"a" = 1', "a = 1.5", "a = 0x1f", 'a = """x"""', "a = [[1]]", "a = {b = 1}", "a = inf"]


@pytest.mark.parametrize("text", GOOD)
def test_read(text):
    assert _toml.loads(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD + NOT_READ)
def test_refused(text):
    with pytest.raises(_toml.SubsetError, match="line [0-9]"):
        _toml.loads(text)


if sys.version_info >= (3, 11):
    import tomllib

    @pytest.mark.parametrize("text", GOOD)
    def test_read_as_by_tomllib(text):
        assert _toml.loads(text) == tomllib.loads(text)

    @pytest.mark.parametrize("text", BAD)
    def test_refused_as_by_tomllib(text):
        with pytest.raises(tomllib.TOMLDecodeError):
            tomllib.loads(text)
