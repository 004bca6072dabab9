"""Entering studios that this union has named, and withdrawing a naming."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.people.queries import get_person, require_kept
from programmes.studios import repository
from programmes.studios.errors import STUDIO_EXISTS, STUDIO_NAMED_LATER, STUDIO_WITHDRAWN
from programmes.studios.events import announce_naming
from programmes.studios.model import Studio
from programmes.studios.rules import StudioKind, StudioState

_SHORT_TEXT = 200
_LONG_TEXT = 4000


@dataclass(frozen=True)
class StudioFacts:
    """A studio as it is entered: who leads it and by which document it was named."""

    kind: StudioKind
    name: str
    leader_id: UUID
    employer: str
    field: str
    named_on: date
    document_no: str


async def create_studio(scope: WriteScope, facts: StudioFacts) -> Studio:
    """Enter a studio of the union's own level, led by one of its people. Raises NOT_FOUND for a stranger, STUDIO_EXISTS."""
    await guard.require(scope, Permission.STUDIO_CREATE, Subject(kind="studio"))
    leader = await get_person(scope.session, facts.leader_id)
    require_kept(leader)
    if facts.named_on > scope.clock.today():
        raise STUDIO_NAMED_LATER(path=("input", "namedOn"))
    studio_id, now = new_id(), scope.clock.now()
    entered = await repository.insert_studio(
        scope.session,
        {
            "tenant_id": scope.tenant_id,
            "id": studio_id,
            "kind": facts.kind.value,
            "name": clean_text(facts.name, path=("input", "name"), limit=_SHORT_TEXT),
            "level": scope.actor.tenant.level,
            "leader_id": leader.id,
            "employer": clean_text(facts.employer, path=("input", "employer"), limit=_SHORT_TEXT),
            "field": clean_text(facts.field, path=("input", "field"), limit=_SHORT_TEXT),
            "named_on": facts.named_on,
            "document_no": clean_text(facts.document_no, path=("input", "documentNo"), limit=_SHORT_TEXT),
            "state": StudioState.NAMED.value,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        },
    )
    if not entered:
        raise STUDIO_EXISTS(path=("input", "name"))
    studio = await repository.lock_studio(scope.session, studio_id)
    audit_act(scope, "studio:create", "studio", studio.id, after={"kind": studio.kind, "level": studio.level})
    await announce_naming(scope.session, studio)
    return studio


async def withdraw_studio(scope: WriteScope, studio_id: UUID, *, reason: str, version: int) -> Studio:
    """Withdraw the naming, with the reason; raises STUDIO_WITHDRAWN the second time."""
    studio = await repository.lock_studio(scope.session, studio_id)
    subject = Subject(kind="studio", id=studio.id, stage=StudioState.NAMED)
    await guard.require(scope, Permission.STUDIO_WITHDRAW, subject)
    require_version(studio, version)
    if studio.state != StudioState.NAMED:
        raise STUDIO_WITHDRAWN()
    studio.withdraw_reason = clean_text(reason, path=("input", "reason"), limit=_LONG_TEXT)
    studio.withdrawn_on = scope.clock.today()
    studio.state = StudioState.WITHDRAWN
    touch(studio, scope.clock.now())
    audit_act(scope, "studio:withdraw", "studio", studio.id, after={"state": studio.state})
    await scope.session.flush()
    return studio
