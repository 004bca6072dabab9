"""The organiser's formal review: conditions, completeness, quota; no judgement of merit (总工发〔2024〕1号 第七条, 常工发〔2024〕60号 第八条)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from authz.scope import WriteScope
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.model import Application, ReviewCheck
from programmes.applications.rules.completeness import require_not_the_organisers_own
from programmes.applications.rules.eligibility import (
    Answer,
    CaseFacts,
    Checked,
    Condition,
    complete_checklist,
    require_passed,
)
from programmes.applications.rules.transitions import Act
from programmes.applications.service.moving import admit, carry_out
from programmes.catalogue.queries import get_edition, list_extra_units, list_quotas, rulebook_of, rulebooks_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.people.queries import get_person


async def review_formally(
    scope: WriteScope,
    application_id: UUID,
    *,
    version: int,
    passed: bool,
    answers: Sequence[Answer],
    reason: str | None,
) -> Application:
    """Pass or reject a received case; the checklist is kept with the article of each line. A pass is refused where a hard condition is not met."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.FORMAL_PASS if passed else Act.FORMAL_REJECT)
    require_version(application, version)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    checklist = complete_checklist(conditions_of(rulebook), await _facts(scope, application), answers)
    if passed:
        person = await get_person(scope.session, application.person_id)
        require_not_the_organisers_own(person.employer, scope.actor.tenant.name)
        require_passed(checklist)
    why = clean_text(reason or "", path=("input", "reason"), limit=500, optional=passed) or None
    await repository.replace_checks(
        scope.session, application.id, [_row(scope, application.id, line) for line in checklist]
    )
    return await carry_out(scope, application, transition, reason=why)


def conditions_of(rulebook: Rulebook) -> list[Condition]:
    """The edition's conditions as the formal review asks them."""
    return [
        Condition(gate.key, gate.check, gate.hard, gate.value, gate.wording, gate.cite.citation)
        for gate in rulebook.gates
    ]


async def _facts(scope: WriteScope, application: Application) -> CaseFacts:
    edition = await get_edition(scope.session, application.edition_id)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    person = await get_person(scope.session, application.person_id)
    evidence = Counter(row.force for row in await repository.list_evidence(scope.session, application.id))
    letters = await repository.list_letters(scope.session, application.id)
    return CaseFacts(
        as_of=edition.closes_on or scope.clock.today(),
        frontline_since=person.frontline_since,
        in_service=person.in_service,
        letters=len(letters),
        evidence_by_force={criterion.force: evidence[criterion.force] for criterion in rulebook.criteria},
        title_codes=frozenset(title["code"] for title in application.titles_held)
        | await _granted_here(scope, application),
        nominees=await repository.count_nominees(scope.session, application),
        places=await _places(scope, application),
    )


async def _places(scope: WriteScope, application: Application) -> int | None:
    """The places this union gave the recommending unit in the edition, by quota or with an approval; None where nobody is limited."""
    if (await rulebook_of(scope.session, application.edition_id)).quota.mode != "by_notice":
        return None
    extra = await list_extra_units(scope.session, application.edition_id)
    quotas = await list_quotas(scope.session, application.edition_id)
    given = [row.places for row in (*extra, *quotas) if row.unit_id == application.recommending_unit_id]
    return None if None in given else max((places for places in given if places is not None), default=0)


async def _granted_here(scope: WriteScope, application: Application) -> frozenset[str]:
    """Titles the person holds by this union's own editions, whatever the dossier says."""
    editions = await repository.list_certified_editions(scope.session, application.person_id)
    return frozenset(rulebook.title_code for rulebook in (await rulebooks_of(scope.session, editions)).values())


def _row(scope: WriteScope, application_id: UUID, line: Checked) -> ReviewCheck:
    return ReviewCheck(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application_id,
        key=line.condition.key,
        wording=line.condition.wording,
        document=line.condition.rule.document,
        article=line.condition.rule.article,
        hard=line.condition.hard,
        outcome=line.finding,
        remark=line.actual,
        reviewer_id=scope.actor.account_id,
        at=scope.clock.now(),
    )
