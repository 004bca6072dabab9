"""Beginning a session in which the person stands in for somebody: a session of its own beside the one he came with.

It is begun if, and only if, the statement of each later request finds it founded: there is no second opinion about that.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from kernel import audit
from kernel.clock import Clock
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import NewSession, SignedIn
from tenants.accounts.model import SignInSession
from tenants.accounts.sessions import end_oldest, require_still_live, signed_in_from
from tenants.accounts.statements import AUTHENTICATION, moment
from tenants.accounts.tokens import new_token, token_hash
from tenants.delegation.facts import Basis
from tenants.delegation.model import Visit
from tenants.errors import NOT_IN_OWN_NAME, NOT_VISITING


@dataclass(frozen=True)
class Ground:
    """What the new session shall rest on: the row of that union."""

    basis: Basis
    id: UUID
    tenant_id: UUID
    visit: Visit | None = None
    """The record that is made in the same moment, where there is none yet."""


async def stand_in(
    entrance: Entrance, signed_in: SignedIn, ground: Ground, clock: Clock, *, request_id: str | None = None
) -> NewSession:
    """The session, no longer than the one at hand. Raises NOT_FOUND where the ground does not hold for this person, NOT_IN_OWN_NAME, NOT_SIGNED_IN."""
    if signed_in.standing is not None:
        raise NOT_IN_OWN_NAME()
    token = new_token()
    async with entrance.database.write(ground.tenant_id) as session:
        await require_still_live(session, signed_in.session_id)
        if ground.visit is not None:
            session.add(ground.visit)
        session.add(_row(entrance, signed_in, ground, token, clock))
        await session.flush()
        parameters = {**moment(clock, entrance.policy), "given_hash": token_hash(token)}
        row = (await session.execute(AUTHENTICATION, parameters)).one_or_none()
        begun = None if row is None else signed_in_from(row, entrance, clock)
        if begun is None or begun.standing is None:
            raise NOT_FOUND()
        await end_oldest(session, entrance, signed_in.account_id, clock)
        audit.record(
            session,
            at=clock.now(),
            account_id=begun.account_id,
            actor=begun.name,
            act="session:stand_in",
            object_kind="session",
            object_id=begun.session_id,
            after={"basis": ground.basis.value, "basis_id": str(ground.id)},
            request_id=request_id,
            acting_for=begun.standing.acting_for,
        )
    return NewSession(token=token, signed_in=begun)


def _row(entrance: Entrance, signed_in: SignedIn, ground: Ground, token: str, clock: Clock) -> SignInSession:
    now = clock.now()
    return SignInSession(
        id=new_id(),
        token_hash=token_hash(token),
        account_id=signed_in.account_id,
        tenant_id=ground.tenant_id,
        membership_id=signed_in.membership_id,
        issued_at=now,
        last_seen_at=now,
        expires_at=min(now + entrance.policy.absolute, signed_in.expires_at),
        strength=signed_in.strength,
        address=signed_in.address,
        provider=signed_in.provider,
        basis=ground.basis.value,
        basis_id=ground.id,
        home_id=None if ground.tenant_id == signed_in.tenant.id else signed_in.tenant.id,
    )


async def leave(entrance: Entrance, signed_in: SignedIn, clock: Clock, *, request_id: str | None = None) -> None:
    """End a visit and its sessions, in the record of both unions; raises NOT_VISITING."""
    standing = signed_in.standing
    if standing is None or standing.basis is not Basis.VISIT:
        raise NOT_VISITING()
    async with entrance.database.write(signed_in.tenant.id) as session:
        found = await session.get_one(Visit, (signed_in.tenant.id, standing.id), with_for_update=True)
        found.ended_at = found.ended_at or clock.now()
        ended = update(SignInSession).where(SignInSession.basis_id == standing.id, SignInSession.revoked_at.is_(None))
        await session.execute(ended.values(revoked_at=clock.now()).execution_options(synchronize_session=False))
        audit.record(
            session,
            at=clock.now(),
            account_id=signed_in.account_id,
            actor=signed_in.name,
            act="visit:leave",
            object_kind="visit",
            object_id=standing.id,
            request_id=request_id,
        )
        home_id = found.counterpart_id
    async with entrance.database.write(home_id) as session:
        made = await session.get(Visit, (home_id, standing.id), with_for_update=True)
        if made is not None:
            made.ended_at = made.ended_at or clock.now()
