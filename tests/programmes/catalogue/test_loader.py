from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.database import Database
from kernel.errors import Failure
from programmes.catalogue.errors import RULEBOOK_CHANGED, RULEBOOK_INVALID
from programmes.catalogue.loader import load_rulebook, load_shipped, read_file, shipped_files, shipped_rulebooks
from programmes.catalogue.model import Programme, RulebookVersion
from programmes.catalogue.queries import list_programmes
from programmes.catalogue.rules.rulebook import Rulebook
from tests.programmes.catalogue.world import ORGANISERS, World


def _shipped(programme: str) -> Rulebook:
    return next(rulebook for rulebook in shipped_rulebooks() if rulebook.programme == programme)


async def test_the_programmes_stand_with_their_titles_and_organisers(world: World) -> None:
    async with world.app.read(world.id_of("grid")) as session:
        programmes = await list_programmes(session)
    assert [
        (programme.code, programme.title_name, programme.level, programme.organiser_id) for programme in programmes
    ] == [
        ("chengdu_craftsman", "成都工匠", "city", world.id_of("chengdu")),
        ("jiangsu_may_first_craftsman", "江苏五一工匠", "province", world.id_of("jiangsu")),
        ("longcheng_craftsman", "龙城工匠", "city", world.id_of("changzhou")),
        ("national_craftsman", "大国工匠", "national", world.id_of("acftu")),
        ("zhuge_craftsman", "诸葛工匠", "district", world.id_of("wuhou")),
    ]


async def test_loading_again_inserts_nothing(world: World, owner: Database) -> None:
    organisers = {code: world.id_of(union) for code, union in ORGANISERS.items()}
    again = await load_shipped(owner, organisers, world.clock)
    assert [(one.programme, one.version, one.new) for one in again] == [
        ("chengdu_craftsman", "2019", False),
        ("chengdu_craftsman", "2024", False),
        ("jiangsu_may_first_craftsman", "0", False),
        ("longcheng_craftsman", "2024", False),
        ("national_craftsman", "2024", False),
        ("zhuge_craftsman", "2018", False),
    ]
    async with owner.plain() as session:
        assert len((await session.execute(select(RulebookVersion.id))).all()) == 6


async def test_a_programme_without_an_organiser_here_is_left_out(world: World, owner: Database) -> None:
    loaded = await load_shipped(owner, {"longcheng_craftsman": world.id_of("changzhou")}, world.clock)
    assert [one.programme for one in loaded] == ["longcheng_craftsman"]


async def test_other_content_under_a_loaded_version_is_refused_and_a_new_version_is_not(
    world: World, owner: Database
) -> None:
    shipped = _shipped("longcheng_craftsman")
    changed = shipped.model_copy(update={"title_name": "龙城大工匠"})
    async with owner.plain() as session:
        with pytest.raises(Failure) as failure:
            await load_rulebook(session, changed, world.id_of("changzhou"), world.clock)
        await session.rollback()
    assert failure.value.reason is RULEBOOK_CHANGED
    assert failure.value.params == {"programme": "longcheng_craftsman", "version": "2024"}
    async with owner.plain() as session:
        newer = shipped.model_copy(update={"version": "2027"})
        assert (await load_rulebook(session, newer, world.id_of("changzhou"), world.clock)).new is True
        found = select(RulebookVersion.version).join(Programme).where(Programme.code == "longcheng_craftsman")
        assert sorted((await session.execute(found)).scalars()) == ["2024", "2027"]
        await session.rollback()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("amount_fen: 500000", "amount_fen: many", "money.0.amount_fen: "),
        ("programme: longcheng_craftsman", "program: longcheng_craftsman", "programme: Field required"),
        ("{code: review_meeting", "{code: tea_break", "stages.4.code: "),
        ("\nlevel: city\n", "\nlevel: town\n", "route.organiser_level: is city, but the programme's level is town"),
        ("payer: city, payee: person", "payer: county, payee: person", "money: there is no level county"),
    ],
)
def test_a_wrong_file_is_refused_by_its_name_and_key(tmp_path: Path, old: str, new: str, problem: str) -> None:
    shipped = next(file for file in shipped_files() if file.name == "longcheng_craftsman.yaml")
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    levels = {"national", "province", "city", "district", "development_zone", "town", "enterprise"}
    with pytest.raises(Failure) as failure:
        read_file(file, levels)
    assert failure.value.reason is RULEBOOK_INVALID
    assert failure.value.params["file"] == "mine.yaml"
    assert problem in str(failure.value.params["problems"])


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "", "just words"])
def test_a_file_that_is_no_rulebook_at_all_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Failure) as failure:
        read_file(file)
    assert failure.value.reason is RULEBOOK_INVALID
