"""Whether a rulebook makes sense as a whole; each problem names the key it stands at.

What pydantic cannot see: stages in an order that can be walked, parts that belong to a stage, values that are null without being declared silent (so that
nobody could fill them in), and silences that point nowhere.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import get_args

from programmes.catalogue.rules.filling import expand, read_path
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.words import GateCheck, StageCode

_ORDER: tuple[StageCode, ...] = get_args(StageCode)
"""The vocabulary names the stages in the order in which they may stand."""
_ALWAYS: tuple[StageCode, ...] = ("call", "apply", "formal_review", "announce")
_VALUE_OF: dict[GateCheck, type | None] = {
    "frontline_years": int,
    "peer_letters": int,
    "evidence": int,
    "in_service": bool,
    "excluded_groups": tuple,
    "not_titled_already": tuple,
    "in_quota": None,
    "declared": None,
}
_NEEDED: tuple[tuple[StageCode, str], ...] = (
    ("recommend", "route.recommending"),
    ("itemised_scoring", "scoring.aggregation"),
    ("itemised_scoring", "scoring.experts_per_case"),
    ("itemised_scoring", "criteria.*.max_points"),
    ("public_notice", "notice.working_days"),
    ("cultivate", "cultivation.months"),
    ("cultivate", "cultivation.plan_owner"),
    ("cultivate", "cultivation.report_every_months"),
    ("call", "target.count"),
)
"""Values without which a stage cannot be carried out."""


def problems(rulebook: Rulebook, known_levels: Iterable[str] | None = None) -> list[str]:
    """All that is wrong, as `key: what`; empty where the rulebook is sound. Levels are checked where the known ones are given."""
    checks: tuple[Callable[[Rulebook], Iterator[str]], ...] = (
        _check_stages,
        _check_parts,
        _check_gates,
        _check_codes,
        _check_money,
        _check_silences,
        _check_needed,
        _check_document,
    )
    found = [problem for check in checks for problem in check(rulebook)]
    return found if known_levels is None else [*found, *_check_levels(rulebook, frozenset(known_levels))]


def _check_stages(rulebook: Rulebook) -> Iterator[str]:
    codes = [stage.code for stage in rulebook.stages]
    for code in _ALWAYS:
        if code not in codes:
            yield f"stages: the stage {code} is missing"
    for first, second in pairwise(codes):
        if _ORDER.index(first) >= _ORDER.index(second):
            yield f"stages.{second}: cannot come after {first}"
    ends = [code for code in ("name_directly", "cultivate") if code in codes]
    if len(ends) != 1:
        yield "stages: exactly one of name_directly and cultivate"
    for code in ("assess", "certify"):
        if (code in codes) != ("cultivate" in codes):
            yield f"stages.{code}: goes with cultivate"


def _check_parts(rulebook: Rulebook) -> Iterator[str]:
    parts = {
        "scoring": (rulebook.scoring, "itemised_scoring"),
        "notice": (rulebook.notice, "public_notice"),
        "cultivation": (rulebook.cultivation, "cultivate"),
    }
    for key, (part, stage) in parts.items():
        if (part is not None) != any(present.code == stage for present in rulebook.stages):
            yield f"{key}: goes with the stage {stage}"
    if rulebook.scoring is not None and not rulebook.criteria:
        yield "criteria: scoring needs criteria"
    if rulebook.quota.mode == "by_notice" and not rulebook.quota.factors:
        yield "quota.factors: places given by notice need the factors they are weighed by"
    if rulebook.route.organiser_level != rulebook.level:
        yield f"route.organiser_level: is {rulebook.route.organiser_level}, but the programme's level is {rulebook.level}"


def _check_gates(rulebook: Rulebook) -> Iterator[str]:
    for gate in rulebook.gates:
        wanted = _VALUE_OF[gate.check]
        if wanted is None and gate.value is not None:
            yield f"gates.{gate.key}.value: {gate.check} takes no value"
        if wanted is not None and type(gate.value) is not wanted:
            yield f"gates.{gate.key}.value: {gate.check} needs {wanted.__name__}"
    letters = rulebook.find_gate("peer_letters")
    if (0 if letters is None else letters.value) != rulebook.letters.count:
        yield "letters.count: differs from the gate peer_letters"
    if (rulebook.find_gate("in_quota") is not None) != (rulebook.quota.mode == "by_notice"):
        yield "quota.mode: the gate in_quota goes with by_notice"


def _check_codes(rulebook: Rulebook) -> Iterator[str]:
    lists = {
        "gates": [gate.key for gate in rulebook.gates],
        "criteria": [criterion.key for criterion in rulebook.criteria],
        "money": [rule.code for rule in rulebook.money],
        "feeders": [feeder.title_code for feeder in rulebook.feeders],
        "silences": [silence.key for silence in rulebook.silences],
    }
    for key, codes in lists.items():
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield f"{key}.{code}: stands there twice"


def _check_money(rulebook: Rulebook) -> Iterator[str]:
    for rule in rulebook.money:
        rewards = rule.trigger in {"reward_recorded", "contest_reward_recorded"}
        if (rule.per_mille is not None) != rewards:
            yield f"money.{rule.code}.per_mille: goes with a recorded reward"
        if rule.amount_fen is not None and rule.per_mille is not None:
            yield f"money.{rule.code}: an amount or a share, not both"
        if rule.trigger == "cultivation_year_begun" and rulebook.cultivation is None:
            yield f"money.{rule.code}.trigger: the programme has no cultivation"


def _check_silences(rulebook: Rulebook) -> Iterator[str]:
    content = rulebook.model_dump(mode="json")
    for silence in rulebook.silences:
        try:
            values = [read_path(content, key) for key in expand(rulebook, silence.key)]
        except (KeyError, TypeError):
            yield f"silences.{silence.key}: there is no such value"
            continue
        if silence.mandatory and any(value is not None for value in values):
            yield f"silences.{silence.key}: is mandatory to fill, yet has a value"
        if (silence.kind == "choice") != bool(silence.choices):
            yield f"silences.{silence.key}.choices: go with the kind choice"
        if silence.kind in {"integer", "percent"} and (silence.minimum is None or silence.maximum is None):
            yield f"silences.{silence.key}: a number needs a minimum and a maximum"


def _check_needed(rulebook: Rulebook) -> Iterator[str]:
    content = rulebook.model_dump(mode="json")
    open_keys = {key for silence in rulebook.silences if silence.mandatory for key in _expanded(rulebook, silence.key)}
    for stage, key in _NEEDED:
        if any(present.code == stage for present in rulebook.stages):
            for single in _expanded(rulebook, key):
                if _is_null(content, single) and single not in open_keys:
                    yield f"{single}: the stage {stage} needs it, and no mandatory silence opens it"


def _check_document(rulebook: Rulebook) -> Iterator[str]:
    document = rulebook.document
    if document.effective_from and document.effective_to and document.effective_from > document.effective_to:
        yield "document.effective_to: is before effective_from"


def _check_levels(rulebook: Rulebook, known: frozenset[str]) -> Iterator[str]:
    named = {
        "level": (rulebook.level,),
        "route.applying_levels": rulebook.route.applying_levels,
        "route.recommending": tuple(unit.level for unit in rulebook.recommending_units),
        "register_levels": rulebook.register_levels,
        "money": tuple(rule.payer for rule in rulebook.money if rule.payer != "any_level"),
    }
    for key, levels in named.items():
        for level in levels:
            if level not in known:
                yield f"{key}: there is no level {level}"


def _expanded(rulebook: Rulebook, key: str) -> tuple[str, ...]:
    try:
        return expand(rulebook, key)
    except (KeyError, TypeError):
        return ()


def _is_null(content: dict[str, object], key: str) -> bool:
    try:
        return read_path(content, key) is None
    except KeyError:
        return False
