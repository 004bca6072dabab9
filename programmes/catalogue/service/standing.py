"""What every act on an edition asks first: may this person, is it the right state, is the source document in force."""

from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.relations import NO_STAGE
from authz.scope import WriteScope
from authz.stages import stage_name
from authz.subject import Subject
from kernel.errors import Failure
from programmes.catalogue import repository
from programmes.catalogue.errors import BAD_SCHEDULE, DOCUMENT_EXPIRED, DOCUMENT_NOT_IN_FORCE, EDITION_STATE
from programmes.catalogue.model import Edition
from programmes.catalogue.rules.editions import Act, is_early, is_expired, next_state
from programmes.catalogue.rules.rulebook import Rulebook

DESK = "organiser"
_ACT_NAMES: dict[Act, str] = {
    "fill": "填写规则",
    "issue": "印发",
    "open": "开启申报",
    "close": "截止申报",
    "determine": "转入公示",
    "announce": "转入公布",
    "start_cultivation": "转入培育",
    "close_out": "办结",
    "cancel": "取消",
}


async def lock_for(scope: WriteScope, edition_id: UUID, permission: Permission, kind: str = "edition") -> Edition:
    """The edition, locked, where the actor may do this with it as it stands."""
    edition = await repository.lock_edition(scope.session, edition_id)
    await guard.require(scope, permission, Subject(kind=kind, id=edition.id, stage=edition.state, desk=DESK))
    return edition


def no_edition(kind: str = "edition") -> Subject:
    """An edition that does not exist yet."""
    return Subject(kind=kind, stage=NO_STAGE, desk=DESK)


def require_next(edition: Edition, act: Act) -> str:
    """Where the act leads; raises EDITION_STATE where it is not possible now."""
    target = next_state(edition.state, act)
    if target is None:
        raise refused_state(edition, act)
    return target


def refused_state(edition: Edition, act: Act) -> Failure:
    """The refusal of an act that the edition's state does not allow."""
    return EDITION_STATE(state=stage_name("edition", edition.state), act=_ACT_NAMES[act])


def require_document(rulebook: Rulebook, today: date) -> None:
    """Raises DOCUMENT_EXPIRED or DOCUMENT_NOT_IN_FORCE, citing the document."""
    document = rulebook.document
    rule = rulebook.route.cite.citation
    if is_expired(rulebook, today):
        raise DOCUMENT_EXPIRED(document=document.name, effective_to=str(document.effective_to), rule=rule)
    if is_early(rulebook, today):
        raise DOCUMENT_NOT_IN_FORCE(document=document.name, effective_from=str(document.effective_from), rule=rule)


def require_schedule(opens_on: date | None, closes_on: date | None) -> None:
    """Raises BAD_SCHEDULE where the edition would close before it opens."""
    if opens_on is not None and closes_on is not None and closes_on < opens_on:
        raise BAD_SCHEDULE(path=("input", "closesOn"))
