from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from programmes.catalogue.rules.editions import choose_version, is_expired, next_state, reaches
from programmes.catalogue.rules.reading import canonical
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.validation import problems
from tests.programmes.rulebooks import shipped

Change = Callable[[dict[str, Any]], None]


def changed(change: Change, name: str = "national_craftsman") -> Rulebook:
    content = canonical(shipped(name))
    change(content)
    return Rulebook.model_validate(content)


def drop_stage(code: str) -> Change:
    def change(content: dict[str, Any]) -> None:
        content["stages"] = [stage for stage in content["stages"] if stage["code"] != code]

    return change


def setting(*path: str | int, value: Any) -> Change:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop_silence(key: str) -> Change:
    def change(content: dict[str, Any]) -> None:
        content["silences"] = [silence for silence in content["silences"] if silence["key"] != key]

    return change


def swap_stages(content: dict[str, Any]) -> None:
    content["stages"][3], content["stages"][4] = content["stages"][4], content["stages"][3]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop_stage("formal_review"), "stages: the stage formal_review is missing"),
        (drop_stage("cultivate"), "stages: exactly one of name_directly and cultivate"),
        (drop_stage("assess"), "stages.assess: goes with cultivate"),
        (drop_stage("itemised_scoring"), "scoring: goes with the stage itemised_scoring"),
        (drop_stage("public_notice"), "notice: goes with the stage public_notice"),
        (swap_stages, "stages.formal_review: cannot come after itemised_scoring"),
        (setting("criteria", value=[]), "criteria: scoring needs criteria"),
        (
            setting("quota", "factors", value=[]),
            "quota.factors: places given by notice need the factors they are weighed by",
        ),
        (setting("quota", "mode", value="none"), "quota.mode: the gate in_quota goes with by_notice"),
        (setting("letters", "count", value=2), "letters.count: differs from the gate peer_letters"),
        (setting("gates", 1, "value", value=True), "gates.frontline_years.value: frontline_years needs int"),
        (setting("gates", 0, "value", value=1), "gates.political_soundness.value: declared takes no value"),
        (setting("gates", 1, "key", value="political_soundness"), "gates.political_soundness: stands there twice"),
        (setting("money", 0, "per_mille", value=500), "money.N-ANNUAL.per_mille: goes with a recorded reward"),
        (setting("silences", 0, "key", value="notice.weeks"), "silences.notice.weeks: there is no such value"),
        (
            setting("notice", "working_days", value=5),
            "silences.notice.working_days: is mandatory to fill, yet has a value",
        ),
        (
            drop_silence("notice.working_days"),
            "notice.working_days: the stage public_notice needs it, and no mandatory silence opens it",
        ),
        (
            drop_silence("criteria.*.max_points"),
            "criteria.inheritance_3.max_points: the stage itemised_scoring needs it, and no mandatory silence opens it",
        ),
        (setting("silences", 1, "choices", value=[]), "silences.scoring.aggregation.choices: go with the kind choice"),
        (
            setting("silences", 0, "maximum", value=None),
            "silences.notice.working_days: a number needs a minimum and a maximum",
        ),
        (setting("document", "effective_to", value="2020-01-01"), "document.effective_to: is before effective_from"),
    ],
)
def test_a_rulebook_that_makes_no_sense_is_told_so_by_key(change: Change, expected: str) -> None:
    assert expected in problems(changed(change))


def test_an_unknown_level_is_named() -> None:
    wrong = changed(setting("route", "recommending", 0, "level", value="county"))
    assert problems(
        wrong, {"national", "national_industry", "city", "district", "development_zone", "town", "enterprise"}
    ) == ["route.recommending: there is no level county"]


@pytest.mark.parametrize(
    ("today", "expired"), [(date(2023, 8, 28), False), (date(2023, 8, 29), True), (date(2019, 1, 1), False)]
)
def test_the_last_day_of_a_document_still_counts(today: date, expired: bool) -> None:  # noqa: FBT001 - a table
    assert is_expired(shipped("zhuge_craftsman"), today) is expired


@pytest.mark.parametrize(
    ("today", "version"), [(date(2022, 5, 1), "2019"), (date(2023, 12, 31), "2019"), (date(2024, 1, 1), "2024")]
)
def test_the_version_in_force_is_taken(today: date, version: str) -> None:
    versions = [shipped("chengdu_craftsman_2024"), shipped("chengdu_craftsman_2019")]
    assert choose_version(versions, today).version == version


def test_states_of_an_edition_that_are_not_in_the_table_are_refused() -> None:
    states = ("draft", "issued", "open", "reviewing", "noticing", "announced", "cultivating", "closed", "cancelled")
    cancellable = [state for state in states if next_state(state, "cancel") == "cancelled"]
    assert cancellable == ["draft", "issued", "open", "reviewing", "noticing"]
    assert [state for state in states if next_state(state, "issue")] == ["draft"]
    assert [state for state in states if next_state(state, "open")] == ["issued"]
    assert [state for state in states if reaches(state, "announce")] == ["announced", "cultivating", "closed"]
