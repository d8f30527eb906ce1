import os
import threading
import time

import examples
import pytest
from conftest import HELLO, error, result

import schemad
from schemad import AgentError, AgentUnavailable, Client
from schemad import _frames as frames


def test_a_read_needs_no_key(query):
    query.answer = result(examples.DIAGNOSE)
    with Client(query.path, database="main") as client:
        diagnosis = client.diagnose()
        assert (diagnosis.verdict, diagnosis.healthy, diagnosis.schema_match) == ("corrupt", False, False)
        assert diagnosis.rows == ("000000000000", None)
        assert diagnosis.pending == ("f4c7a91e0b23",)
        assert diagnosis.findings[0].code == "version.behind"
        assert diagnosis.raw == examples.DIAGNOSE
        client.diagnose(fresh=True)
    assert query.tokens == ["", ""]
    # Somewhat less than the timeout of 30 s.
    assert all(26_000 < request.pop("deadlineMs") <= 27_000 for request in query.requests)
    assert query.requests == [
        {"id": "c1", "command": "diagnose", "database": "main"},
        {"id": "c2", "command": "diagnose", "database": "main", "params": {"maxAgeMs": 0}},
    ]
    assert query.connections == 1


def test_an_unreachable_database_is_a_diagnosis(query):
    query.answer = result(examples.UNREACHABLE)
    diagnosis = Client(query.path).diagnose()
    assert (diagnosis.verdict, diagnosis.rows, diagnosis.pending, diagnosis.heads) == ("unreachable", None, None, ())


def test_status_and_jobs(query):
    query.answer = result(examples.STATUS)
    with Client(query.path, database="main") as client:
        assert client.status()["keys"] == ["deploy1"]
        pages = iter([{"jobs": [examples.JOB], "nextCursor": "j1"}, {"jobs": [examples.JOB], "nextCursor": None}])
        query.answer = lambda connection, request: result(next(pages))(connection, request)
        jobs = client.jobs(state="failed", limit=10)
    assert [job.id for job in jobs] == ["j1", "j1"]
    assert jobs[0].error["code"] == "migrationFailed" and jobs[0].ended_at is None
    assert "database" not in query.requests[0]
    assert query.requests[1]["params"] == {"state": "failed", "limit": 10}
    assert query.requests[2]["params"] == {"state": "failed", "limit": 9, "cursor": "j1"}


def test_settings_from_the_environment(query, monkeypatch):
    monkeypatch.setenv("SCHEMAD_SOCKET", query.path)
    monkeypatch.setenv("SCHEMAD_DATABASE", "main")
    query.answer = result(examples.VERIFY)
    assert schemad.verify().may_start is True
    # Somewhat less than the timeout of 5 s.
    assert 4000 < query.requests[0].pop("deadlineMs") <= 4500
    assert query.requests == [{"id": "c1", "command": "verify", "database": "main"}]


def test_reads_fall_back_to_the_admin_socket(admin, key_file, folder):
    admin.answer = result(examples.VERIFY)
    absent = str(folder / "absent.sock")
    assert schemad.verify("a1", socket=absent, admin_socket=admin.path, key_file=key_file).verdict == "equal"
    assert admin.tokens[0].startswith("sd1.deploy1.")
    assert admin.requests[0]["params"] == {"heads": ["a1"]}


def test_requests_on_one_socket_carry_a_token(admin, key_file):
    admin.answer = result(examples.VERIFY)
    assert schemad.verify(socket=admin.path, key_file=key_file, strict=True).may_start


def test_tokens_use_the_agents_clock(query, admin, key_file, monkeypatch):
    admin.answer = result(examples.MIGRATE)
    now = time.time()
    monkeypatch.setattr("schemad._tokens.time.time", lambda: now)
    # Each hello has the agent's real time, and the fake agent verifies tokens with it.
    monkeypatch.setattr("schemad._tokens.FUTURE_SKEW", 2)
    admin.greet = lambda connection: connection.send(frames.HELLO, {**HELLO, "time": int(now) + 1})
    assert Client(admin_socket=admin.path, key_file=key_file).migrate().state == "succeeded"
    assert admin.tokens[0].split(".")[2] in (str(int(now) + 1), str(int(now) + 2))


def test_a_kept_connection_that_was_closed(query):
    query.answer = result(examples.VERIFY)
    with Client(query.path) as client:
        assert client.verify().may_start
        query.drop()
        assert client.verify().may_start
    assert query.connections == 2


def test_an_error_keeps_the_connection(query):
    query.answer = error("busy", retryable=True)
    with Client(query.path) as client:
        for _ in range(2):
            with pytest.raises(AgentError) as caught:
                client.verify()
            assert (caught.value.code, caught.value.retryable) == ("busy", True)
    assert query.connections == 1


def test_a_late_response_is_discarded(query):
    query.answer = lambda connection, request: None
    with Client(query.path, timeout=0.2) as client:
        with pytest.raises(AgentUnavailable):
            client.verify()
        query.answer = result(examples.VERIFY)
        assert client.verify().may_start
    assert query.connections == 2


def test_threads_share_a_client(query):
    query.answer = lambda connection, request: result({**examples.STATUS, "agent": request["id"]})(connection, request)
    seen = []
    with Client(query.path) as client:
        threads = [threading.Thread(target=lambda: seen.append(client.status()["agent"])) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(seen)) == 20
    assert query.connections == 1


# Python 3.12 and later warn of any fork in a process with threads; the test shows that this one is harmless.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_read_its_parents_responses(query):
    query.answer = result(examples.VERIFY)
    with Client(query.path) as client:
        client.verify()
        child = os.fork()
        if child == 0:
            os._exit(0 if client.verify().may_start else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert client.verify().may_start
    assert query.connections == 2
