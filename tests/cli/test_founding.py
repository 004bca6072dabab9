"""From an empty, migrated database to people who can sign in, by the commands alone."""

import re
from typing import Any

from sqlalchemy import text

from graphql_api.context import EntranceAuthenticator
from graphql_api.schema import build
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.errors import CATALOGUE
from kernel.settings import DatabaseUrls
from migrations.runner import run_blocking
from programmes.catalogue.loader import shipped_rulebooks
from tenants.accounts.entrance import open_entrance
from tenants.levels import standard_levels
from tests.cli.command import Run
from tests.graphql_api.client import serving
from tests.graphql_api.tenants.door import CHANGE, STEP

FOUND = (
    "found --code acftu --name 中华全国总工会 --level national --login acftu.admin --person 王建国"
    " --security-login acftu.security --security-person 李卫东 --operator 安装员"
)
PASSWORDS = ("baoshan-lu-17-hao", "nanjing-lu-20-hao")


def trail(urls: DatabaseUrls, code: str) -> list[tuple[str, str]]:
    """Act and actor of every entry in a union's trail, the oldest first."""

    async def read() -> list[tuple[str, str]]:
        owner = Database(urls.owner)
        try:
            async with owner.plain() as session:
                query = text("SELECT id FROM tenant WHERE code = :code")
                tenant_id = (await session.execute(query, {"code": code})).scalar_one()
            async with owner.read(tenant_id) as session:
                rows = await session.execute(text("SELECT act, actor FROM audit_entry ORDER BY id"))
                return [(row.act, row.actor) for row in rows]
        finally:
            await owner.close()

    return run_blocking(read())


def viewer(urls: DatabaseUrls, tenant: str, login: str, password: str) -> Any:
    """Who the service says one is, after signing in over ASGI and changing the password that an operator knows, which opens nothing else."""

    async def ask() -> Any:
        app, entrance, clock = Database(urls.app), open_entrance(urls.login), SystemClock()
        authenticator = EntranceAuthenticator(entrance, clock)
        try:
            async with serving(build(b"key"), app, clock, authenticator, entrance, demo=False) as api:  # type: ignore[arg-type]
                given = {"tenant": tenant, "login": login, "password": password}
                begun = (await api.data(STEP, input=given))["signIn"]
                assert begun["errors"] == []
                early = await api.ask("{ programmes(first: 9) { edges { cursor } } }", who=begun["token"])
                assert early.body["errors"][0]["extensions"]["reason"] == "PASSWORD_EXPIRED"
                change = {"oldPassword": password, "newPassword": "zi-ji-xuan-de-mima-8"}
                changed = (await api.data(CHANGE, who=begun["token"], input=change))["changeOwnPassword"]
                assert changed == {"done": True, "errors": []}
                query = "{ viewer { name roles tenant { code name level { code } } } programmes(first: 9) { edges { node { code organiser { code } } } } }"
                return await api.data(query, who=begun["token"])
        finally:
            await app.close()
            await entrance.close()

    return run_blocking(ask())


def test_an_installation_begins_and_its_people_sign_in(run: Run, fresh_database_urls: DatabaseUrls) -> None:
    code, said, _ = run(f"{FOUND} --password-file -", "\n".join(PASSWORDS))
    assert (code, any(password in said for password in PASSWORDS)) == (0, False)
    provinces = "union add --code sichuan --name 四川省总工会 --level province --parent acftu"
    cities = "union add --code chengdu --name 成都市总工会 --level city --parent sichuan"
    assert [run(line)[0] for line in (provinces, cities)] == [0, 0]
    member = "member add --union chengdu --login chengdu.clerk --person 陈洁 --roles clerk,reviewer --operator 安装员"
    code, said, _ = run(member)
    made_up = re.findall(r"shown this once: (\S+)", said)
    assert (code, len(made_up)) == (0, 1)
    load = "programme load --organiser national_craftsman=acftu --organiser chengdu_craftsman=chengdu"
    assert run(load)[0] == 0
    programmes = [
        {"node": {"code": "chengdu_craftsman", "organiser": {"code": "chengdu"}}},
        {"node": {"code": "national_craftsman", "organiser": {"code": "acftu"}}},
    ]
    for login, name, role, password in (
        ("acftu.admin", "王建国", "SYSTEM_ADMIN", PASSWORDS[0]),
        ("acftu.security", "李卫东", "SECURITY_ADMIN", PASSWORDS[1]),
    ):
        assert viewer(fresh_database_urls, "acftu", login, password) == {
            "viewer": {
                "name": name,
                "roles": [role],
                "tenant": {"code": "acftu", "name": "中华全国总工会", "level": {"code": "national"}},
            },
            "programmes": {"edges": programmes},
        }
    seen = viewer(fresh_database_urls, "chengdu", "chengdu.clerk", made_up[0])
    assert (seen["viewer"]["name"], sorted(seen["viewer"]["roles"])) == ("陈洁", ["CLERK", "REVIEWER"])
    assert [act for act, _ in trail(fresh_database_urls, "chengdu")] == [
        "tenant:create",
        "membership:create",
        "rulebook:load",
        "rulebook:load",
        "session:sign_in",
        "account:change_password",
    ]
    assert trail(fresh_database_urls, "acftu")[:3] == [
        ("tenant:create", "operator 安装员"),
        ("membership:create", "operator 安装员"),
        ("membership:create", "operator 安装员"),
    ]


