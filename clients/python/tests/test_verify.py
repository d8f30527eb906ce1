import time

import examples
import pytest
from conftest import error, hang_up, result, unavailable

import schemad
from schemad import AgentError, AgentUnavailable, Client, ConfigurationError, PeerRefused


@pytest.mark.parametrize(
    "verdict", ["equal", "behind", "aheadUnknown", "corrupt", "drifted", "unverified", "empty", "somethingNew"]
)
def test_each_verdict_is_an_answer(query, verdict):
    query.answer = result({**examples.VERIFY, "verdict": verdict, "mayStart": verdict == "equal"})
    verification = schemad.verify(socket=query.path)
    assert verification.verdict == verdict
    assert verification.may_start is (verdict == "equal")
    assert verification.message and verification.error is None
    assert (verification.heads, verification.rows, verification.age_ms) == (("f4c7a91e0b23",), ("f4c7a91e0b23",), 12)


def test_rows_that_are_null_and_rows_that_are_not_known(query):
    query.answer = result({**examples.VERIFY, "verdict": "corrupt", "mayStart": False, "rows": [None, "a"]})
    assert schemad.verify(socket=query.path).rows == (None, "a")
    assert "NULL, a" in schemad.verify(socket=query.path).message
    query.answer = result({**examples.VERIFY, "verdict": "unreachable", "mayStart": False, "rows": None, "ageMs": None})
    verification = schemad.verify(socket=query.path)
    assert verification.rows is None and verification.age_ms is None


def test_no_agent(folder):
    path = str(folder / "absent.sock")
    assert path in unavailable(AgentUnavailable, socket=path)
    assert "/run/schemad/query.sock" in schemad.verify(timeout=1).message


def test_nobody_listens_any_more(query):
    query.stop()
    assert "nobody listens" in unavailable(AgentUnavailable, socket=query.path)


def test_not_a_usable_path(folder):
    unavailable(AgentUnavailable, socket=str(folder / ("x" * 200)))
    unavailable(ConfigurationError, socket="\0abstract")


def test_an_agent_that_says_nothing(query):
    query.greet = lambda connection: None
    begin = time.monotonic()
    unavailable(AgentUnavailable, socket=query.path, timeout=0.3)
    assert time.monotonic() - begin < 3


def test_an_agent_that_does_not_answer(query):
    query.answer = lambda connection, request: None
    assert "0.3 s" in unavailable(AgentUnavailable, socket=query.path, timeout=0.3)


def test_a_frame_that_does_not_end(query, monkeypatch):
    monkeypatch.setattr("schemad._connection.FRAME_SECONDS", 0.2)
    query.answer = lambda connection, request: connection.raw.sendall(b"SCD1\x03\x00\x00\x00\x00\x00\x00\x09{")
    assert "did not end it" in unavailable(AgentUnavailable, socket=query.path, timeout=30)


def test_an_agent_that_hangs_up(query):
    query.answer = hang_up
    unavailable(AgentUnavailable, socket=query.path)


def test_errors_of_the_agent(query):
    query.answer = error("unknownDatabase")
    assert "unknownDatabase" in unavailable(AgentError, socket=query.path)


def test_a_foreign_owner_of_the_socket(query, monkeypatch):
    monkeypatch.setattr("schemad.client.allowed_uids", lambda user: frozenset({4242}))
    unavailable(PeerRefused, socket=query.path)
    assert query.requests == []


def test_a_bad_key_file_spoils_only_what_needs_it(query, admin, folder):
    query.answer = result(examples.VERIFY)
    absent = str(folder / "absent.toml")
    assert schemad.verify(socket=query.path, admin_socket=admin.path, key_file=absent).may_start
    with pytest.raises(ConfigurationError):
        Client(query.path, admin_socket=admin.path, key_file=absent).migrate()
    with pytest.raises(ConfigurationError, match="SCHEMAD_KEY_FILE"):
        Client(query.path).migrate()
    assert admin.connections == 0
