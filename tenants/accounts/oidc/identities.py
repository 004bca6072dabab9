"""Who of a provider is whose account: linked beforehand by a security administrator, never by an e-mail address or a name that somebody claims.

The subject is kept as a keyed hash: some gateways use numbers of people for it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.clock import Clock
from kernel.database import WriteSession
from kernel.ids import new_id
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import MembershipFacts
from tenants.accounts.model import Account, FederatedIdentity, Membership, SignInChallenge, SignInSession
from tenants.accounts.statements import ACCOUNT_OPEN, FACTS, FACTS_WIDTH, UNION_OPEN, moment, place_of
from tenants.errors import IDENTITY_TAKEN, NO_IDENTITY
from tenants.facts import TenantFacts
from tenants.model import Level, Tenant


async def link_identity(
    session: WriteSession, account_id: UUID, provider: str, issuer: str, subject_hash: str, at: datetime
) -> None:
    """The person whom the issuer calls so is this account's from now on; on a connection of the login role. Raises IDENTITY_TAKEN."""
    row = {
        "id": new_id(),
        "account_id": account_id,
        "provider": provider,
        "issuer": issuer,
        "subject_hash": subject_hash,
        "linked_at": at,
    }
    made = await session.execute(
        insert(FederatedIdentity).values(row).on_conflict_do_nothing().returning(FederatedIdentity.id)
    )
    if made.scalar_one_or_none() is None:
        raise IDENTITY_TAKEN(path=("input", "subject"))


async def unlink_identity(session: WriteSession, account_id: UUID, provider: str, at: datetime) -> None:
    """Nobody of the provider is this account's any more; what it began or opened ends. Raises NO_IDENTITY."""
    gone = delete(FederatedIdentity).where(
        FederatedIdentity.account_id == account_id, FederatedIdentity.provider == provider
    )
    if (await session.execute(gone.returning(FederatedIdentity.id))).scalar_one_or_none() is None:
        raise NO_IDENTITY(path=("input", "provider"), provider=provider)
    begun = update(SignInChallenge).where(
        SignInChallenge.account_id == account_id,
        SignInChallenge.provider == provider,
        SignInChallenge.used_at.is_(None),
    )
    await session.execute(begun.values(used_at=at).execution_options(synchronize_session=False))
    opened = update(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.provider == provider,
        SignInSession.revoked_at.is_(None),
    )
    await session.execute(opened.values(revoked_at=at).execution_options(synchronize_session=False))


def subject_hash(entrance: Entrance, issuer: str, subject: str) -> str:
    """What is stored of a subject, and looked for."""
    if entrance.sealer is None:
        message = "this door was opened without the key by which people of identity providers are recognised"
        raise RuntimeError(message)
    return entrance.sealer.recognise("federated subject", f"{issuer}\n{subject}".encode())


async def find_place(
    entrance: Entrance, issuer: str, subject: str, tenant: str, clock: Clock
) -> MembershipFacts | None:
    """The live place in the named union of the person whom the issuer calls so; None where anything of that is not so."""
    parameters = {
        **moment(clock, entrance.policy),
        "issuer": issuer,
        "given_hash": subject_hash(entrance, issuer, subject),
        "code": tenant,
    }
    async with entrance.database.plain() as session:
        row = (await session.execute(_PLACE, parameters)).one_or_none()
    if row is None:
        return None
    return MembershipFacts(
        id=row[0],
        account_id=row[1],
        name=row[2],
        tenant=TenantFacts(*row[-FACTS_WIDTH:]),
        roles=frozenset(row[3]),
        valid_from=row[4],
        valid_to=row[5],
    )


def _place() -> Select[*tuple[Any, ...]]:
    named = and_(
        FederatedIdentity.issuer == bindparam("issuer"), FederatedIdentity.subject_hash == bindparam("given_hash")
    )
    return (
        select(
            Membership.id,
            Account.id,
            Membership.name,
            Membership.roles,
            Membership.valid_from,
            Membership.valid_to,
            *FACTS,
        )
        .select_from(FederatedIdentity)
        .join(Account, and_(Account.id == FederatedIdentity.account_id, ACCOUNT_OPEN))
        .join(Tenant, and_(Tenant.code == bindparam("code"), UNION_OPEN))
        .join(Level, Level.code == Tenant.level)
        .join(Membership, place_of(Account.id))
        .where(named)
    )


_PLACE = _place()