def test_founding_again_changes_nothing_and_founding_otherwise_is_refused(
    run: Run, fresh_database_urls: DatabaseUrls
) -> None:
    assert run(FOUND)[0] == 0
    entries = trail(fresh_database_urls, "acftu")
    code, said, _ = run(FOUND)
    assert (code, said) == (0, "acftu: was founded before; nothing is new\n")
    for old, new in (
        ("--code acftu", "--code other"),
        ("--login acftu.admin", "--login other"),
        ("national", "province"),
    ):
        code, said, complaint = run(FOUND.replace(old, new))
        assert (code, said) == (1, "")
        assert complaint.startswith("jiangti: ALREADY_FOUNDED 系统已经建立，首个工会是“中华全国总工会”（acftu）")
    assert trail(fresh_database_urls, "acftu") == entries


def test_one_person_cannot_be_both_administrators_and_then_nothing_is_there(run: Run) -> None:
    code, _, complaint = run(FOUND.replace("acftu.security", "acftu.admin"))
    assert code == 1
    assert complaint.startswith("jiangti: EXCLUSIVE_ROLES 系统管理员、安全管理员、审计管理员须由不同的人担任")
    assert run("union list")[1] == "0 unions\n"


REFUSED = {
    "union add --code acftu --name 又一个 --level province --parent acftu": "TENANT_CODE_TAKEN",
    "union add --code x --name 无上级 --level province --parent nowhere": "UNKNOWN_SUPERIOR",
    "union add --code x --name 平级 --level national --parent acftu": "LEVEL_NOT_BELOW",
    "union add --code x --name 没有的层级 --level county --parent acftu": "UNKNOWN_LEVEL",
    "union add --code x --name 代码有误 --level province --parent acftu --credit-code 123": "CREDIT_CODE_FORMAT",
    "union move nowhere --parent acftu": "UNKNOWN_UNION",
    "member add --union nowhere --login new.one --person 张三 --roles clerk": "UNKNOWN_UNION",
    "member add --union acftu --login acftu.admin --person 王建国 --roles clerk": "ALREADY_MEMBER",
    "member add --union acftu --login new.one --person 张三 --roles courier": "UNKNOWN_ROLE",
    "member add --union acftu --login new.one --person 张三 --roles system_admin,audit_admin": "EXCLUSIVE_ROLES",
    "member add --union acftu --login x --person 张三 --roles clerk": "BAD_LOGIN",
    "programme load --organiser tea_master=acftu": "NOT_SHIPPED",
    "programme load --organiser zhuge_craftsman=acftu": "ORGANISER_LEVEL",
    "programme print tea_master": "NOT_SHIPPED",
    "programme print zhuge_craftsman --version 1999": "NOT_SHIPPED",
}


def test_a_refusal_is_its_code_and_its_sentence_and_changes_nothing(
    run: Run, fresh_database_urls: DatabaseUrls
) -> None:
    run(FOUND)
    entries = trail(fresh_database_urls, "acftu")
    for line, refusal in REFUSED.items():
        code, said, complaint = run(line)
        assert (code, said) == (1, "")
        sentence = re.sub(r"\\\{\w+\\\}", ".+", re.escape(CATALOGUE[refusal].zh))
        assert re.fullmatch(f"jiangti: {refusal} {sentence}\n", complaint)
    assert trail(fresh_database_urls, "acftu") == entries
    assert run("union list")[1] == "acftu 中华全国总工会 (national)\n1 unions\n"


