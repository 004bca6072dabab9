"""Up the ladder inside one edition: the unit endorses, the recommending unit chooses; each freezes a dossier and lets the courier carry it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from authz.scope import WriteScope
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.errors import BAD_RANK, GIVE_BACK_BY_HANDOVER, RANK_TAKEN
from programmes.applications.events import announce_forwarding, announce_move
from programmes.applications.model import Application
from programmes.applications.rules.completeness import FeederRule, Letter, require_feeder, require_letters
from programmes.applications.rules.transitions import Act, Desk, State
from programmes.applications.service.dossier import freeze
from programmes.applications.service.moving import admit, carry_out, move, remember
from programmes.applications.service.routing import find_road, require_recommending
from programmes.applications.service.window import require_window
from programmes.catalogue.model import Programme
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.service import release_place, use_place
from programmes.people.queries import get_person, require_consent
from programmes.people.rules import Purpose

_OPINION_LIMIT = 2000
_MOST_RANK = 9999
_RANK_INDEX = "uq_application_recommended_rank"
_BASIS = "本人同意（{day}）；{document} {article}"


async def endorse_application(
    scope: WriteScope, application_id: UUID, *, version: int, opinion: str, audited: bool = True
) -> Application:
    """The unit's own union agrees and sends the case to the recommending unit (or keeps it, where it is that itself)."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.ENDORSE)
    require_version(application, version)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    await require_window(scope, application.edition_id, supplement_due_on=application.supplement_due_on)
    road = await find_road(scope, rulebook, application.edition_id, application.organiser_id)
    application.unit_opinion = clean_text(opinion, path=("input", "opinion"), limit=_OPINION_LIMIT)
    _leave_supplement_behind(application)
    await carry_out(scope, application, transition, reason=application.unit_opinion, audited=audited)
    goal = road.recommending_unit if rulebook.has_stage("recommend") else road.organiser
    if goal.id == scope.tenant_id and rulebook.has_stage("recommend"):
        application.recommending_unit_id = scope.tenant_id
        return await _step_on(scope, application, Desk.RECOMMENDING_UNIT, State.AT_RECOMMENDING_UNIT)
    if goal.id == scope.tenant_id:
        return await _step_on(scope, application, Desk.ORGANISER, State.RECEIVED)
    await _forward(scope, application, rulebook, to=goal.id)
    return application


async def decline_application(scope: WriteScope, application_id: UUID, *, version: int, reason: str) -> Application:
    """The unit's own union does not agree; the person may be put forward by another route."""
    return await _close(scope, application_id, Act.DECLINE, version, reason)


async def recommend_application(
    scope: WriteScope,
    application_id: UUID,
    *,
    version: int,
    opinion: str,
    rank: int | None,
    audited: bool = True,
) -> Application:
    """Choose the case as a nominee: within the quota, with the letters the call asks for, from the rung below where that is expected."""
    application = await repository.lock_application(scope.session, application_id)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    await require_recommending(scope, rulebook, application.edition_id, application.organiser_id)
    transition = await admit(scope, application, Act.RECOMMEND)
    require_version(application, version)
    await require_window(scope, application.edition_id, supplement_due_on=application.supplement_due_on)
    await _require_recommendable(scope, application, rulebook)
    application.opinion = clean_text(opinion, path=("input", "opinion"), limit=_OPINION_LIMIT)
    await _take_rank(scope, application, rank)
    await use_place(scope, application.edition_id)
    _leave_supplement_behind(application)
    await carry_out(scope, application, transition, reason=application.opinion, audited=audited)
    if application.organiser_id == scope.tenant_id:
        return await _step_on(scope, application, Desk.ORGANISER, State.RECEIVED)
    await _forward(scope, application, rulebook, to=application.organiser_id)
    return application


async def not_recommend_application(
    scope: WriteScope, application_id: UUID, *, version: int, reason: str
) -> Application:
    """Not choose the case, by a recorded collective decision."""
    return await _close(scope, application_id, Act.NOT_RECOMMEND, version, reason)


async def return_application(scope: WriteScope, application_id: UUID, *, version: int, reason: str) -> Application:
    """Give a submitted draft back to whoever wrote it; a case that came by the courier is given back by its handover."""
    application = await repository.lock_application(scope.session, application_id)
    await admit(scope, application, Act.RETURN)
    require_version(application, version)
    if application.incoming_handover_id is not None:
        raise GIVE_BACK_BY_HANDOVER()
    why = clean_text(reason, path=("input", "reason"), limit=500)
    was_recommended_here = await give_back_case(scope, application, reason=why, audited=True)
    application.supplement_reason = why
    if application.state == State.DRAFT:
        return application
    if was_recommended_here:
        return await _step_on(scope, application, Desk.RECOMMENDING_UNIT, State.AT_RECOMMENDING_UNIT)
    return await _step_on(scope, application, Desk.APPLYING_UNIT, State.DRAFT)


