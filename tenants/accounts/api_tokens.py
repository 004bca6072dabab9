"""Tokens for machines: for one place of one account, with a list of permissions, until a day; shown once, kept as a hash.

What a token may do is decided anew at each request: the owner's account, place and roles as they are then, and of that only what is on the token's list.
It keeps the strength of the session in which it was made: the roles that need two factors work through it only if its owner showed both when he made it,
because no machine can show the second. It opens nothing that leads to more: no sessions, passwords, factors, tokens.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select, update

from kernel import audit
from kernel.clock import CHINA, Clock
from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from tenants.accounts.attempts import UNCHANGED, hold_open
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn, TokenFacts
from tenants.accounts.model import ApiToken
from tenants.accounts.statements import FACTS_WIDTH
from tenants.accounts.token_statements import API_TOKEN, token_moment
from tenants.accounts.tokens import hint_of, is_api_token, new_api_token, token_hash
from tenants.errors import NOT_SIGNED_IN, TOKEN_PERIOD, TOO_MANY_TOKENS
from tenants.facts import TenantFacts

NAME_LIMIT = 50


@dataclass(frozen=True)
class NewToken:
    """What a token is to be; `valid_to` is the first day on which it no longer holds."""

    name: str
    permissions: frozenset[str]
    valid_to: date


@dataclass(frozen=True)
class MadeToken:
    """A token just made; its text is shown this once."""

    text: str = field(repr=False)
    id: UUID


async def authenticate_token(entrance: Entrance, text: str, clock: Clock) -> SignedIn | None:
    """Whom the token stands for, in one statement; None whatever the reason."""
    if not is_api_token(text):
        return None
    parameters = {**token_moment(clock, entrance.policy.token_touch_after), "given_hash": token_hash(text)}
    async with entrance.database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        row = (await connection.execute(API_TOKEN, parameters)).one_or_none()
    if row is None:
        return None
    return SignedIn(
        session_id=row[0],
        account_id=row[1],
        login=row[2],
        name=row[3],
        membership_id=row[4],
        roles=frozenset(row[5]),
        tenant=TenantFacts(*row[-FACTS_WIDTH:]),
        issued_at=row[6],
        expires_at=datetime.combine(row[7], time(), CHINA),
        strength=row[8],
        token=TokenFacts(name=row[9], permissions=frozenset(row[10])),
    )


async def create_token(
    entrance: Entrance, signed_in: SignedIn, new: NewToken, clock: Clock, *, request_id: str | None = None
) -> MadeToken:
    """Make a token for the place at hand; the caller has asked the gate, for the permissions as well, and made sure of the password.

    Raises TOKEN_PERIOD, TOO_MANY_TOKENS and the refusals of names.
    """
    name = clean_text(new.name, path=("input", "name"), limit=NAME_LIMIT)
    if not 0 < (new.valid_to - clock.today()).days <= entrance.policy.token_days:
        raise TOKEN_PERIOD(path=("input", "validTo"), days=entrance.policy.token_days)
    text = new_api_token()
    row = _row(signed_in, replace(new, name=name), text, clock.now())
    async with entrance.database.write(signed_in.tenant.id) as session:
        if not await hold_open(session, signed_in.account_id, clock.now(), UNCHANGED):
            raise NOT_SIGNED_IN()
        if await _count_live(session, signed_in.membership_id, clock) >= entrance.policy.tokens:
            raise TOO_MANY_TOKENS(most=entrance.policy.tokens)
        session.add(row)
        audit.record(
            session,
            at=row.created_at,
            account_id=signed_in.account_id,
            actor=signed_in.name,
            act="token:create",
            object_kind="api_token",
            object_id=row.id,
            after=shown(row),
            request_id=request_id,
        )
    return MadeToken(text, row.id)


def _row(signed_in: SignedIn, new: NewToken, text: str, at: datetime) -> ApiToken:
    return ApiToken(
        tenant_id=signed_in.tenant.id,
        id=new_id(),
        token_hash=token_hash(text),
        hint=hint_of(text),
        account_id=signed_in.account_id,
        membership_id=signed_in.membership_id,
        name=new.name,
        permissions=sorted(new.permissions),
        strength=signed_in.strength,
        created_at=at,
        valid_to=new.valid_to,
    )


async def lock_token(session: WriteSession, token_id: UUID) -> ApiToken:
    """A token of the bound tenant, held for a change; raises NOT_FOUND."""
    statement = select(ApiToken).where(ApiToken.tenant_id == session.tenant_id, ApiToken.id == token_id)
    found = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


def shown(token: ApiToken) -> dict[str, object]:
    """What the audit trail keeps of a token."""
    return {
        "name": token.name,
        "hint": token.hint,
        "permissions": list(token.permissions),
        "strength": token.strength,
        "valid_to": token.valid_to.isoformat(),
        "revoked_at": None if token.revoked_at is None else token.revoked_at.isoformat(),
    }


async def end_tokens_of_place(session: WriteSession, membership_id: UUID, at: datetime) -> None:
    """Whoever loses his place loses its tokens for good, also where he is seated again."""
    statement = update(ApiToken).where(
        ApiToken.tenant_id == session.tenant_id,
        ApiToken.membership_id == membership_id,
        ApiToken.revoked_at.is_(None),
    )
    await session.execute(statement.values(revoked_at=at).execution_options(synchronize_session=False))


async def end_tokens_of_account(session: WriteSession, account_id: UUID, at: datetime) -> None:
    """In all unions; on a connection of the login role."""
    statement = update(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    await session.execute(statement.values(revoked_at=at).execution_options(synchronize_session=False))


async def _count_live(session: WriteSession, membership_id: UUID, clock: Clock) -> int:
    """The caller holds the account, so that two tokens made at once are counted one after the other."""
    live = (
        ApiToken.tenant_id == session.tenant_id,
        ApiToken.membership_id == membership_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.valid_to > clock.today(),
    )
    return (await session.execute(select(func.count()).select_from(ApiToken).where(*live))).scalar_one()
