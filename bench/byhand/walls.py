"""The gate's list predicate as text, for statements that name their tables as they are called."""

from functools import lru_cache
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import dialect

from authz import predicate
from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from programmes.applications.queries import CASE
from programmes.funding.model import FundingRecord
from programmes.handovers.model import Handover, RegisterEntry
from programmes.people.model import Person
from programmes.titles.model import Certificate, Title

_COLUMNS = {
    Permission.CASE_LIST: CASE,
    Permission.CASE_READ: CASE,
    Permission.PERSON_READ: Columns(id=Person.id),
    Permission.TITLE_READ: Columns(id=Title.id, stage=Title.state),
    Permission.CERTIFICATE_READ: Columns(id=Certificate.id),
    Permission.FUNDING_READ: Columns(id=FundingRecord.id, stage=FundingRecord.state),
    Permission.REGISTER_READ: Columns(id=RegisterEntry.id, stage=RegisterEntry.state),
    Permission.HANDOVER_READ: Columns(id=Handover.id, stage=Handover.state),
}


def visible(permission: Permission, actor: Actor) -> str:
    """The condition; remembered by everything it depends on, the person only where it names him."""
    denials = tuple(str(row.line) for row in actor.denials(permission.value))
    personal = actor.account_id if actor.roles & {Role.APPLICANT, Role.EXPERT} else None
    return _visible(_Key(actor, permission, (actor.roles, actor.tenant.level, denials, personal)))


class _Key:
    """Equal for actors of whom the condition is the same."""

    def __init__(self, actor: Actor, permission: Permission, same: tuple[object, ...]) -> None:
        self.actor = actor
        self.permission = permission
        self._same = (permission, same)

    def __hash__(self) -> int:
        return hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._same == other._same


@lru_cache(maxsize=4096)
def _visible(key: _Key) -> str:
    condition = predicate.visible(key.permission, key.actor, _COLUMNS[key.permission])
    compiled: Any = condition.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})  # pyright: ignore[reportUnknownMemberType] - untyped dialect
    return f"({compiled})"


EDITION = "(edition.tenant_id = $1 OR edition.state <> 'draft')"
"""An edition is seen by its organiser, and by everybody once it is issued."""
UNION = "(tenant.id = $1 OR tenant.path = ANY ($2) OR tenant.path > $3 AND tenant.path < $4)"
"""A union is seen from itself, from above and from below."""
