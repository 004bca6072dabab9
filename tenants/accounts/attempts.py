"""Counting what fails at the door, for the account and for the address; whoever got in by one factor of two has not got in yet and clears nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, update

from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.model import Account, SignInFailure
from tenants.errors import TOO_MANY_ATTEMPTS

CLEARED: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
UNCHANGED: dict[str, Any] = {"failed_attempts": Account.failed_attempts}


async def hold_open(session: WriteSession, account_id: UUID, now: datetime, values: dict[str, Any]) -> bool:
    """Whether the account is still open; then `values` are written, and guesses sent in parallel wait here for each other's outcome."""
    statement = (
        update(Account)
        .where(
            Account.id == account_id,
            Account.state == "active",
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
        )
        .values(**values)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def note_failure(
    entrance: Entrance, clock: Clock, account_id: UUID | None, address: str | None, *, wrong: bool
) -> None:
    """Count it, for the address always, for the account if what was given was wrong; the same two statements in every case."""
    policy, now = entrance.policy, clock.now()
    reached = func.least(Account.failed_attempts + 1, policy.failures_before_lock) == policy.failures_before_lock
    counted = (
        update(Account)
        .where(
            Account.id == (account_id if wrong and account_id is not None else new_id()),
            or_(Account.locked_until.is_(None), Account.locked_until <= now),
        )
        .values(
            failed_attempts=case((reached, 0), else_=Account.failed_attempts + 1),
            locked_until=case((reached, now + policy.lock), else_=None),
        )
        .execution_options(synchronize_session=False)
    )
    async with entrance.database.plain() as session:
        await session.execute(counted)
        session.add(SignInFailure(id=new_id(), at=now, address=address, account_id=account_id))


def require_patience(entrance: Entrance, clock: Clock, limit_reached: datetime | None) -> None:
    """Raises TOO_MANY_ATTEMPTS where the address has failed too often; `limit_reached` is the moment of the failure that was one too many."""
    if limit_reached is not None:
        left = limit_reached + entrance.policy.address_window - clock.now()
        raise TOO_MANY_ATTEMPTS(retry_after=max(1, int(left.total_seconds())))
