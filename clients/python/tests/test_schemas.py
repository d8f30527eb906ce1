"""The schemas are valid, and the messages that this client sends and expects match them."""

import json

import examples
import pytest
from conftest import HELLO, error, result
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from vectors import PROTOCOL, case_bytes, load

from schemad import AgentError, Client

FILES = sorted((PROTOCOL / "schema").rglob("*.json"))
REGISTRY = Registry().with_resources(
    (path.as_uri(), Resource.from_contents(json.loads(path.read_text("utf-8")))) for path in FILES
)
COMMANDS = {path.stem: path for path in FILES if path.parent.name == "commands"}


def errors(value, path, pointer=""):
    validator = Draft202012Validator({"$ref": f"{path.as_uri()}#{pointer}"}, registry=REGISTRY)
    return [f"{found.json_path}: {found.message}" for found in validator.iter_errors(value)]


def message(name):
    return PROTOCOL / "schema" / f"{name}.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_is_a_schema(path):
    document = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    for part in ("params", "result"):
        if path.stem in COMMANDS:
            Draft202012Validator.check_schema(document[part])
    # Every reference resolves.
    resolver = REGISTRY.resolver(path.as_uri())
    for reference in references(document):
        resolver.lookup(reference)


def references(value):
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "$ref":
                yield member
            else:
                yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_each_command_declares(name):
    document = json.loads(COMMANDS[name].read_text("utf-8"))
    assert document["name"] == name
    assert document["scope"] in ("read", "plan", "repair", "migrate", "admin")
    assert isinstance(document["mutation"], bool)
    assert document["params"]["additionalProperties"] is False


RESULTS = [
    ("verify", examples.VERIFY),
    ("verify", examples.READING),
    ("diagnose", examples.DIAGNOSE),
    ("diagnose", examples.UNREACHABLE),
    ("migrate", examples.MIGRATE),
    ("migrate", examples.QUEUED),
    ("jobs", {"jobs": [examples.JOB], "nextCursor": None}),
    ("watch", {**examples.JOB, "principal": "deploy1"}),
    ("status", examples.STATUS),
]


@pytest.mark.parametrize("name, value", RESULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_results(name, value):
    assert errors(value, COMMANDS[name], "/result") == []
    assert errors({"id": "c1", "result": value}, message("response")) == []
    assert errors({**value, "color": "blue"}, COMMANDS[name], "/result")
    for member in value:
        less = {key: item for key, item in value.items() if key != member}
        assert errors(less, COMMANDS[name], "/result") or member in ("principal", "reading")


def test_messages():
    assert errors(HELLO, message("hello")) == []
    assert errors({**HELLO, "protocol": [2]}, message("hello"))
    event = {"id": "c1", "event": "progress", "job": "j1", "sequence": 1, "data": examples.PROGRESS}
    assert errors(event, message("event")) == []
    assert errors({**event, "sequence": 0}, message("event"))
    assert errors({"event": "progress"}, message("event"))
    assert errors({"event": "gap"}, message("event")) == []
    assert errors({"id": "c1", "event": "gap", "job": "j1"}, message("event")) == []
    assert errors({"event": "gap", "sequence": 3}, message("event"))
    failure = {"code": "conflict", "message": "", "retryable": True, "details": {"job": "j1"}}
    assert errors({"id": None, "error": failure}, message("response")) == []
    assert errors({"id": None, "result": {}}, message("response"))
    assert errors({"id": "c1", "error": failure, "result": {}}, message("response"))
    assert errors({"id": "c1", "error": {**failure, "code": "oops"}}, message("response"))


@pytest.mark.parametrize("case", load("json")["cases"], ids=lambda case: case["name"])
def test_the_request_schema_agrees_with_the_vectors(case):
    if case["expect"] in ("badJSON", "strictOK"):
        return
    request = json.loads(case_bytes(case))
    if isinstance(request.get("deadlineMs"), float):
        # JSON Schema accepts 1000.0 as an integer; the protocol does not.
        return
    assert (errors(request, message("request")) == []) == (case["expect"] in ("ok", "unknownCommand"))


@pytest.mark.parametrize(
    "name, params, fits",
    [
        ("watch", {}, True),
        ("watch", {"job": "j1", "afterSequence": 3}, True),
        ("watch", {"afterSequence": 3}, False),
        ("fixVersion", {"undo": "r1"}, True),
        ("fixVersion", {"undo": "r1", "apply": True}, False),
        ("fixVersion", {"undo": "r1", "to": ["a"]}, False),
        ("fixVersion", {"apply": True, "to": ["a"], "plan": "p"}, True),
        ("migrate", {"dryrun": True}, False),
        ("migrate", {"to": "heads"}, False),
        ("migrate", {"to": []}, False),
        ("migrate", {"to": None}, False),
        ("jobs", {"limit": 0}, False),
        ("diagnose", {"maxAgeMs": -1}, False),
        ("plan", {"to": ["a\u0000"]}, False),
        ("graph", {"cursor": ""}, False),
        ("status", {"verbose": True}, False),
        ("verify", {"heads": ["x" * 256]}, False),
    ],
)
def test_params(name, params, fits):
    assert (errors(params, COMMANDS[name], "/params") == []) is fits


def test_what_this_client_sends(query, admin, key_file):
    query.answer = error("busy")
    admin.answer = result(examples.MIGRATE)
    with Client(query.path, admin_socket=admin.path, key_file=key_file, database="main") as client:
        for call in (
            client.status,
            client.verify,
            lambda: client.verify(["a1", "b2"]),
            client.diagnose,
            lambda: client.diagnose(fresh=True),
            client.jobs,
            lambda: client.jobs("j1", "failed", 5000),
        ):
            with pytest.raises(AgentError):
                call()
        client.migrate()
        client.migrate("a1", expect_from=["b2"], wait=False, on_progress=print, plan="p", run_seconds=0.0001)
    assert len(query.requests) == 7 and len(admin.requests) == 2
    for request in query.requests + admin.requests:
        assert errors(request, message("request")) == []
        assert errors(request.get("params", {}), COMMANDS[request["command"]], "/params") == []
