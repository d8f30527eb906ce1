"""Tokens: `sd1.<kid>.<iat>.<ttl>.<nonce>.<mac>`, one per request, bound to its body."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Final, Optional

AUDIENCE: Final = re.compile(r"[a-z0-9._-]{1,64}", re.ASCII)
KID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
LONGEST_LIFE: Final = 300
FUTURE_SKEW: Final = 5
SHORTEST_SECRET: Final = 32

_TOKEN: Final = re.compile(
    r"sd1\.(?P<kid>[a-z0-9][a-z0-9_-]{0,31})\.(?P<iat>0|[1-9][0-9]{0,17})\.(?P<ttl>[1-9][0-9]{0,2})"
    r"\.(?P<nonce>[0-9a-f]{32})\.(?P<mac>[0-9a-f]{64})",
    re.ASCII,
)


class TokenRefused(Exception):
    """`code` is `unauthenticated` or `tokenExpired`; the exact reason is not given."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Key:
    """A client's key. The secret stays out of `repr`."""

    kid: str
    secret: bytes

    def __post_init__(self) -> None:
        if not KID.fullmatch(self.kid):
            raise ValueError("kid does not match [a-z0-9][a-z0-9_-]{0,31}")
        if len(self.secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret is shorter than {SHORTEST_SECRET} bytes")

    def __repr__(self) -> str:
        return f"Key(kid={self.kid!r})"


def mint(
    key: Key,
    audience: str,
    body: bytes,
    *,
    ttl: int = 60,
    now: Optional[int] = None,
    nonce: Optional[str] = None,
) -> str:
    """A token for exactly these body bytes. Only tests give `now` (in Unix seconds) and `nonce`."""
    if not AUDIENCE.fullmatch(audience):
        raise ValueError("audience does not match [a-z0-9._-]{1,64}")
    if not 1 <= ttl <= LONGEST_LIFE:
        raise ValueError(f"ttl must be within 1…{LONGEST_LIFE} seconds")
    iat = int(time.time()) if now is None else now
    nonce = secrets.token_hex(16) if nonce is None else nonce
    mac = _mac(key.secret, audience, key.kid, str(iat), str(ttl), nonce, body)
    return f"sd1.{key.kid}.{iat}.{ttl}.{nonce}.{mac}"


def verify(token: str, key: Key, audience: str, body: bytes, now: int) -> None:
    """Check a token as the agent does. Raises TokenRefused.

    Clients only mint tokens; the tests of this package verify them too.
    """
    fields = _TOKEN.fullmatch(token)
    if fields is None or int(fields["ttl"]) > LONGEST_LIFE:
        raise TokenRefused("unauthenticated")
    expected = _mac(key.secret, audience, fields["kid"], fields["iat"], fields["ttl"], fields["nonce"], body)
    # Both are evaluated, so that an unknown kid takes as long as a wrong MAC.
    known = hmac.compare_digest(fields["kid"], key.kid)
    genuine = hmac.compare_digest(expected, fields["mac"])
    if not (known and genuine):
        raise TokenRefused("unauthenticated")
    iat = int(fields["iat"])
    if now > iat + int(fields["ttl"]):
        raise TokenRefused("tokenExpired")
    if iat > now + FUTURE_SKEW:
        raise TokenRefused("unauthenticated")


def _mac(secret: bytes, audience: str, kid: str, iat: str, ttl: str, nonce: str, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    message = "\n".join(("schemad-request-v1", audience, kid, iat, ttl, nonce, digest))
    return hmac.new(secret, message.encode("ascii"), hashlib.sha256).hexdigest()
