import os
import threading
import time

import examples
import pytest
from conftest import HELLO, error, hang_up, raw, result

import schemad
from schemad import AgentError, AgentUnavailable, Client, ConfigurationError, PeerRefused, ProtocolError
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
    assert query.requests == [{"id": "c1", "command": "verify", "database": "main"}]


def test_reads_fall_back_to_the_admin_socket(admin, key_file, folder):
    admin.answer = result(examples.VERIFY)
    absent = str(folder / "absent.sock")
    assert schemad.verify("a1", socket=absent, admin_socket=admin.path, key_file=key_file).verdict == "equal"
    assert admin.tokens[0].startswith("sd1.deploy1.")
    assert admin.requests[0]["params"] == {"heads": ["a1"]}


def test_one_socket_for_all_carries_a_token(admin, key_file):
    admin.answer = result(examples.VERIFY)
    assert schemad.verify(socket=admin.path, key_file=key_file, strict=True).may_start


def test_tokens_are_minted_by_the_agents_clock(query, admin, key_file, monkeypatch):
    admin.answer = result(examples.MIGRATE)
    now = time.time()
    monkeypatch.setattr("schemad._tokens.time.time", lambda: now)
    # Each hello tells the agent's real time, and the agent of these tests verifies by it.
    monkeypatch.setattr("schemad._tokens.FUTURE_SKEW", 2)
    admin.greet = lambda connection: connection.send(frames.HELLO, {**HELLO, "time": int(now) + 1})
    assert Client(admin_socket=admin.path, key_file=key_file).migrate().state == "succeeded"
    assert admin.tokens[0].split(".")[2] in (str(int(now) + 1), str(int(now) + 2))


# Verification


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


def unavailable(kind, **arguments):
    """The same trouble, told and raised."""
    verification = schemad.verify("a1", **arguments)
    assert (verification.verdict, verification.may_start, verification.heads) == ("agentUnavailable", None, ("a1",))
    assert isinstance(verification.error, kind)
    with pytest.raises(kind):
        schemad.verify("a1", strict=True, **arguments)
    return verification.message


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


# What is not version 1


@pytest.mark.parametrize(
    "change",
    [
        {"protocol": [2]},
        {"protocol": []},
        {"protocol": 1},
        {"protocol": [True]},
        {"protocol": [1, "2"]},
        {"audience": "Orders"},
        {"audience": None},
        {"capabilities": ["stream", 1]},
        {"limits": []},
        {"time": 1.5},
        {"time": True},
        {"time": -1},
        {"state": "asleep"},
        {"agent": None},
    ],
    ids=str,
)
def test_a_wrong_hello(query, change):
    query.greet = lambda connection: connection.send(frames.HELLO, {**HELLO, **change})
    unavailable(ProtocolError, socket=query.path)


def test_a_newer_hello(query):
    query.greet = lambda connection: connection.send(frames.HELLO, {**HELLO, "protocol": [1, 2], "color": "blue"})
    query.answer = result(examples.VERIFY)
    assert schemad.verify(socket=query.path).may_start


