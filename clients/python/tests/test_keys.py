import base64
import os

import pytest

from schemad import ConfigurationError, _keys, _toml

SECRET = "sdk_" + base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()
RECORD = f"""# one client, one key
[[key]]
kid = "deploy1"
secret = "{SECRET}"
scopes = ["read", "migrate"]
"""


@pytest.fixture(params=[_keys._loads, _toml.loads], ids=["platform", "subset"], autouse=True)
def reader(request, monkeypatch):
    """Run each test with both TOML readers."""
    monkeypatch.setattr(_keys, "_loads", request.param)


def write(tmp_path, text=RECORD, mode=0o600):
    path = tmp_path / "key.toml"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def refusal(path):
    with pytest.raises(ConfigurationError) as caught:
        _keys.load_key(path)
    assert path in str(caught.value)
    assert SECRET not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_good_file(tmp_path, mode):
    key = _keys.load_key(write(tmp_path, mode=mode))
    assert (key.kid, key.secret) == ("deploy1", bytes(range(32)))


def test_every_member(tmp_path):
    restrictions = """
databases = ["main"]
uids = [0, 1000]   # the deploy user
gids = [
    27,
]
not_before = 2026-01-01T00:00:00Z
not_after = "2027-01-01T00:00:00+01:00"
"""
    assert _keys.load_key(write(tmp_path, RECORD + restrictions)).kid == "deploy1"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o700, 0o4600])
def test_permissions(tmp_path, mode):
    assert "mode" in refusal(write(tmp_path, mode=mode))


def test_not_a_plain_file(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(write(tmp_path))
    refusal(str(link))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "regular" in refusal(str(pipe))
    assert "regular" in refusal(str(tmp_path))
    assert "No such file" in refusal(str(tmp_path / "absent"))


def test_another_owner(tmp_path, monkeypatch):
    path = write(tmp_path)
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "uid" in refusal(path)


def test_too_large(tmp_path):
    assert "larger" in refusal(write(tmp_path, RECORD + "#" * (64 << 10)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[key]]\n",
        RECORD + RECORD,
        "verbose = true\n" + RECORD,
        RECORD + "scope = 'read'\n",
        RECORD.replace("deploy1", "Deploy1"),
        RECORD.replace(SECRET, ""),
        RECORD.replace(SECRET, SECRET[4:]),
        RECORD.replace(SECRET, SECRET + "="),
        RECORD.replace(SECRET, "sdk_AAAA"),
        RECORD.replace(SECRET, SECRET[:-1] + "9"),
        RECORD.replace(SECRET, SECRET[:-1]),
        RECORD.replace(SECRET, SECRET.replace("_", "/", 1)),
        RECORD.replace('["read", "migrate"]', "[]"),
        RECORD.replace('["read", "migrate"]', '"read"'),
        RECORD.replace('["read", "migrate"]', '["write"]'),
        RECORD + "uids = [-1]\n",
        RECORD + "uids = [true]\n",
        RECORD + "databases = 'main'\n",
        RECORD + "not_after = 'tomorrow'\n",
        RECORD + "not_after = '2027-01-01T00:00:00'\n",
        RECORD + "kid = 'other'\n",
        RECORD + "not_after = 2027-13-01T00:00:00Z\n",
        "[[key\n",
        "\x00",
    ],
)
def test_unusable_records(tmp_path, text):
    refusal(write(tmp_path, text))


def test_not_utf8(tmp_path):
    path = tmp_path / "key.toml"
    path.write_bytes(RECORD.encode() + b"# \xff\n")
    path.chmod(0o600)
    refusal(str(path))
