"""Reading an ID token (OpenID Connect Core 3.1.3.7), strictly: what is not exactly as it must be is refused, and the reason goes to the log only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from tenants.accounts.oidc.configuration import Provider

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""Signatures of key pairs only: with neither `none` nor HMAC among them, a public key can never serve as a secret."""
_SKEW = 60
_OLDEST = 600
_LONGEST_SUBJECT = 255


class Check(StrEnum):
    """What was not as it must be."""

    FORM = "form"
    ALG = "alg"
    KID = "kid"
    SIGNATURE = "signature"
    ISS = "iss"
    AUD = "aud"
    TIMES = "times"
    EXP = "exp"
    IAT = "iat"
    NBF = "nbf"
    NONCE = "nonce"
    SUB = "sub"


class IdTokenError(Exception):
    """The token is none that we may believe; the text names the check, and nothing of the token."""

    def __init__(self, check: Check) -> None:
        super().__init__(f"ID token: {check}")


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is, and whether it vouches for two factors."""

    subject: str
    is_strong: bool


def key_id(text: str) -> str:
    """Which key the token says it was signed with; raises IdTokenError for another algorithm than ours, or where no key is named."""
    try:
        header = cast("Mapping[str, Any]", jws.extract_compact(text.encode()).headers())
    except (JoseError, ValueError) as failure:
        raise IdTokenError(Check.FORM) from failure
    if header.get("alg") not in ALGORITHMS:
        raise IdTokenError(Check.ALG)
    found = header.get("kid")
    if not isinstance(found, str) or not found:
        raise IdTokenError(Check.KID)
    return found


def read_id_token(text: str, key: Key, provider: Provider, nonce: str, now: datetime) -> Identity:
    """The identity in a token that this key signed, for us, now, in answer to our own question; raises IdTokenError."""
    try:
        claims = cast("Mapping[str, Any]", jwt.decode(text, key, algorithms=list(ALGORITHMS)).claims)
    except (JoseError, ValueError) as failure:
        raise IdTokenError(Check.SIGNATURE) from failure
    _require(Check.ISS, claims.get("iss") == provider.issuer)
    _require(Check.AUD, _is_for(claims, provider.client_id))
    _require_time(claims, now.timestamp())
    _require(Check.NONCE, claims.get("nonce") == nonce)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise IdTokenError(Check.SUB)
    return Identity(subject, _is_strong(claims, provider))


def _require_time(claims: Mapping[str, Any], now: float) -> None:
    expires, issued, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _is_moment(expires) or not _is_moment(issued) or not (begins is None or _is_moment(begins)):
        raise IdTokenError(Check.TIMES)
    _require(Check.EXP, cast("float", expires) > now - _SKEW)
    _require(Check.IAT, now - _OLDEST <= cast("float", issued) <= now + _SKEW)
    _require(Check.NBF, begins is None or cast("float", begins) <= now + _SKEW)


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    audience: object = claims.get("aud")
    if audience not in (client_id, [client_id]):
        return False
    return claims.get("azp") in (None, client_id)


def _is_strong(claims: Mapping[str, Any], provider: Provider) -> bool:
    methods: object = claims.get("amr")
    words: set[object] = set(cast("list[str]", methods)) if _is_list_of_words(methods) else set()
    context: object = claims.get("acr")
    return (isinstance(context, str) and context in provider.strong_acr) or bool(words & provider.strong_amr)


def _is_list_of_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in cast("list[object]", value))


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _require(check: Check, condition: object) -> None:
    if not condition:
        raise IdTokenError(check)
