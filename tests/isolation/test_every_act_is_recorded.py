"""Each mutation of the schema, done successfully, leaves exactly one audit entry: who, where, on what, before and after, by which request.

The acts of the walk are proven where the walk is played (`tests/e2e`), over HTTP; all others are done here on rows that were made to stand so or so.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from graphql_api.ids import encode_id
from graphql_api.schema import Contract, build
from kernel.database import Database
from kernel.ids import new_id
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tests.graphql_api.client import Client, serving
from tests.isolation.fixtures import Year
from tests.isolation.inputs import Mutation, mutations
from tests.isolation.inputs import Path as Place

ROOT = Path(__file__).parent.parent.parent
MUTATIONS = {mutation.name: mutation for mutation in mutations(build(b"").executable)}

OF_THE_DOOR = {
    "actAsDeputy": "the door's; tests/graphql_api/delegation/test_deputies.py",
    "actAsSubstitute": "the door's; tests/graphql_api/delegation/test_substitutes.py",
    "enterUnion": "one entry in each of the two unions; tests/graphql_api/delegation/test_visits.py",
    "openCaseBelow": "likewise",
    "leaveUnion": "the door's; tests/graphql_api/delegation/test_visits.py",
    "signIn": "before there is a transaction of a union's person; its entry is tested in tests/tenants/test_login.py",
    "signOut": "the door's; tests/tenants/test_sessions.py",
    "switchTenant": "the door's; tests/tenants/test_sessions.py",
    "revokeSession": "the door's; tests/tenants/test_sessions.py",
    "changeOwnPassword": "the door's; tests/graphql_api/tenants/test_own_password.py",
    "beginSecondFactor": "the door's; tests/graphql_api/tenants/test_second_factor.py",
    "confirmSecondFactor": "likewise",
    "redeemTicket": "the door's; tests/graphql_api/tenants/test_identity_providers.py",
    "linkIdentity": "needs a configured provider; likewise",
    "unlinkIdentity": "needs an identity that was linked; likewise",
    "createApiToken": "the door's; tests/graphql_api/tenants/test_api_tokens.py",
    "completeSignIn": "likewise",
}


def acts_of_the_walk() -> set[str]:
    """The mutations that the walk's people do, by their names in the contract."""
    written = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "cli" / "walk").glob("*.py")))
    operations = "".join(
        file.read_text(encoding="utf-8") for file in sorted((ROOT / "frontend_contract" / "operations").iterdir())
    )
    found = re.findall(r"^mutation (\w+)[^{]*\{\s*(\w+)\(", operations, re.MULTILINE)
    return {name for operation, name in found if f'"{operation}"' in written}


@dataclass(frozen=True)
class Doing:
    """Statements that make a row stand right and give back its id; values for the input beside those made up from the schema."""

    union: str
    statements: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)
    account: str | None = None
    """Who does it, where it takes a place of one's own; else anybody who holds every role."""


def case(union: str, state: str, desk: str, where: str = "true") -> Doing:
    """A case in this state at this desk."""
    found = (
        "SELECT a.id FROM application a JOIN edition e ON e.id = a.edition_id"
        f" WHERE a.tenant_id = :tenant AND {where} ORDER BY a.id LIMIT 1"
    )
    change = f"state = '{state}', desk = '{desk}', version = 1, open_objections = 0"
    return Doing(union, (f"UPDATE application SET {change} WHERE id = ({found}) RETURNING id",))


def row(union: str, table: str, change: str = "", where: str = "true", **values: Any) -> Doing:
    """One row of a table, changed."""
    found = f"(SELECT id FROM {table} WHERE tenant_id = :tenant AND {where} ORDER BY id LIMIT 1)"
    if not change:
        return Doing(union, (f"SELECT id FROM {table} WHERE id = {found}",), values)
    return Doing(union, (f"UPDATE {table} SET {change} WHERE id = {found} RETURNING id",), values)


def also(doing: Doing, *statements: str) -> Doing:
    """With these statements before."""
    return Doing(doing.union, (*statements, *doing.statements), doing.values)


WITH_PLAN = "EXISTS (SELECT FROM cultivation_plan p WHERE p.application_id = a.id)"
CULTIVATED = f"e.year = 2024 AND {WITH_PLAN}"
ALL_CULTIVATING = "UPDATE application SET state = 'cultivating' WHERE tenant_id = :tenant AND id IN (SELECT application_id FROM cultivation_plan)"
ALL_SCORING = "UPDATE application SET state = 'scoring' WHERE tenant_id = :tenant AND id IN (SELECT application_id FROM assignment)"
ONE_WITHOUT_ANOTHER_PLACE = (
    "SELECT m.id FROM membership m WHERE m.tenant_id = :tenant AND m.roles = ARRAY['clerk']"
    " AND NOT EXISTS (SELECT FROM membership o WHERE o.account_id = m.account_id AND o.id <> m.id) ORDER BY m.id LIMIT 1"
)
FACTOR_OF_HIS = (
    "INSERT INTO second_factor (account_id, secret, created_at, confirmed_at, last_step)"
    f" SELECT m.account_id, '-', now(), now(), 0 FROM membership m WHERE m.id = ({ONE_WITHOUT_ANOTHER_PLACE})"
)
PUSHED = "direction = 'incoming' AND kind = 'push'"

