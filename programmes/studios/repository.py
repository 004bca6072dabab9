"""Studios in the database, for writing."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from programmes.studios.model import Studio


async def lock_studio(session: WriteSession, studio_id: UUID) -> Studio:
    """The studio, held until the transaction ends; raises NOT_FOUND."""
    query = select(Studio).where(Studio.tenant_id == session.tenant_id, Studio.id == studio_id).with_for_update()
    studio = (await session.execute(query)).scalar_one_or_none()
    if studio is None:
        raise NOT_FOUND()
    return studio


async def insert_studio(session: WriteSession, values: dict[str, object]) -> bool:
    """Enter a studio; False where its name is taken."""
    fresh = await session.execute(insert(Studio).values(**values).on_conflict_do_nothing().returning(Studio.id))
    return fresh.first() is not None
