"""What all forms of standing in ask of their words and dates alike."""

from collections.abc import Iterable
from datetime import date, timedelta

from authz.administration import require_roles
from authz.delegation.errors import BAD_STANDING_PERIOD, REASON_REQUIRED, ROLE_IS_PERSONAL
from authz.names import role_names
from authz.roles import PERSONAL, Role
from kernel.errors import Failure, Reason
from kernel.text import clean_text
from tenants.errors import NO_ROLES

REASON_LIMIT = 500


def require_reason(text: str) -> str:
    """The written reason; raises REASON_REQUIRED and the refusals of texts."""
    if not text.strip():
        raise REASON_REQUIRED(path=("input", "reason"))
    return clean_text(text, path=("input", "reason"), limit=REASON_LIMIT)


def require_transferable(words: Iterable[str]) -> frozenset[Role]:
    """The roles that these words name, fit to be taken for another; raises NO_ROLES, ROLE_IS_PERSONAL and the refusals of `require_roles`."""
    roles = require_roles(words)
    if not roles:
        raise NO_ROLES(path=("input", "roles"))
    if personal := roles & PERSONAL:
        raise refusal_of(ROLE_IS_PERSONAL, personal)
    return roles


def require_period(first: date, end: date, today: date, longest: timedelta) -> None:
    """From today or later, to a first day no longer; raises BAD_STANDING_PERIOD."""
    if first < today or end <= first or end - first > longest:
        raise BAD_STANDING_PERIOD(path=("input", "validTo"), days=longest.days)


def refusal_of(reason: Reason, roles: frozenset[Role]) -> Failure:
    """A refusal of the field `roles` that names these."""
    words = frozenset(role.value for role in roles)
    return reason(path=("input", "roles"), roles=role_names(words), role_codes=", ".join(sorted(words)))
