"""Who works where: the seats of the thirty unions that every size has, which sessions are opened for, and plainer ones in the rest of the country."""

from uuid import UUID

from bench.country.keys import PROBE, Kind, key
from bench.country.loading import Connection, Progress, copy_mappings, insert_rows
from bench.country.names import name_of
from bench.country.shape import FOUNDED, Shape, ordinal, union_names

Row = dict[str, object]
_OFFICE = (
    ("clerk", "clerk"),
    ("chair", "chair"),
    ("recommender", "recommender"),
    ("reviewer", "reviewer"),
    ("secretary", "panel_secretary"),
    ("panel", "panel_chair"),
    ("leader", "approver"),
    ("finance", "finance_clerk"),
    ("auditor", "auditor"),
    ("expert", "expert"),
    ("sysadmin", "system_admin"),
)
_ENTERPRISE = (("clerk", "clerk"), ("chair", "chair"))
_SEATS_EACH = 16
_SINCE = FOUNDED.date()


def seats_of(code: str) -> tuple[tuple[str, str], ...]:
    """Seat and role of the people of one of the thirty unions."""
    return _ENTERPRISE if "-" in code and code != "power-union" else _OFFICE


def account_of(code: str, seat: str) -> UUID:
    """The account that sits there."""
    return key(Kind.ACCOUNT, _number(code, seat))


def membership_of(code: str, seat: str) -> UUID:
    """Its place."""
    return key(Kind.MEMBERSHIP, _number(code, seat))


def _number(code: str, seat: str) -> int:
    return PROBE + ordinal(code) * _SEATS_EACH + [name for name, _ in seats_of(code)].index(seat)


async def load_people(connection: Connection, progress: Progress, shape: Shape) -> None:
    """Seats of the thirty; of the rest one clerk in every office and in each tenth enterprise: those that select nobody need no account."""
    accounts: list[Row] = []
    memberships: list[Row] = []
    for code in union_names():
        for seat, role in seats_of(code):
            number = _number(code, seat)
            name = name_of(number)[0]
            accounts.append(
                {
                    "id": key(Kind.ACCOUNT, number),
                    "login": f"{code}.{seat}",
                    "name": name,
                    "password_hash": "-",
                    "state": "active",
                    "failed_attempts": 0,
                    "must_change_password": False,
                    "created_at": FOUNDED,
                }
            )
            memberships.append(
                {
                    "tenant_id": key(Kind.TENANT, ordinal(code)),
                    "id": key(Kind.MEMBERSHIP, number),
                    "account_id": key(Kind.ACCOUNT, number),
                    "name": name,
                    "roles": [role],
                    "valid_from": _SINCE,
                }
            )
    await copy_mappings(connection, progress, "account", accounts)
    await copy_mappings(connection, progress, "membership", memberships)
    if shape.tenants > len(union_names()):
        await insert_rows(connection, progress, "account", _ACCOUNTS)
        await insert_rows(connection, progress, "membership", _MEMBERSHIPS)


_ACCOUNTS = """
INSERT INTO account (id, login, name, password_hash, state, failed_attempts, must_change_password, created_at, active_at)
SELECT pg_temp.key(2, n), 'clerk.' || n, '王经办', '-', 'active', 0, false, '2019-01-01', plan.today
FROM plan, generate_series(plan.fixed, plan.tenants - 1) n WHERE n < plan.e0 OR n % 10 = 0
"""
_MEMBERSHIPS = """
INSERT INTO membership (tenant_id, id, account_id, name, roles, valid_from)
SELECT pg_temp.key(1, n), pg_temp.key(3, n), pg_temp.key(2, n), '王经办', '{clerk}', '2019-01-01'
FROM plan, generate_series(plan.fixed, plan.tenants - 1) n WHERE n < plan.e0 OR n % 10 = 0
"""