def test_a_weak_first_password_is_refused_and_no_account_remains(run: Run) -> None:
    run(FOUND)
    line = "member add --union acftu --login acftu.clerk --person 张三 --roles clerk"
    assert run(f"{line} --password-file -", "short")[2].startswith("jiangti: WEAK_PASSWORD 密码须为 12 至 128 位")
    assert run(f"{line} --password-file -", "one\ntwo")[0] == 2
    code, said, _ = run(f"{line} --password-file -", PASSWORDS[0])
    assert (code, said) == (0, "acftu.clerk 张三: clerk\n")


def test_who_has_an_account_is_seated_elsewhere_with_the_password_he_has(
    run: Run, fresh_database_urls: DatabaseUrls
) -> None:
    run(f"{FOUND} --password-file -", "\n".join(PASSWORDS))
    run("union add --code sichuan --name 四川省总工会 --level province --parent acftu")
    line = "member add --union sichuan --login acftu.admin --person 王建国 --roles clerk --since 2020-01-01"
    code, said, _ = run(line)
    assert (code, said) == (0, "acftu.admin 王建国: clerk\n  the account existed; its password is what it was\n")
    seen = viewer(fresh_database_urls, "sichuan", "acftu.admin", PASSWORDS[0])
    assert seen["viewer"]["roles"] == ["CLERK"]


def test_a_union_is_moved_with_all_below_it_on_either_line(run: Run, fresh_database_urls: DatabaseUrls) -> None:
    run(FOUND)
    for line in (
        "--code power --name 能源工会 --level national_industry --parent acftu",
        "--code sichuan --name 四川省总 --level province --parent acftu",
        "--code jiangsu --name 江苏省总 --level province --parent acftu",
        "--code chengdu --name 成都市总 --level city --parent sichuan",
        "--code plant --name 一厂工会 --level enterprise --parent chengdu --industry-parent power",
    ):
        assert run(f"union add {line}")[0] == 0
    assert run("union move chengdu --parent jiangsu")[1] == "chengdu 成都市总: 2 unions moved\n"
    assert run("union move plant --industry-parent -")[1] == "plant 一厂工会: 1 unions moved\n"
    assert run("union move plant --parent chengdu")[1] == "plant 一厂工会: 0 unions moved\n"
    listed = run("union list")[1].splitlines()
    assert (listed[0], listed[-1]) == ("acftu 中华全国总工会 (national)", "6 unions")
    below = listed.index("  jiangsu 江苏省总 (province)")
    assert listed[below + 1 : below + 3] == ["    chengdu 成都市总 (city)", "      plant 一厂工会 (enterprise)"]
    assert [act for act, _ in trail(fresh_database_urls, "plant")] == ["tenant:create", "tenant:move"]
    assert run("union move jiangsu --parent chengdu")[2].startswith("jiangti: MOVE_INTO_ITSELF ")


def test_rulebooks_are_loaded_once_listed_and_printed(run: Run) -> None:
    run(FOUND)
    line = "programme load --organiser national_craftsman=acftu"
    assert run(line)[1] == "national_craftsman 2024: loaded\n"
    assert run(line)[1] == "national_craftsman 2024: was loaded before\n"
    listed = run("programme list")[1].splitlines()
    assert len(listed) == len(shipped_rulebooks())
    assert [row.rpartition(": ")[2] for row in listed if row.startswith("national_craftsman")] == ["organised by acftu"]
    assert sum(row.endswith(": not loaded") for row in listed) == len(listed) - 1
    code, page, _ = run("programme print chengdu_craftsman --version 2019")
    assert code == 0
    assert "成都工匠" in page
    assert page != run("programme print chengdu_craftsman")[1]


def test_a_programme_keeps_its_organiser(run: Run) -> None:
    run(FOUND)
    for code in ("sichuan", "jiangsu"):
        run(f"union add --code {code} --name {code}工会 --level province --parent acftu")
    assert run("programme load --organiser jiangsu_may_first_craftsman=jiangsu")[0] == 0
    _, _, complaint = run("programme load --organiser jiangsu_may_first_craftsman=sichuan")
    assert complaint.startswith("jiangti: ORGANISER_FIXED ")


def test_levels_are_seeded(run: Run, fresh_database_urls: DatabaseUrls) -> None:
    run(FOUND)

    async def read() -> set[str]:
        owner = Database(fresh_database_urls.owner)
        async with owner.plain() as session:
            found = set((await session.execute(text("SELECT code FROM level"))).scalars())
        await owner.close()
        return found

    assert run_blocking(read()) == {level.code for level in standard_levels()}
