"""Everybody who asks: real sessions and tokens at the real door, of every kind of standing that there is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from authz.roles import ADMINISTRATORS, FULL_STRENGTH, Role
from kernel.database import Database
from kernel.ids import new_id
from programmes.applications.model import Application
from programmes.people.model import Person
from tenants.accounts.model import Account, ApiToken, Membership, SignInSession
from tenants.accounts.tokens import hint_of, new_api_token, new_token, token_hash
from tenants.delegation.facts import Basis
from tenants.delegation.model import DeputyGrant, Substitution, Visit
from tests.isolation.fixtures import Year

EVERY_BUSINESS_ROLE = tuple(sorted(role.value for role in set(Role) - ADMINISTRATORS - {Role.COURIER}))
_DAY = timedelta(days=1)
_READS = ("case:list", "case:read", "person:read", "title:read", "edition:read", "tenant:read")


@dataclass(frozen=True)
class Persona:
    """Who asks, and from which union; `token` None: nobody. `weight`: how often he is drawn."""

    name: str
    union: str
    token: str | None
    weight: int = 2
    like: str = ""
    """Personas with the same word here have the same roles at the same level: what is compiled for one serves the other."""


class Reception:
    """Seats people in the clone at hand and gives them sessions."""

    def __init__(self, owner: Database, year: Year) -> None:
        self._owner = owner
        self._year = year
        self.personas: list[Persona] = []

    async def seated(
        self, login: str, union: str | None = None, *, name: str = "", strength: int = FULL_STRENGTH, weight: int = 2
    ) -> None:
        """Somebody of the year in his own place."""
        code = union or login.partition(".")[0]
        place = await self._place(login, code)
        like = f"{place.roles} {strength} {level_of(self._year, code)}"
        await self._enter(name or f"{login} at {code}", code, place, weight=weight, like=like, strength=strength)

    async def everybody_at_once(self, code: str) -> None:
        """A person who holds every part that goes with others: the one who sees most."""
        account = self._account(f"everything.{code}")
        place = self._membership(code, account, EVERY_BUSINESS_ROLE)
        await self._add(code, account, place)
        await self._enter(
            f"everything at {code}", code, place, weight=5, like=f"everything {level_of(self._year, code)}"
        )

    async def expired(self, code: str) -> None:
        """A session that is good for changing the password only."""
        account = self._account("expired")
        account.must_change_password = True
        place = self._membership(code, account, EVERY_BUSINESS_ROLE)
        await self._add(code, account, place)
        await self._enter("an expired password", code, place, weight=1)

    async def deputy(self, login: str, of: str, roles: list[str]) -> None:
        """Somebody who stands in for a colleague."""
        code = login.partition(".")[0]
        place, behind = await self._place(login, code), await self._place(of, code)
        now = self._year.clock.now()
        grant = DeputyGrant(
            tenant_id=place.tenant_id,
            id=new_id(),
            granter_id=behind.account_id,
            granter=behind.name,
            deputy_id=place.account_id,
            deputy=place.name,
            roles=roles,
            reason="出差",
            valid_from=now.date(),
            valid_to=now.date() + 30 * _DAY,
            granted_at=now,
        )
        await self._add(code, grant)
        await self._enter(f"{login} for {of}", code, place, basis=Basis.DEPUTY, basis_id=grant.id)

    async def visitor(self, login: str, code: str, confined_to: list[UUID] | None) -> None:
        """An auditor from above in a union below: all of it, or one case."""
        home = login.partition(".")[0]
        place, now = await self._place(login, home), self._year.clock.now()
        visit = Visit(
            tenant_id=self._year.tenants[code].id,
            id=new_id(),
            side="visited",
            kind="supervision" if confined_to is None else "case",
            counterpart_id=self._year.tenants[home].id,
            visitor_id=place.account_id,
            visitor=place.name,
            reason="年度检查",
            confined_to=confined_to,
            begun_at=now,
            ends_at=now + timedelta(hours=8),
        )
        await self._add(code, visit)
        standing: dict[str, Any] = {"basis": Basis.VISIT, "basis_id": visit.id, "home_id": self._year.tenants[home].id}
        name = f"{login} visiting {code}" + ("" if confined_to is None else " for a case")
        await self._enter(name, code, place, **standing)

    async def substitute(self, login: str, code: str, roles: list[str]) -> None:
        """An officer lent to the union right below."""
        home = login.partition(".")[0]
        place, now, number = await self._place(login, home), self._year.clock.now(), new_id()
        sides = {"asking": (code, home), "lending": (home, code)}
        for side, (here, there) in sides.items():
            row = Substitution(
                tenant_id=self._year.tenants[here].id,
                id=number,
                side=side,
                counterpart_id=self._year.tenants[there].id,
                roles=roles,
                reason="无人",
                asked_by="-",
                state="assigned",
                officer_id=place.account_id,
                officer=place.name,
                assigned_by="-",
                valid_to=now.date() + 30 * _DAY,
                created_at=now,
                updated_at=now,
            )
            await self._add(here, row)
        standing: dict[str, Any] = {
            "basis": Basis.SUBSTITUTE,
            "basis_id": number,
            "home_id": self._year.tenants[home].id,
        }
        await self._enter(f"{login} lent to {code}", code, place, **standing)

    async def machine(self, login: str, name: str, permissions: tuple[str, ...]) -> None:
        """A token with no more than these permissions."""
        code = login.partition(".")[0]
        place, text, now = await self._place(login, code), new_api_token(), self._year.clock.now()
        row = ApiToken(
            tenant_id=place.tenant_id,
            token_hash=token_hash(text),
            hint=hint_of(text),
            account_id=place.account_id,
            membership_id=place.id,
            name=name,
            permissions=sorted(permissions),
            strength=1,
            created_at=now,
            valid_to=now.date() + 30 * _DAY,
            last_used_at=now,
        )
        await self._add(code, row)
        like = f"{place.roles} {FULL_STRENGTH} {level_of(self._year, code)}"  # as his own session, so that each is asked after the other
        self.personas.append(Persona(f"{name} of {login}", code, text, like=like))

    def outside(self) -> None:
        """Nobody, and somebody whose token is none of ours."""
        self.personas += [
            Persona("nobody", "chengdu", None, 1),
            Persona("a stranger's token", "chengdu", new_token(), 1),
        ]

    def _account(self, login: str) -> Account:
        return Account(
            id=new_id(),
            login=f"{login}.{new_id().hex}",
            name="沈清",
            password_hash="-",
            created_at=self._year.clock.now(),
        )

    def _membership(self, code: str, account: Account, roles: tuple[str, ...]) -> Membership:
        since = self._year.clock.today() - _DAY
        union = self._year.tenants[code].id
        return Membership(
            tenant_id=union, id=new_id(), account_id=account.id, name=account.name, roles=list(roles), valid_from=since
        )

    async def _place(self, login: str, code: str) -> Membership:
        query = select(Membership).where(
            Membership.tenant_id == self._year.tenants[code].id,
            Membership.account_id == self._year.accounts[login],
        )
        async with self._owner.read(self._year.tenants[code].id) as session:
            return (await session.execute(query)).scalar_one()

    async def _enter(
        self, name: str, code: str, place: Membership, *, weight: int = 2, like: str = "", **more: Any
    ) -> None:
        token, now = new_token(), self._year.clock.now()
        row = SignInSession(
            **{"strength": FULL_STRENGTH, **more},
            id=new_id(),
            token_hash=token_hash(token),
            account_id=place.account_id,
            tenant_id=self._year.tenants[code].id,
            membership_id=place.id,
            issued_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=12),
        )
        await self._add(code, row)
        self.personas.append(Persona(name, code, token, weight, like or name))

    async def _add(self, code: str, *rows: object) -> None:
        async with self._owner.write(self._year.tenants[code].id) as session:
            for row in rows:
                session.add(row)
                await session.flush()


async def make_personas(owner: Database, year: Year) -> list[Persona]:
    """All of them, in a fixed order."""
    desk = Reception(owner, year)
    await settle(owner, year)
    for code in ("chengdu", "wuhou", "acftu", "changzhou", "jinjiang"):
        await desk.everybody_at_once(code)
    for login in (
        *(
            "wuhou.clerk",
            "chengdu.clerk",
            "jinjiang.clerk",
            "chengdu.reviewer",
            "changzhou.reviewer",
            "chengdu.secretary",
            "wuhou.auditor",
            "chengdu.finance",
            "wuhou-rongxie.clerk",
        ),
        *("chengdu.secadmin", "wuhou.sysadmin", "acftu.auditadmin", "wuhou-hengda.clerk"),
        *("sichuan.reviewer", "power-union.leader", "changzhou.clerk", "jinjiang-dianli.chair"),
    ):
        await desk.seated(login)
    await desk.seated("expert.luo", "chengdu", weight=5)
    await desk.seated("expert.fang", "chengdu")
    await desk.seated("wuhou.treasurer", name="wuhou.treasurer with one factor", strength=1)
    await desk.deputy("chengdu.clerk", "chengdu.reviewer", ["reviewer"])
    await desk.visitor("chengdu.auditor", "wuhou", None)
    await desk.visitor("sichuan.auditor", "chengdu", year.homes["Application"]["chengdu"][:2])
    await desk.substitute("wuhou.clerk", "wuhou-hengda", ["clerk", "recommender"])
    await desk.machine("chengdu.clerk", "a broad token", _READS)
    await desk.machine("chengdu.clerk", "a narrow token", ("case:list",))
    await desk.expired("wuhou")
    desk.outside()
    return desk.personas


async def settle(owner: Database, year: Year) -> None:
    """Nobody's password is too old at the end of the year, but of the one who is meant to be refused; and whatever is masked for some has a value."""
    opinions = {"unit_opinion": "同意", "opinion": "优先推荐", "exception_approver": "沈清"}
    async with owner.plain() as session:
        await session.execute(update(Account).values(password_set_at=year.clock.now(), must_change_password=False))
        await session.execute(update(Person).values(ethnicity="汉族", political_status="中共党员"))
        await session.execute(update(Application).values(**opinions))


def level_of(year: Year, code: str) -> str:
    """The union's level."""
    return year.tenants[code].level