@pytest.mark.parametrize(
    "greeting",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"SSH",
        b"SCD1\x03\x00\x00\x00\x00\x00\x00\x02{}",
        b"SCD1\x01\x00\x00\x00\x00\x00\x10\x01",
        b"SCD1\x01\x00\x00\x00\x00\x00\x00\x00",
        b"SCD1\x01\x00\x00\x01\x00\x00\x00\x02t{}",
        b"SCD1\x01\x01\x00\x00\x00\x00\x00\x02{}",
        b"SCD1\x01\x00\x00\x00\x00\x00\x00\x02[]",
    ],
)
def test_no_hello_at_all(query, greeting):
    query.greet = lambda connection: connection.raw.sendall(greeting)
    begin = time.monotonic()
    unavailable(ProtocolError, socket=query.path, timeout=20)
    assert time.monotonic() - begin < 5, "it is refused by what came, not by the clock"


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"c1","result":{},"result":{}}',
        b'{"id":"c1"}',
        b'{"id":"c1","result":{},"error":null}',
        b'{"id":"c2","result":{}}',
        b'{"id":null,"result":{}}',
        b'{"id":"c1","result":[]}',
        b'{"id":"c1","error":{"code":"busy"}}',
        b'{"id":"c1","error":"busy"}',
        b'{"id":"c1","result":{"verdict":"equal"}}',
        b'{"id":"c1","result":{"verdict":"equal","mayStart":1,"heads":[],"rows":null,"ageMs":null}}',
        b'{"id":"c1","result":{"verdict":"equal","mayStart":true,"heads":[1],"rows":null,"ageMs":null}}',
        b'{"id":"c1","result":{"verdict":"equal","mayStart":true,"heads":[],"rows":[1],"ageMs":null}}',
        b'{"id":"c1","result":{"verdict":"equal","mayStart":true,"heads":[],"rows":[],"ageMs":1.0}}',
        b"[" * 100_000,
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: body[:70].decode(errors="replace"),
)
def test_answers_that_cannot_be_trusted(query, body):
    query.answer = raw(body)
    unavailable(ProtocolError, socket=query.path)


def test_an_answer_to_another_request(query):
    query.answer = lambda connection, request: result(examples.VERIFY)(connection, {"id": "c2"})
    assert "another request" in unavailable(ProtocolError, socket=query.path)


