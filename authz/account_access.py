"""How a member gets in, for the administrators of his union: what stands of his account, ending his sessions, closing and opening the account.

An account belongs to the person, not to the union. What concerns it as a whole (closing, opening) is open to a security administrator only where every place
of the person lies in his union or below it; what concerns this union alone (its sessions) always is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz import guard
from authz.administration import lock_resettable, record_in_login, subject_of_member
from authz.permissions import Permission
from authz.scope import ReadScope, WriteScope
from tenants.accounts import overview, second_factor, service
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SessionFacts
from tenants.errors import PLACE_NOT_TAKEN


@dataclass(frozen=True)
class AccountAccess:
    """What an administrator may know of a member's account; never a hash, a secret or a session elsewhere."""

    login: str
    is_active: bool
    locked_until: datetime | None
    must_change_password: bool
    password_set_at: datetime
    last_sign_in_at: datetime | None
    second_factor: second_factor.FactorFacts | None
    sessions: Sequence[SessionFacts]


async def find_account_access(scope: ReadScope, entrance: Entrance, membership_id: UUID) -> AccountAccess | None:
    """How the member gets in; None for a member whom this union does not have, or who has not taken his place yet. Raises the refusals of the gate."""
    await guard.require(scope, Permission.MEMBERSHIP_INSPECT, subject_of_member(scope, None))
    member = await service.find_member(scope.session, membership_id)
    if member is None or member.account_id is None:
        return None
    async with entrance.database.plain() as session:
        account = await overview.get_account(session, member.account_id)
    locked = account.locked_until
    return AccountAccess(
        login=account.login,
        is_active=account.state == "active",
        locked_until=locked if locked is not None and locked > scope.clock.now() else None,
        must_change_password=account.must_change_password,
        password_set_at=account.password_set_at or account.created_at,
        last_sign_in_at=account.active_at,
        second_factor=await second_factor.find_second_factor(entrance, member.account_id),
        sessions=await overview.list_sessions_in(entrance, member.account_id, scope.tenant_id, scope.clock),
    )


async def end_member_sessions(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """End all sessions of a member in this union, at once; those elsewhere go on. Raises NOT_FOUND, PLACE_NOT_TAKEN and the refusals of the gate."""
    member = await service.lock_member(scope.session, membership_id)
    await guard.require(scope, Permission.SESSION_REVOKE, subject_of_member(scope, member.account_id, membership_id))
    if member.account_id is None:
        raise PLACE_NOT_TAKEN()
    async with entrance.database.write(scope.tenant_id) as session:
        await overview.revoke_sessions_in(session, member.account_id, scope.clock)
        record_in_login(scope, session, Permission.SESSION_REVOKE, membership_id, {"sessions": "ended"})
    return membership_id


async def close_account(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """Nobody signs in with the member's account any more, in no union, and who is signed in is not from now on.

    Raises NOT_FOUND, SEATED_ELSEWHERE and the refusals of the gate.
    """
    account_id = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await service.disable_account(session, scope.clock, account_id)
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"account": "closed"})
    return membership_id


async def open_account(scope: WriteScope, entrance: Entrance, membership_id: UUID) -> UUID:
    """Undo `close_account`, the closing of an unused account, and a lock after wrong passwords; ended sessions stay ended. Raises as above."""
    account_id = await lock_resettable(scope, entrance, membership_id)
    async with entrance.database.write(scope.tenant_id) as session:
        await service.enable_account(session, scope.clock, account_id)
        record_in_login(scope, session, Permission.MEMBERSHIP_RESET, membership_id, {"account": "opened"})
    return membership_id
