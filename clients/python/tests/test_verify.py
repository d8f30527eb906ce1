import time

import examples
import pytest
from conftest import error, hang_up, result, unavailable

import schemad
from schemad import AgentError, AgentUnavailable, Client, ConfigurationError, PeerRefused
from schemad._requests import read_deadline


@pytest.mark.parametrize(
    "verdict", ["equal", "behind", "aheadUnknown", "corrupt", "drifted", "unverified", "empty", "somethingNew"]
)
def test_each_verdict_is_a_result(query, verdict):
    query.answer = result({**examples.VERIFY, "verdict": verdict, "mayStart": verdict == "equal"})
    verification = schemad.verify(socket=query.path)
    assert verification.verdict == verdict
    assert verification.may_start is (verdict == "equal")
    assert verification.message and verification.error is None
    assert (verification.heads, verification.rows, verification.age_ms) == (("f4c7a91e0b23",), ("f4c7a91e0b23",), 12)


def test_null_rows_and_unknown_rows(query):
    query.answer = result({**examples.VERIFY, "verdict": "corrupt", "mayStart": False, "rows": [None, "a"]})
    assert schemad.verify(socket=query.path).rows == (None, "a")
    assert "NULL, a" in schemad.verify(socket=query.path).message
    query.answer = result({**examples.VERIFY, "verdict": "unreachable", "mayStart": False, "rows": None, "ageMs": None})
    verification = schemad.verify(socket=query.path)
    assert verification.rows is None and verification.age_ms is None


def test_rows_that_are_not_known_although_the_server_responds(query):
    members = {**examples.VERIFY, "verdict": "unverified", "mayStart": False, "rows": None, "warning": "no driver."}
    query.answer = result(members)
    verification = schemad.verify(socket=query.path)
    assert (verification.verdict, verification.may_start, verification.rows) == ("unverified", False, None)
    assert verification.message == "the revisions are not known: no driver."


def test_an_agent_that_is_still_reading(query):
    query.answer = result(examples.READING)
    verification = schemad.verify(socket=query.path, strict=True)
    assert (verification.verdict, verification.may_start, verification.reading) == ("unreachable", False, True)
    assert verification.message == "the agent is still reading the project, try again; nothing is known yet"

    query.answer = result({**examples.READING, "verdict": "behind", "rows": ["a1"], "ageMs": 61_234})
    verification = schemad.verify(socket=query.path)
    assert (verification.verdict, verification.may_start, verification.reading) == ("behind", False, True)
    assert "still reading the project" in verification.message and "try again" in verification.message
    assert "61.2 s old: migrations are pending" in verification.message


def test_reading_is_false_by_default(query):
    for members in ({}, {"reading": False}, {"color": "blue"}):
        query.answer = result({**examples.VERIFY, **members})
        assert schemad.verify(socket=query.path, strict=True).reading is False


@pytest.mark.parametrize(
    "seconds, deadline", [(0.0005, 1), (0.1, 50), (0.2, 100), (0.5, 400), (1, 900), (5, 4500), (30, 27_000), (None, None)]
)
def test_the_deadline_is_below_the_timeout(seconds, deadline):
    """A tenth below, at least 100 ms, at most half: the agent responds before the caller gives up."""
    assert read_deadline(seconds) == deadline


def test_an_agent_that_uses_up_the_deadline(query):
    def answer(connection, request):
        time.sleep(request["deadlineMs"] / 1000)
        result(examples.READING)(connection, request)

    query.answer = answer
    assert schemad.verify(socket=query.path, timeout=3, strict=True).reading


def test_a_client_without_a_timeout_sends_no_deadline(query):
    query.answer = result(examples.VERIFY)
    with schemad.Client(query.path, timeout=None) as client:
        client.verify()
    with schemad.Client(query.path, timeout=1e9) as client:
        client.verify()
    assert [request.get("deadlineMs") for request in query.requests] == [None, 7 * 24 * 3600 * 1000]


def test_no_agent(folder):
    path = str(folder / "absent.sock")
    assert path in unavailable(AgentUnavailable, socket=path)
    assert "/run/schemad/query.sock" in schemad.verify(timeout=1).message


def test_the_agent_has_stopped(query):
    query.stop()
    assert "nothing listens" in unavailable(AgentUnavailable, socket=query.path)


def test_unusable_paths(folder):
    unavailable(AgentUnavailable, socket=str(folder / ("x" * 200)))
    unavailable(ConfigurationError, socket="\0abstract")


def test_no_hello_in_time(query):
    query.greet = lambda connection: None
    begin = time.monotonic()
    unavailable(AgentUnavailable, socket=query.path, timeout=0.3)
    assert time.monotonic() - begin < 3


def test_no_response_in_time(query):
    query.answer = lambda connection, request: None
    assert "0.3 s" in unavailable(AgentUnavailable, socket=query.path, timeout=0.3)


def test_an_incomplete_frame(query, monkeypatch):
    monkeypatch.setattr("schemad._connection.FRAME_SECONDS", 0.2)
    query.answer = lambda connection, request: connection.raw.sendall(b"SCD1\x03\x00\x00\x00\x00\x00\x00\x09{")
    assert "did not complete a frame" in unavailable(AgentUnavailable, socket=query.path, timeout=30)


def test_an_agent_that_hangs_up(query):
    query.answer = hang_up
    unavailable(AgentUnavailable, socket=query.path)


def test_errors_of_the_agent(query):
    query.answer = error("unknownDatabase")
    assert "unknownDatabase" in unavailable(AgentError, socket=query.path)


def test_the_socket_is_served_by_another_user(query, monkeypatch):
    monkeypatch.setattr("schemad.client.allowed_uids", lambda user: frozenset({4242}))
    unavailable(PeerRefused, socket=query.path)
    assert query.requests == []


def test_reads_need_no_key_file(query, admin, folder):
    query.answer = result(examples.VERIFY)
    absent = str(folder / "absent.toml")
    assert schemad.verify(socket=query.path, admin_socket=admin.path, key_file=absent).may_start
    with pytest.raises(ConfigurationError):
        Client(query.path, admin_socket=admin.path, key_file=absent).migrate()
    with pytest.raises(ConfigurationError, match="SCHEMAD_KEY_FILE"):
        Client(query.path).migrate()
    assert admin.connections == 0
