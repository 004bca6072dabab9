"""`jiangti found`, `union`, `member`: how an installation begins, and what only its owner does to the tree.

It asks no gate, because whoever holds the owner's role is beyond it; each act leaves an entry in the trail of the union it concerns.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from authz.administration import require_roles
from authz.roles import Role
from cli.commands import Commands, add_command
from cli.owner import Owner, add_operator, as_owner
from cli.persons import Person, Seated, add_password_file, person, read_passwords, seat, show
from kernel import audit
from kernel.database import WriteSession
from tenants import service, tree
from tenants.accounts.model import Account, Membership
from tenants.errors import ALREADY_FOUNDED, UNKNOWN_SUPERIOR
from tenants.facts import TenantFacts
from tenants.model import Tenant
from tenants.queries import find_first_tenant, find_tenant_by_code, get_tenant
from tenants.service import NewTenant

_NOBODY = "-"


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = add_command(
        commands, "found", "begin an installation: levels, the first union and its two administrators", as_owner(_found)
    )
    _describe_union(parser)
    for prefix, what in (("", "system"), ("security-", "security")):
        parser.add_argument(f"--{prefix}login", required=True, help=f"of the {what} administrator")
        parser.add_argument(f"--{prefix}person", required=True, metavar="NAME", help=f"the {what} administrator")
    add_password_file(parser, "first the system administrator's, then the security administrator's")
    add_operator(parser)
    union = add_command(commands, "union", "add, move or list unions", as_owner(_list))
    _register_union(union.add_subparsers(dest="act", metavar="act", required=True))
    member = add_command(commands, "member", "seat people in a union", as_owner(_add_member))
    _register_member(member.add_subparsers(dest="act", metavar="act", required=True))


async def found(owner: Owner, new: NewTenant, administrators: Sequence[Person]) -> list[Seated]:
    """Levels, the first union and its administrators, together or not at all; whom it had to seat. The second time: nobody.

    Raises EXCLUSIVE_ROLES where one person is to be both, ALREADY_FOUNDED where another union, or the same with other administrators, is there, and the
    refusals of `tenants.service.add_tenant`, of accounts and of seats.
    """
    if len({someone.login for someone in administrators}) < len(administrators):
        require_roles(role for someone in administrators for role in someone.roles)
    async with owner.database.plain() as session:
        first = await find_first_tenant(session)
    async with owner.database.write(new.id if first is None else first.id) as session:
        await session.execute(text("LOCK TABLE tenant IN SHARE ROW EXCLUSIVE MODE"))
        await service.seed_levels(session)
        await _first_union(session, owner, new)
        seats = await _administrators(session)
        if all(someone.roles <= seats.get(someone.login, frozenset()) for someone in administrators):
            return []
        if seats:
            raise await _founded(session)
        return [await seat(session, owner, someone) for someone in administrators]


async def add_union(owner: Owner, new: NewTenant) -> TenantFacts:
    """Add a union; its trail begins with it. Raises the refusals of `tenants.service.add_tenant`."""
    async with owner.database.write(new.id) as session:
        made = await service.add_tenant(session, owner.clock, new)
        _record(session, owner, "tenant:create", after=_place(made))
        return made


async def move_union(
    owner: Owner, tenant_id: UUID, *, parent_id: UUID | None, industry_parent_id: UUID | None, industry: bool
) -> int:
    """Move a union on the territorial line (`parent_id`) and, where `industry`, on the industry line; how many unions moved.

    Raises the refusals of `tenants.service.move_tenant` and `set_industry_parent`.
    """
    async with owner.database.write(tenant_id) as session:
        before = await get_tenant(session, tenant_id)
        moved = 0 if parent_id is None else await service.move_tenant(session, tenant_id, parent_id)
        if industry and before.industry_parent_id != industry_parent_id:
            moved = max(moved, await service.set_industry_parent(session, tenant_id, industry_parent_id))
        if moved:
            after = await get_tenant(session, tenant_id)
            _record(session, owner, "tenant:move", before=_place(before), after={**_place(after), "moved": moved})
        return moved


async def add_member(owner: Owner, code: str, someone: Person, since: date | None, until: date | None) -> Seated:
    """Seat a person in a union. Raises UNKNOWN_UNION and the refusals of accounts and seats."""
    union = await owner.union(code)
    async with owner.database.write(union.id) as session:
        return await seat(session, owner, someone, since=since, until=until)


async def _first_union(session: WriteSession, owner: Owner, new: NewTenant) -> None:
    """The union at hand, added if there is none at all; whoever comes at the same time waits before this."""
    first = await find_first_tenant(session)
    if first is None:
        _record(session, owner, "tenant:create", after=_place(await service.add_tenant(session, owner.clock, new)))
    elif (first.id, first.code, first.level) != (session.tenant_id, new.code, new.level):
        raise await _founded(session)


async def _founded(session: WriteSession) -> Exception:
    first = await find_first_tenant(session)
    return ALREADY_FOUNDED(name=first.name if first else "", code=first.code if first else "")


async def _administrators(session: WriteSession) -> dict[str, frozenset[str]]:
    """The roles of those who administer the union at hand, by login."""
    wanted = [Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value]
    query = select(Account.login, Membership.roles).join(Account, Account.id == Membership.account_id)
    query = query.where(Membership.tenant_id == session.tenant_id, Membership.roles.overlap(wanted))
    return {row.login: frozenset(row.roles) for row in await session.execute(query)}


def _record(
    session: WriteSession,
    owner: Owner,
    act: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object],
) -> None:
    audit.record(
        session,
        at=owner.clock.now(),
        account_id=None,
        actor=owner.by,
        act=act,
        object_kind="tenant",
        object_id=session.tenant_id,
        before=before,
        after=after,
    )


def _place(union: TenantFacts) -> dict[str, object]:
    above = {"parent": union.parent_id, "industry_parent": union.industry_parent_id}
    return {"code": union.code, "level": union.level, **{line: str(key) for line, key in above.items() if key}}


async def _found(owner: Owner, given: Namespace) -> int:
    passwords = read_passwords(given.password_file, 2)
    administrators = [
        person(given.login, given.person, [Role.SYSTEM_ADMIN], passwords[0]),
        person(given.security_login, given.security_person, [Role.SECURITY_ADMIN], passwords[1]),
    ]
    new = NewTenant(code=given.code, name=given.name, level=given.level, credit_code=given.credit_code)
    seated = await found(owner, new, administrators)
    print(f"{given.code}: {'founded' if seated else 'was founded before; nothing is new'}")
    _show_all(seated)
    return 0


async def _add(owner: Owner, given: Namespace) -> int:
    new = NewTenant(
        code=given.code,
        name=given.name,
        level=given.level,
        parent_id=await _superior(owner, given.parent, "parent"),
        industry_parent_id=await _superior(owner, given.industry_parent, "industryParent"),
        credit_code=given.credit_code,
    )
    made = await add_union(owner, new)
    print(f"{made.code} {made.name}: added")
    return 0


async def _move(owner: Owner, given: Namespace) -> int:
    union = await owner.union(given.code)
    industry = None if given.industry_parent == _NOBODY else given.industry_parent
    moved = await move_union(
        owner,
        union.id,
        parent_id=await _superior(owner, given.parent, "parent"),
        industry_parent_id=await _superior(owner, industry, "industryParent"),
        industry=given.industry_parent is not None,
    )
    print(f"{union.code} {union.name}: {moved} unions moved")
    return 0


async def _list(owner: Owner, _given: Namespace) -> int:
    async with owner.database.plain() as session:
        unions = (await session.execute(select(Tenant).order_by(Tenant.path))).scalars().all()
    codes = {union.id: union.code for union in unions}
    for union in unions:
        line = codes.get(union.industry_parent_id) if union.industry_parent_id else None
        notes = [union.level, *([f"industry: {line}"] if line else []), *([] if union.active else ["closed"])]
        print(f"{'  ' * (tree.depth(union.path) - 1)}{union.code} {union.name} ({', '.join(notes)})")
    print(f"{len(unions)} unions")
    return 0


async def _add_member(owner: Owner, given: Namespace) -> int:
    (password,) = read_passwords(given.password_file, 1)
    someone = person(given.login, given.person, given.roles.split(","), password)
    _show_all([await add_member(owner, given.union, someone, given.since, given.until)])
    return 0


async def _superior(owner: Owner, code: str | None, field: str) -> UUID | None:
    if code is None:
        return None
    async with owner.database.plain() as session:
        found_there = await find_tenant_by_code(session, code)
    if found_there is None:
        raise UNKNOWN_SUPERIOR(path=("input", field))
    return found_there.id


def _show_all(seated: Iterable[Seated]) -> None:
    for one in seated:
        show(one)


def _register_union(acts: Commands) -> None:
    add = add_command(acts, "add", "add a union under another", as_owner(_add))
    _describe_union(add)
    add.add_argument("--parent", required=True, metavar="CODE", help="the union above it")
    add.add_argument("--industry-parent", metavar="CODE", help="the union above it on the industry line")
    move = add_command(acts, "move", "carry a union with all below it under another", as_owner(_move))
    move.add_argument("code", help="the union to be moved")
    move.add_argument("--parent", metavar="CODE", help="the union above it from now on")
    move.add_argument(
        "--industry-parent", metavar="CODE", help=f"likewise on the industry line; {_NOBODY} takes it off that line"
    )
    for parser in (add, move):
        add_operator(parser)
    add_command(acts, "list", "all unions, each below the one it stands under", as_owner(_list))


def _register_member(acts: Commands) -> None:
    add = add_command(
        acts, "add", "seat a person in a union, with a new account if the login has none", as_owner(_add_member)
    )
    add.add_argument("--union", required=True, metavar="CODE")
    add.add_argument("--login", required=True)
    add.add_argument("--person", required=True, metavar="NAME")
    add.add_argument(
        "--roles", required=True, metavar="ROLE,…", help=", ".join(role for role in Role if role != Role.COURIER)
    )
    add.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="first day of the place; else today")
    add.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="first day no longer; else without end")
    add_password_file(add, "one line")
    add_operator(add)


def _describe_union(parser: ArgumentParser) -> None:
    parser.add_argument("--code", required=True, help="lower-case letters, digits, hyphens; people type it to sign in")
    parser.add_argument("--name", required=True)
    parser.add_argument("--level", required=True, help="national, province, city, …")
    parser.add_argument("--credit-code", help="统一社会信用代码")
