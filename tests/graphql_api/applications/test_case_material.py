"""What belongs to a case is seen with the case and not without it, by whatever way one comes to it (platform reference §2.5, 2)."""

from datetime import date

import pytest

from authz.roles import Role
from graphql_api.ids import encode_id
from kernel.ids import new_id
from programmes.applications.model import Application, CaseAct, Evidence, PeerLetter, ReviewCheck, Snapshot
from tests.graphql_api.awards_api import Office

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
CASE = """query ($id: ID!) { application(id: $id) {
  evidence { id } peerLetters { id } checks { id } snapshots { id } history(first: 9) { edges { node { id } } } } }"""


async def with_material(office: Office, case: Application) -> list[str]:
    """A case's opaque ids of one row of each kind."""
    awards = office.awards
    async with awards.working("wuhou") as scope:
        now, own = awards.clock.now(), {"tenant_id": scope.tenant_id, "application_id": case.id}
        edited = {**own, "version": 1, "created_at": now, "updated_at": now}
        letter = {"expert_name": "高远航", "expert_unit": "研究院", "expert_post": "研究员", "profession": "机械"}
        check = {"key": "x", "wording": "条件", "document": "文件", "article": "第一条", "hard": True, "outcome": "met"}
        rows = {
            "Evidence": Evidence(id=new_id(), force="practice", item=1, title="佐证", **edited),
            "PeerLetter": PeerLetter(
                id=new_id(), senior_by="正高", content="推荐", signed_on=date(2024, 7, 1), **letter, **edited
            ),
            "ReviewCheck": ReviewCheck(id=new_id(), reviewer_id=new_id(), at=now, **check, **own),
            "Snapshot": Snapshot(id=new_id(), number=1, sha256="0" * 64, sealed=b"x", fields=[], made_at=now, **own),
            "CaseAct": CaseAct(id=new_id(), act="announce", to_state=case.state, at=now, actor="某人", **own),
        }
        scope.session.add_all(rows.values())
        await scope.session.flush()
        return [encode_id(kind, row.id) for kind, row in rows.items()]


@pytest.mark.parametrize("role", [Role.CLERK, Role.APPROVER, Role.AUDITOR])
async def test_who_reads_the_case_finds_its_material_by_id_and_below_it(office: Office, role: Role) -> None:
    case = await office.awards.add_case("zhuge_craftsman", "received")
    ids = await with_material(office, case)
    desk = office.desk("wuhou", role)
    assert [node["id"] for node in (await desk.ask(NODES, ids=ids))["nodes"]] == ids
    shown = (await desk.ask(CASE, id=encode_id("Application", case.id)))["application"]
    below = [shown[name][0]["id"] for name in ("evidence", "peerLetters", "checks", "snapshots")]
    assert below == ids[:-1]
    assert ids[-1] in [edge["node"]["id"] for edge in shown["history"]["edges"]]


@pytest.mark.parametrize(
    "role", [Role.EXPERT, Role.FINANCE_CLERK, Role.NOTICE_OFFICER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN]
)
async def test_who_does_not_read_the_case_finds_nothing_of_it(office: Office, role: Role) -> None:
    case = await office.awards.add_case("zhuge_craftsman", "received")
    ids = await with_material(office, case)
    desk = office.desk("wuhou", role)
    assert (await desk.ask(NODES, ids=ids))["nodes"] == [None] * len(ids)
    assert (await desk.ask(CASE, id=encode_id("Application", case.id)))["application"] is None
