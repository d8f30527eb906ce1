import examples
import pytest
from conftest import error, hang_up, result

from schemad import AgentError, AgentUnavailable, Client, ProtocolError
from schemad import _frames as frames


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


def test_without_waiting(admin, key_file):
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


def test_after_a_lost_connection_the_same_job_is_found(admin, key_file):
    answers = iter([hang_up, hang_up, result(examples.MIGRATE)])
    admin.answer = lambda connection, request: next(answers)(connection, request)
    assert Client(admin_socket=admin.path, key_file=key_file).migrate().job == "j1"
    assert len(admin.requests) == 3
    assert len({request["idempotencyKey"] for request in admin.requests}) == 1
    assert len(set(admin.tokens)) == 3, "each request has a token of its own"


def test_an_agent_that_does_not_come_back(admin, key_file, monkeypatch):
    monkeypatch.setattr("schemad.client._RESUME_SECONDS", 0.3)

    def answer(connection, request):
        admin.stop()

    admin.answer = answer
    with pytest.raises(AgentUnavailable, match="idempotency key deploy-1"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(idempotency_key="deploy-1")


def test_an_agent_that_closes_each_connection(admin, key_file, monkeypatch):
    monkeypatch.setattr("schemad.client._RESUME_PAUSE", 0)
    admin.answer = hang_up
    with pytest.raises(AgentUnavailable, match="idempotency key"):
        Client(admin_socket=admin.path, key_file=key_file).migrate()
    assert 2 <= len(admin.requests) <= 10


def test_the_timeout_of_the_call(admin, key_file):
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
def test_invalid_arguments_are_not_sent(admin, key_file, arguments):
    with pytest.raises(ValueError):
        Client(admin_socket=admin.path, key_file=key_file).migrate(**arguments)
    assert admin.connections == 0


def test_a_request_that_is_too_large_is_not_sent(admin, key_file):
    with pytest.raises(ProtocolError, match="tooLarge"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(["x" * 1000] * 300)
    assert admin.requests == []


def test_an_event_of_another_request(admin, key_file):
    def answer(connection, request):
        connection.send(frames.EVENT, {"id": "c2", "event": "progress", "job": "j1", "sequence": 1, "data": {}})
        result(examples.MIGRATE)(connection, request)

    admin.answer = answer
    with pytest.raises(ProtocolError, match="another request"):
        Client(admin_socket=admin.path, key_file=key_file).migrate(on_progress=print)
