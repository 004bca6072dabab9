"""Which handovers and register entries a person of this tenant sees in lists: the policy's own rows, as SQL; and which passings a case has had."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns, visible
from kernel.database import ReadSession
from programmes.applications.model import Application
from programmes.handovers.model import Drift, Handover, RegisterEntry
from programmes.handovers.rules import HandoverState


def visible_handovers(actor: Actor) -> ColumnElement[bool]:
    """Handovers the gate would show this actor."""
    return visible(Permission.HANDOVER_READ, actor, Columns(id=Handover.id, stage=Handover.state))


def visible_drift(actor: Actor) -> ColumnElement[bool]:
    """What changed below, for those who see the handover."""
    own = (Handover.tenant_id == actor.tenant.id, Handover.id == Drift.handover_id)
    return select(Handover.id).where(*own, visible_handovers(actor)).exists()


def visible_register(actor: Actor) -> ColumnElement[bool]:
    """Register entries the gate would show this actor."""
    return visible(Permission.REGISTER_READ, actor, Columns(id=RegisterEntry.id, stage=RegisterEntry.state))


async def list_passings(session: ReadSession, application_ids: Sequence[UUID]) -> Sequence[Handover]:
    """Passings, up or down, by which another union came to hold a copy of these cases."""
    query = select(Handover).where(
        Handover.tenant_id == session.tenant_id,
        Handover.application_id.in_(application_ids),
        Handover.state != HandoverState.REQUESTED,
    )
    return (await session.execute(query.order_by(Handover.id))).scalars().all()


async def find_passed_person(session: ReadSession, correlation_id: UUID, counterpart_id: UUID) -> UUID | None:
    """Whose case was passed between this union and that one; None where no file came of it here."""
    query = (
        select(Application.person_id)
        .join(Handover, (Handover.tenant_id == Application.tenant_id) & (Handover.application_id == Application.id))
        .where(
            Application.tenant_id == session.tenant_id,
            Application.erased_on.is_(None),
            Handover.correlation_id == correlation_id,
            Handover.counterpart_id == counterpart_id,
        )
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none()
