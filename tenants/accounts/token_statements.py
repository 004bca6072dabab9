"""By a machine's token: for whom it stands, in one statement; whatever has ended (token, place, account, union), there is no row."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Select, and_, bindparam, func, select, update

from kernel.clock import Clock
from tenants.accounts.model import Account, ApiToken, Membership
from tenants.accounts.statements import ACCOUNT_OPEN, FACTS, NOW, TODAY, UNION_OPEN, VALID_MEMBERSHIP
from tenants.model import Level, Tenant

_live_token = and_(ApiToken.revoked_at.is_(None), ApiToken.valid_to > TODAY)


def _api_token() -> Select[*tuple[Any, ...]]:
    """In passing notes that it was used, at most once in `token_touch_after`."""
    by_token = ApiToken.token_hash == bindparam("given_hash", type_=LargeBinary())
    seen = func.coalesce(ApiToken.last_used_at, ApiToken.created_at - timedelta(days=1))
    unseen = seen <= bindparam("touch_before", type_=DateTime(timezone=True))
    due = select(ApiToken.id).where(by_token, unseen, _live_token).with_for_update(skip_locked=True)
    touch = update(ApiToken).where(ApiToken.id == due.scalar_subquery(), by_token).values(last_used_at=NOW)
    return (
        select(
            ApiToken.id,
            Account.id,
            Account.login,
            Membership.name,
            Membership.id,
            Membership.roles,
            ApiToken.created_at,
            ApiToken.valid_to,
            ApiToken.strength,
            ApiToken.name,
            ApiToken.permissions,
            *FACTS,
        )
        .select_from(ApiToken)
        .join(Account, Account.id == ApiToken.account_id)
        .join(
            Membership,
            and_(
                Membership.tenant_id == ApiToken.tenant_id,
                Membership.id == ApiToken.membership_id,
                Membership.account_id == ApiToken.account_id,
            ),
        )
        .join(Tenant, Tenant.id == ApiToken.tenant_id)
        .join(Level, Level.code == Tenant.level)
        .where(by_token, _live_token, VALID_MEMBERSHIP, ACCOUNT_OPEN, UNION_OPEN)
        .add_cte(touch.returning(ApiToken.id).cte("touched"))
    )


API_TOKEN = _api_token()


def token_moment(clock: Clock, touch_after: timedelta) -> dict[str, Any]:
    """The parameters of the statement, besides the hash."""
    now = clock.now()
    return {"now": now, "today": clock.today(), "touch_before": now - touch_after}
