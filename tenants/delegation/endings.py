"""What ends with a place: handing over and standing in, for good, also where the person is seated again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update

from kernel.database import WriteSession
from tenants.delegation.model import DeputyGrant


async def end_grants_of(session: WriteSession, account_id: UUID, at: datetime, by: str) -> None:
    """All that the account gave or was given in the bound union, from the next request on."""
    statement = update(DeputyGrant).where(
        DeputyGrant.tenant_id == session.tenant_id,
        or_(DeputyGrant.granter_id == account_id, DeputyGrant.deputy_id == account_id),
        DeputyGrant.revoked_at.is_(None),
    )
    ended = statement.values(revoked_at=at, revoked_by=by)
    await session.execute(ended.execution_options(synchronize_session=False))
