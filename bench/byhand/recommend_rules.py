"""What must hold before a case is recommended: the product's pure rules, over one row of facts. Refusals are raised."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from authz import guard
from authz.permissions import Permission
from authz.subject import Subject
from bench.byhand.dossier import relations
from bench.byhand.session import Who
from kernel.sealing import Sealer
from kernel.text import clean_text
from kernel.versions import require_seen
from programmes.applications.errors import ACT_NOT_POSSIBLE, BAD_RANK, RANK_TAKEN
from programmes.applications.rules.completeness import (
    FeederRule,
    Letter,
    Window,
    require_feeder,
    require_letters,
    require_open,
)
from programmes.applications.rules.transitions import Act, find_transition
from programmes.applications.service.routing import refusal_of
from programmes.applications.words import act_name, state_name
from programmes.catalogue.rules.route import refuse_recommending
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.people.errors import CONSENT_MISSING, CONSENT_WITHDRAWN, FILE_ERASED
from programmes.people.rules import PURPOSE_NAMES, Purpose
from tenants.facts import TenantFacts

_OPINION_LIMIT, _MOST_RANK = 2000, 9999
_PLACE = ("code", "name", "level", "level_rank", "line", "path", "industry_path", "parent_id", "industry_parent_id")
Record = Any
"""A row of `recommend_sql.FACTS`."""


def require_recommendable(sealer: Sealer, who: Who, facts: Record, rulebook: Rulebook, asked: Mapping[str, Any]) -> str:
    """The opinion as it may be stored."""
    organiser = TenantFacts(facts["organiser_id"], *(facts[name] for name in _PLACE))
    extra = facts["grant_kind"] == "extra"
    problem = refuse_recommending(rulebook, who.actor.tenant, organiser, has_extra_grant=extra)
    if problem is not None:
        raise refusal_of(problem)
    _require_act(sealer, who, facts, rulebook)
    require_seen(facts["version"], asked["version"])
    window = Window(facts["edition_state"], facts["opens_on"], facts["closes_on"], rulebook.stages[0].cite.citation)
    require_open(window, who.today, supplement_due_on=facts["supplement_due_on"])
    _require_letters_and_feeder(who, facts, rulebook)
    opinion = clean_text(asked["opinion"], path=("input", "opinion"), limit=_OPINION_LIMIT)
    _require_rank(facts, asked.get("rank"))
    _require_consent(facts)
    return opinion


def _require_act(sealer: Sealer, who: Who, facts: Record, rulebook: Rulebook) -> None:
    """The table and the gate."""
    state, desk = facts["state"], facts["desk"]
    if find_transition(Act.RECOMMEND, desk, state, [stage.code for stage in rulebook.stages]) is None:
        raise ACT_NOT_POSSIBLE(state=state_name(state), act=act_name(Act.RECOMMEND))
    subject = Subject("case", facts["id"], state, desk, creator=facts["created_by"])
    own = [
        duty
        for duty, account in (entry.split(" ", 1) for entry in facts["duties"] or ())
        if account == str(who.actor.account_id)
    ]
    words = relations(who.actor, sealer, facts["case_id"], own, facts["carried"] or ())
    stands = guard.relations_of(who.actor, subject, {facts["id"]: words})
    refusal = guard.decision_of(who.actor, Permission.CASE_RECOMMEND, subject, stands).reason
    if refusal is not None:
        raise refusal


def _require_letters_and_feeder(who: Who, facts: Record, rulebook: Rulebook) -> None:
    letters = [Letter(each["expert_name"], each["expert_unit"]) for each in orjson.loads(facts["letters"] or "[]")]
    rule = rulebook.letters.cite.citation
    require_letters(letters, needed=rulebook.letters.count, employer=facts["employer"], rule=rule)
    programmes = orjson.loads(facts["programmes"] or "[]")
    names = {title_code: title for _, title_code, title, _ in programmes}
    organisers = {code: organiser for code, _, _, organiser in programmes}
    feeders = [
        FeederRule(each.title_code, names.get(each.title_code, each.title_code), each.mode, each.cite.citation)
        for each in rulebook.feeders
        if each.binds_organiser_of is None or organisers.get(each.binds_organiser_of) == str(who.actor.tenant.id)
    ]
    require_feeder(
        feeders,
        [title["code"] for title in orjson.loads(facts["titles_held"])],
        exception_reason=facts["exception_reason"],
        exception_approver=facts["exception_approver"],
    )


def _require_rank(facts: Record, rank: int | None) -> None:
    if rank is not None and not 1 <= rank <= _MOST_RANK:
        raise BAD_RANK(path=("input", "rank"), most=_MOST_RANK)
    if rank is not None and facts["rank_taken"]:
        raise RANK_TAKEN(path=("input", "rank"), rank=rank)


def _require_consent(facts: Record) -> None:
    """That the person agreed to being handed up; and that his file is kept, for it goes along."""
    until: date | None = facts["consent_until"]
    if until is None:
        raise CONSENT_MISSING()
    if until != date.max:
        raise CONSENT_WITHDRAWN(on=until.isoformat(), purpose=PURPOSE_NAMES[Purpose.UPWARD])
    if facts["person_erased_on"] is not None:
        raise FILE_ERASED(on=facts["person_erased_on"].isoformat())