DOINGS: dict[str, Doing] = {
    "addMember": Doing(
        "wuhou", (), {"login": "wuhou.new", "password": "Long-and-unguessable-9", "validFrom": "2025-09-01"}
    ),
    "changeMember": row("wuhou", "membership", validFrom="2025-09-01"),
    "endMember": row("wuhou", "membership"),
    "grantDeputy": Doing(
        "wuhou",
        (
            "SELECT m.id FROM membership m JOIN account a ON a.id = m.account_id WHERE m.tenant_id = :tenant AND a.login = 'wuhou.recommender'",
        ),
        {"roles": ["CHAIR"], "validFrom": "2025-09-01", "validTo": "2025-09-08"},
        account="wuhou.chair",
    ),
    "revokeDeputy": row("wuhou", "deputy_grant"),
    "requestSubstitute": Doing("wuhou", (), {"roles": ["CLERK"], "line": "TERRITORIAL"}),
    "appointSubstitute": row(
        "wuhou",
        "substitution",
        "version = 1, state = 'requested', side = 'lending'",
        validTo="2025-09-08",
    ),
    "endSubstitution": row("wuhou", "substitution", "version = 1, state = 'requested'"),
    "amendCultivationPlan": also(
        row("chengdu", "cultivation_plan", "version = 1, state = 'filed', ends_on = '2026-05-22'"), ALL_CULTIVATING
    ),
    "answerFundingQuestion": row(
        "wuhou", "funding_record", "version = 1, state = 'blocked', question = 'FUNDING_DOCUMENT_EXPIRED'"
    ),
    "cancelEdition": row("acftu", "edition", "version = 1", "year = 2025"),
    "openEdition": row("acftu", "edition", "version = 1, state = 'issued'", "year = 2025"),
    "closeEdition": row("acftu", "edition", "version = 1, state = 'open'", "year = 2025"),
    "grantExtraUnit": row("acftu", "edition", "version = 1", "year = 2026", places=2),
    "declineApplication": case("wuhou-hengda", "submitted", "applying_unit"),
    "withdrawApplication": case("wuhou-hengda", "submitted", "applying_unit"),
    "notRecommendApplication": case("wuhou", "at_recommending_unit", "recommending_unit", "e.year = 2024"),
    "returnApplication": case("wuhou-hengda", "submitted", "applying_unit"),
    "removeEvidence": also(
        row("wuhou", "evidence"),
        "UPDATE application SET state = 'at_recommending_unit', desk = 'recommending_unit' WHERE tenant_id = :tenant"
        " AND id IN (SELECT application_id FROM evidence)",
    ),
    "declineHandover": row("chengdu", "handover", "state = 'offered', version = 1", PUSHED),
    "returnHandover": row("chengdu", "handover", "state = 'offered', version = 1", PUSHED),
    "undoAcceptance": also(
        row("chengdu", "handover", "state = 'accepted', version = 1", PUSHED),
        "UPDATE application SET state = 'received' WHERE tenant_id = :tenant",
    ),
    "withdrawHandover": row(
        "wuhou", "handover", "state = 'offered', version = 1", "direction = 'outgoing' AND kind = 'push'"
    ),
    "refuseRequest": row(
        "wuhou", "handover", "state = 'requested', application_id = NULL, version = 1", "kind = 'pull'"
    ),
    "endNotice": row("chengdu", "notice", "state = 'published', version = 1"),
    "excludeExpert": also(
        row("chengdu", "assignment", "state = 'open', version = 1"),
        ALL_SCORING,
        "DELETE FROM score_sheet WHERE tenant_id = :tenant",
    ),
    "exportPerson": row("wuhou", "person"),
    "liftPolicy": row("wuhou", "policy_tightening", "version = 1"),
    "setRetentionPeriod": Doing("jinjiang", (), {"months": 24}),
    "recordErasureRequest": also(row("wuhou", "person"), "DELETE FROM erasure_request WHERE tenant_id = :tenant"),
    "decideErasureRequest": also(
        row(
            "chengdu",
            "erasure_request",
            "version = 1, state = 'open', recorded_by = NULL",
            granted=False,
            ground="STATUTORY_PERIOD",
        )
    ),
    "recordConsent": also(row("wuhou", "person"), "DELETE FROM consent WHERE tenant_id = :tenant"),
    "revokeApiToken": row("wuhou", "api_token", "revoked_at = NULL"),
    "removeSecondFactor": Doing("jinjiang", (ONE_WITHOUT_ANOTHER_PLACE, FACTOR_OF_HIS, ONE_WITHOUT_ANOTHER_PLACE)),
    "endMemberSessions": row("jinjiang", "membership"),
    "closeAccount": Doing("jinjiang", (ONE_WITHOUT_ANOTHER_PLACE,)),
    "openAccount": Doing("jinjiang", (ONE_WITHOUT_ANOTHER_PLACE,)),
    "resetPassword": Doing("jinjiang", (ONE_WITHOUT_ANOTHER_PLACE,)),
    "tightenPolicy": Doing("wuhou", (), {"role": "CLERK", "action": "person:reveal", "validFrom": "2025-09-01"}),
    "withdrawConsent": row("wuhou", "person", where="EXISTS (SELECT FROM consent c WHERE c.person_id = person.id)"),
    "reopenScore": also(row("chengdu", "assignment", "state = 'submitted', version = 1"), ALL_SCORING),
    "rejectObjection": also(
        row("chengdu", "objection", "state = 'received', version = 1"),
        "UPDATE application SET open_objections = 1 WHERE tenant_id = :tenant",
    ),
    "revealComplainant": row("chengdu", "objection"),
    "revealPerson": row("wuhou", "person"),
    "updatePerson": row("wuhou", "person", "version = 1"),
    "revokeTitle": row("wuhou", "title", "version = 1", "state = 'in_force'"),
    "withdrawStudio": row("wuhou", "studio", "version = 1"),
    "startCultivation": also(
        case("chengdu", "announced", "organiser", f"e.year = 2024 AND NOT {WITH_PLAN}"),
        "UPDATE application SET edition_id = (SELECT id FROM edition WHERE tenant_id = :tenant AND year = 2024) WHERE id ="
        " (SELECT a.id FROM application a JOIN edition e ON e.id = a.edition_id WHERE a.tenant_id = :tenant AND e.year = 2023 ORDER BY a.id LIMIT 1)",
    ),
    "suspendCultivation": case("chengdu", "cultivating", "organiser", CULTIVATED),
    "resumeCultivation": case("chengdu", "suspended", "organiser", CULTIVATED),
    "stopCultivation": case("chengdu", "cultivating", "organiser", CULTIVATED),
    "failCultivation": case("chengdu", "assessed_fail", "organiser", CULTIVATED),
    "verifyProgressReport": row("chengdu", "progress_report", "state = 'submitted', version = 1"),
}


