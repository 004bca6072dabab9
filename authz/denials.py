"""A union's tightenings as deny rows of the same shape as the policy's own, checked word by word."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from authz.permissions import Permission
from authz.policy_rows import DENY, PolicyError, PolicyLine, PolicyRow
from authz.relations import ANY
from authz.roles import Role
from authz.stages import stages_of
from tenants.policies.facts import Tightening

TIGHTENABLE_ROLES = tuple(
    role for role in Role if role not in {Role.COURIER, Role.AUDITOR, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
)
"""Whose acts a union may forbid: not the machinery's, not those of who supervises it, not those of who lifts it again."""
UNTOUCHABLE_KINDS = frozenset({"policy", "audit", "session", "tenant"})
"""What nobody's rules may close: the record, the rules themselves, signing out, knowing one's union."""
FILE = "tightening"


@dataclass(frozen=True)
class TighteningLine(PolicyLine):
    """Where a deny row of a union was written: its record."""

    tightening: Tightening

    def __str__(self) -> str:
        return f"{self.file}:{self.tightening.id} {self.text}"


def is_word_for_word_known(role: str, typ: str, act: str, stage: str) -> bool:
    """Whether a tightening says only what the closed vocabularies know; there is no `*` but for the stage."""
    return (
        role in TIGHTENABLE_ROLES
        and typ not in UNTOUCHABLE_KINDS
        and f"{typ}:{act}" in _PERMISSIONS
        and stage in {ANY, *stages_of(typ)}
    )


def deny_row(tightening: Tightening) -> PolicyRow:
    """The row; raises PolicyError for a word that is not known, rather than let it forbid nothing."""
    words = (tightening.role, tightening.typ, tightening.act)
    text = ",".join((*words, ANY, ANY, tightening.stage, DENY))
    if not is_word_for_word_known(*words, tightening.stage):
        message = f"{FILE}:{tightening.id} is not understood: {text}"
        raise PolicyError(message)
    return PolicyRow(*words, ANY, ANY, tightening.stage, DENY, TighteningLine(FILE, 0, text, tightening))


@lru_cache(maxsize=4096)
def denials_of(tightenings: tuple[Tightening, ...]) -> Mapping[str, tuple[PolicyRow, ...]]:
    """By permission; remembered under all the rows themselves, so never stale."""
    rows: dict[str, tuple[PolicyRow, ...]] = {}
    for tightening in tightenings:
        row = deny_row(tightening)
        rows[row.permission] = (*rows.get(row.permission, ()), row)
    return MappingProxyType(rows)


def find_denial(rows: tuple[PolicyRow, ...], roles: frozenset[str], stage: str) -> PolicyRow | None:
    """The first row that forbids it to somebody with one of these roles, in this stage."""
    return next((row for row in rows if row.role in roles and row.stage in {ANY, stage}), None)


_PERMISSIONS = frozenset(permission.value for permission in Permission)
