import time

import pytest
from vectors import load

from schemad import _tokens
from schemad._tokens import Key, TokenRefused

VECTORS = load("tokens")
KEY = Key(VECTORS["key"]["kid"], bytes.fromhex(VECTORS["key"]["hex"]))


def verdict(token, key, audience, body, now):
    try:
        _tokens.verify(token, key, audience, body, now)
    except TokenRefused as refused:
        return refused.code
    return "ok"


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vectors(case):
    body = case["body"].encode()
    assert verdict(case["token"], KEY, case["audience"], body, case["now"]) == case["expect"]


@pytest.mark.parametrize(
    "case", [c for c in VECTORS["cases"] if c["expect"] in ("ok", "tokenExpired")], ids=lambda case: case["name"]
)
def test_minted_as_in_the_vectors(case):
    _, _, iat, ttl, nonce, _ = case["token"].split(".")
    minted = _tokens.mint(KEY, case["audience"], case["body"].encode(), ttl=int(ttl), now=int(iat), nonce=nonce)
    assert minted == case["token"]


def test_mint_and_verify_agree():
    now = int(time.time())
    tokens = {_tokens.mint(KEY, "orders-db", b"{}") for _ in range(50)}
    assert len(tokens) == 50, "a nonce was repeated"
    for token in tokens:
        assert verdict(token, KEY, "orders-db", b"{}", now) == "ok"
        assert verdict(token, KEY, "orders-db", b"{} ", now) == "unauthenticated"
        assert verdict(token, Key("deploy1", b"x" * 32), "orders-db", b"{}", now) == "unauthenticated"


def test_invalid_arguments_are_refused():
    for arguments in ({"audience": "Orders"}, {"audience": ""}, {"audience": "a" * 65}, {"ttl": 0}, {"ttl": 301}):
        with pytest.raises(ValueError):
            _tokens.mint(KEY, **{"audience": "orders-db", "body": b"{}", **arguments})


def test_a_short_secret_is_refused():
    for secret in (b"", b"x" * 31):
        with pytest.raises(ValueError):
            Key("deploy1", secret)


def test_the_secret_is_not_shown():
    assert KEY.secret.hex() not in repr(KEY) and str(KEY.secret) not in repr(KEY)