def test_an_event_of_another_request(admin, key_file):
    def answer(connection, request):
        connection.send(frames.EVENT, {"id": "c2", "event": "progress", "job": "j1", "sequence": 1, "data": {}})
        result(examples.MIGRATE)(connection, request)

    admin.answer = answer
    with pytest.raises(ProtocolError, match="another request"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(on_progress=print)


def test_an_answer_that_is_too_large_is_refused_by_its_header(query):
    query.answer = lambda connection, request: connection.raw.sendall(b"SCD1\x03\x00\x00\x00\x00\x10\x00\x01")
    unavailable(ProtocolError, socket=query.path, timeout=20)


def test_an_error_without_id_is_ours(query):
    body = b'{"id":null,"error":{"code":"badFrame","message":"no","retryable":false}}'
    query.answer = raw(body)
    with pytest.raises(AgentError, match="badFrame"):
        Client(query.path).diagnose()


# Connections


def test_a_connection_that_was_closed_meanwhile(query):
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


def test_a_late_answer_is_not_the_next_ones(query):
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


# Python 3.12 and later warn of any fork beside threads; what is tested is that this one does no harm.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_read_its_parents_answers(query):
    query.answer = result(examples.VERIFY)
    with Client(query.path) as client:
        client.verify()
        child = os.fork()
        if child == 0:
            os._exit(0 if client.verify().may_start else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert client.verify().may_start
    assert query.connections == 2


# Migration


def test_migrate(admin, key_file):
    admin.answer = result(examples.MIGRATE)
    with Client(admin_socket=admin.path, key_file=key_file, database="main") as client:
        migration = client.migrate(
            idempotency_key="deploy-8f3c",
            expect_from="38d1f5a6e20b",
            queue_seconds=30,
            run_seconds=900,
            reason="release 42",
        )
        client.migrate(["a1@head", "+1"], wait=False, plan="p1")
    assert migration.state == "succeeded" and migration.job == "j1" and migration.duration_ms == 41
    assert (migration.before, migration.after) == (("38d1f5a6e20b",), ("f4c7a91e0b23",))
    assert migration.applied == ("f4c7a91e0b23",)
    first, second = admin.requests
    assert first == {
        "id": "c1",
        "command": "migrate",
        "database": "main",
        "params": {"expectFrom": ["38d1f5a6e20b"], "runDeadlineMs": 900000},
        "idempotencyKey": "deploy-8f3c",
        "deadlineMs": 30000,
        "reason": "release 42",
    }
    assert second["params"] == {"to": ["a1@head", "+1"], "plan": "p1", "wait": False}
    assert second["idempotencyKey"] != "deploy-8f3c"


def test_a_job_that_waits(admin, key_file):
    admin.answer = result(examples.QUEUED)
    migration = Client(admin_socket=admin.path, key_file=key_file).migrate(wait=False)
    assert (migration.state, migration.before, migration.after, migration.applied) == ("queued", None, None, ())


def test_progress(admin, key_file):
    def answer(connection, request):
        event = {"id": request["id"], "event": "progress", "job": "j1", "sequence": 1, "data": examples.PROGRESS}
        connection.send(frames.EVENT, event)
        connection.send(frames.EVENT, {"id": request["id"], "event": "weather"})
        connection.send(frames.EVENT, {"event": "gap"})
        connection.send(frames.EVENT, {**event, "sequence": 9})
        result(examples.MIGRATE)(connection, request)

    admin.answer = answer
    seen = []
    Client(admin_socket=admin.path, key_file=key_file).migrate(on_progress=seen.append)
    assert admin.requests[0]["stream"] is True
    assert [(event.event, event.sequence) for event in seen] == [("progress", 1), ("gap", None), ("progress", 9)]
    assert seen[0].data["revision"] == "f4c7a91e0b23"


def test_a_failed_migration(admin, key_file):
    admin.answer = error("migrationFailed", revision="f4c7a91e0b23", sqlstate="42701", applied=[])
    with pytest.raises(AgentError) as caught:
        Client(admin_socket=admin.path, key_file=key_file).migrate()
    assert caught.value.code == "migrationFailed" and not caught.value.retryable
    assert caught.value.details["sqlstate"] == "42701"
    assert len(admin.requests) == 1


def test_a_lost_link_finds_the_same_job(admin, key_file):
    answers = iter([hang_up, hang_up, result(examples.MIGRATE)])
    admin.answer = lambda connection, request: next(answers)(connection, request)
    assert Client(admin_socket=admin.path, key_file=key_file).migrate().job == "j1"
    assert len(admin.requests) == 3
    assert len({request["idempotencyKey"] for request in admin.requests}) == 1
    assert len(set(admin.tokens)) == 3, "each request has a token of its own"


def test_a_link_that_stays_lost(admin, key_file, monkeypatch):
    monkeypatch.setattr("schemad.client._RESUME_SECONDS", 0.3)

    def answer(connection, request):
        admin.stop()

    admin.answer = answer
    with pytest.raises(AgentUnavailable, match="idempotency key deploy-1"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(idempotency_key="deploy-1")


def test_an_agent_that_hangs_up_each_time(admin, key_file, monkeypatch):
    monkeypatch.setattr("schemad.client._RESUME_PAUSE", 0)
    admin.answer = hang_up
    with pytest.raises(AgentUnavailable, match="idempotency key"):
        Client(admin_socket=admin.path, key_file=key_file).migrate()
    assert 2 <= len(admin.requests) <= 10


def test_no_time_to_wait(admin, key_file):
    admin.answer = lambda connection, request: None
    with pytest.raises(AgentUnavailable, match="idempotency key deploy-1"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(idempotency_key="deploy-1", timeout=0.2)
    assert len(admin.requests) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"idempotency_key": ""},
        {"idempotency_key": "a b"},
        {"idempotency_key": "x" * 129},
        {"idempotency_key": "é"},
        {"reason": "a\nb"},
        {"reason": "x" * 501},
    ],
    ids=str,
)
def test_what_the_agent_would_refuse_is_not_sent(admin, key_file, arguments):
    with pytest.raises(ValueError):
        Client(admin_socket=admin.path, key_file=key_file).migrate(**arguments)
    assert admin.connections == 0


def test_a_request_too_large_is_not_sent(admin, key_file):
    with pytest.raises(ProtocolError, match="tooLarge"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(["x" * 1000] * 300)
    assert admin.requests == []
