"""Reading studios."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from programmes.studios.model import Studio


async def get_studio(session: ReadSession, studio_id: UUID) -> Studio:
    """The studio; raises NOT_FOUND."""
    query = select(Studio).where(Studio.tenant_id == session.tenant_id, Studio.id == studio_id)
    studio = (await session.execute(query)).scalar_one_or_none()
    if studio is None:
        raise NOT_FOUND()
    return studio


async def list_studios_of_leader(session: ReadSession, person_id: UUID) -> Sequence[Studio]:
    """The studios a person leads, the first named first."""
    query = (
        select(Studio)
        .where(Studio.tenant_id == session.tenant_id, Studio.leader_id == person_id)
        .order_by(Studio.named_on, Studio.id)
    )
    return (await session.execute(query)).scalars().all()
