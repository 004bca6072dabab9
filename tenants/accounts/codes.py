"""One-time codes: TOTP by RFC 6238 (SHA-1, 30 seconds, 6 digits: what every authenticator app does), and recovery codes.

A code is recognised by the step it belongs to, one step of clock skew either way; whoever accepts it remembers the step, so that no code is taken twice.
A recovery code has 80 random bits, so a plain hash of it gives nothing away.
"""

import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pyotp import random_base32
from pyotp.totp import TOTP

STEP_SECONDS = 30
SKEW_STEPS = 1
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_GROUP = 4
_TOTP = re.compile(r"[0-9]{6}")
_ISSUER = "匠梯"


def new_secret() -> str:
    """160 random bits as authenticator apps take them, base32."""
    return random_base32(32)


def enrolment_uri(secret: str, login: str) -> str:
    """What an authenticator app reads from a QR code."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def step_at(moment: datetime) -> int:
    """The number of the 30-second step."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, moment: datetime) -> str:
    """What an authenticator app shows at a moment."""
    return TOTP(secret).generate_otp(step_at(moment))


def find_step(secret: str, code: str, now: datetime) -> int | None:
    """The step to which the code belongs, at most one from now; each is compared in constant time."""
    typed = code.replace(" ", "")
    if not _TOTP.fullmatch(typed):
        return None
    totp, current = TOTP(secret), step_at(now)
    steps = range(current - SKEW_STEPS, current + SKEW_STEPS + 1)
    matching = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)]
    return max(matching, default=None)


def is_unused(step: int, last: int | None, now: datetime, *, clock_may_go_back: bool) -> bool:
    """Whether no code of this step or a later one was taken before."""
    if last is None or step > last:
        return True
    return clock_may_go_back and last > step_at(now) + SKEW_STEPS


def new_recovery_codes() -> list[str]:
    """Codes for when the device is lost, each good once."""
    return [_grouped(b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()) for _ in range(RECOVERY_CODES)]


def recovery_hash(account_id: UUID, code: str) -> bytes:
    """What is stored of a recovery code; blanks, hyphens and lower case are as good."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return sha256(account_id.bytes + plain.encode()).digest()


def _grouped(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
