import time

import examples
import pytest
from conftest import HELLO, raw, result, unavailable

import schemad
from schemad import AgentError, Client, ProtocolError
from schemad import _frames as frames


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
    assert time.monotonic() - begin < 5, "refused because of the bytes, not because of the time limit"


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
def test_invalid_responses(query, body):
    query.answer = raw(body)
    unavailable(ProtocolError, socket=query.path)


def test_a_response_to_another_request(query):
    query.answer = lambda connection, request: result(examples.VERIFY)(connection, {"id": "c2"})
    assert "another request" in unavailable(ProtocolError, socket=query.path)


def test_a_response_that_is_too_large_is_refused_by_its_header(query):
    query.answer = lambda connection, request: connection.raw.sendall(b"SCD1\x03\x00\x00\x00\x00\x10\x00\x01")
    unavailable(ProtocolError, socket=query.path, timeout=20)


def test_an_error_without_id_is_ours(query):
    body = b'{"id":null,"error":{"code":"badFrame","message":"no","retryable":false}}'
    query.answer = raw(body)
    with pytest.raises(AgentError, match="badFrame"):
        Client(query.path).diagnose()