async def give_back_case(scope: WriteScope, application: Application, *, reason: str, audited: bool) -> bool:
    """Return a locked case. True where this union had recommended it to itself: then the place is free and it stands at that desk again."""
    await move(scope, application, Act.RETURN, reason=reason, audited=audited)
    own = application.desk == Desk.ORGANISER and application.recommending_unit_id == scope.tenant_id
    if own:
        await give_back_place(scope, application)
        application.desk = Desk.RECOMMENDING_UNIT
        await scope.session.flush()
    return own


async def give_back_place(scope: WriteScope, application: Application) -> None:
    """The nominee came back or withdrew before the deadline: the place may be used again (domain §5.7)."""
    await release_place(scope, application.edition_id)
    application.rank = None


async def _close(scope: WriteScope, application_id: UUID, act: Act, version: int, reason: str) -> Application:
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, act)
    require_version(application, version)
    why = clean_text(reason, path=("input", "reason"), limit=500)
    await repository.release_claim(scope.session, application)
    return await carry_out(scope, application, transition, reason=why)


def _leave_supplement_behind(application: Application) -> None:
    """The case goes up anew: what was asked for is done, and where it stood above before no longer counts."""
    application.supplement_reason = application.supplement_due_on = application.upstream_state = None


async def _require_recommendable(scope: WriteScope, application: Application, rulebook: Rulebook) -> None:
    person = await get_person(scope.session, application.person_id)
    letters = await repository.list_letters(scope.session, application.id)
    require_letters(
        [Letter(letter.expert_name, letter.expert_unit) for letter in letters],
        needed=rulebook.letters.count,
        employer=person.employer,
        rule=rulebook.letters.cite.citation,
    )
    require_feeder(
        await _feeders(scope, rulebook),
        [title["code"] for title in application.titles_held],
        exception_reason=application.exception_reason,
        exception_approver=application.exception_approver,
    )


async def _feeders(scope: WriteScope, rulebook: Rulebook) -> list[FeederRule]:
    """The feeder rules that bind this tenant, with the titles' names."""
    if not rulebook.feeders:
        return []
    programmes = (await scope.session.execute(select(Programme))).scalars().all()
    names = {programme.title_code: programme.title_name for programme in programmes}
    organisers = {programme.code: programme.organiser_id for programme in programmes}
    return [
        FeederRule(
            feeder.title_code, names.get(feeder.title_code, feeder.title_code), feeder.mode, feeder.cite.citation
        )
        for feeder in rulebook.feeders
        if feeder.binds_organiser_of is None or organisers.get(feeder.binds_organiser_of) == scope.tenant_id
    ]


async def _take_rank(scope: WriteScope, application: Application, rank: int | None) -> None:
    if rank is None:
        return
    taken = select(Application.id).where(
        Application.tenant_id == scope.tenant_id,
        Application.edition_id == application.edition_id,
        Application.recommending_unit_id == scope.tenant_id,
        Application.rank == rank,
        Application.id != application.id,
    )
    if not 1 <= rank <= _MOST_RANK:
        raise BAD_RANK(path=("input", "rank"), most=_MOST_RANK)
    if (await scope.session.execute(taken)).first() is not None:
        raise RANK_TAKEN(path=("input", "rank"), rank=rank)
    try:
        async with scope.session.begin_nested():
            application.rank = rank
    except IntegrityError as failure:
        if _RANK_INDEX not in str(failure.orig):
            raise
        raise RANK_TAKEN(path=("input", "rank"), rank=rank) from failure


async def _step_on(scope: WriteScope, application: Application, desk: Desk, state: State) -> Application:
    """The same tenant plays the next desk too: the case moves on in place, without a courier."""
    before = application.state
    application.desk, application.state = desk, state
    remember(scope, application, Act.RECEIVE, before)
    await scope.session.flush()
    await announce_move(scope.session, application, Act.RECEIVE, before)
    return application


async def _forward(scope: WriteScope, application: Application, rulebook: Rulebook, *, to: UUID) -> None:
    await require_consent(scope.session, application.person_id, Purpose.UPWARD)
    snapshot = await freeze(scope, application)
    cite = rulebook.route.cite.citation
    basis = _BASIS.format(day=application.consent_on, document=cite.document, article=cite.article)
    await announce_forwarding(scope.session, application, to=to, snapshot_id=snapshot.id, legal_basis=basis)