@pytest.fixture(scope="module")
async def api(contract: Contract, app: Database, year: Year, year_urls: DatabaseUrls) -> AsyncIterator[Client]:
    entrance = open_entrance(year_urls.login, cheap=True)
    async with serving(contract, app, year.clock, year.tokens, entrance) as client:  # type: ignore[arg-type]
        yield client
    await entrance.close()


def test_every_mutation_is_done_somewhere_and_none_twice() -> None:
    walked, done, exempt = acts_of_the_walk() - set(OF_THE_DOOR), set(DOINGS), set(OF_THE_DOOR)
    assert (walked & done, walked | done | exempt) == (set(), set(MUTATIONS))


async def prepare(owner: Database, year: Year, doing: Doing) -> str | None:
    """The key of the row, standing as it should."""
    found = None
    async with owner.plain() as session:
        for statement in doing.statements:
            given = {"tenant": year.tenants[doing.union].id} if ":tenant" in statement else {}
            answer: Any = await session.execute(text(statement), given)
            found = answer.scalar() if answer.returns_rows else None
    return None if found is None else str(found)


def input_of(mutation: Mutation, year: Year, doing: Doing, key: Any) -> dict[str, Any]:
    """The prepared row where the first id stands; further ids from the union's own rows."""
    first = mutation.ids[0][0] if mutation.ids else None

    def pick(path: Place, kind: str) -> str:
        if path == first:
            return encode_id(kind, key)
        if kind == "Tenant":
            return encode_id(kind, year.tenants["yangzhou"].id)
        return next(iter(year.ids(kind, doing.union)), encode_id(kind, new_id()))

    given = mutation.build(pick)
    return {**given, **({"version": 1} if "version" in given else {}), **doing.values}


ENTRIES = (
    "SELECT tenant_id, account_id, actor, act, object_kind, object_id, before, after, request_id FROM audit_entry"
    " WHERE request_id = :request"
)


@pytest.mark.parametrize("name", sorted(DOINGS))
async def test_a_mutation_leaves_one_entry(api: Client, owner: Database, year: Year, name: str) -> None:
    doing, mutation = DOINGS[name], MUTATIONS[name]
    key = await prepare(owner, year, doing)
    who = year.everything(doing.union, doing.account)
    given = input_of(mutation, year, doing, key)
    answer = await api.ask(mutation.query, who=who, input=given)
    assert answer.data == {name: {"errors": []}}
    async with owner.plain() as session:
        found = await session.execute(text(ENTRIES), {"request": answer.headers["x-request-id"]})
        [entry] = found.all()
    signed_in = year.tokens.people[who]
    assert (entry.tenant_id, entry.account_id, entry.actor) == (
        signed_in.tenant.id,
        signed_in.account_id,
        signed_in.name,
    )
    assert re.fullmatch(r"[a-z]+:[a-z_]+", entry.act)
    assert entry.before or entry.after
    assert entry.object_id is not None
