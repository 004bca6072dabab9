"""Up the ladder inside one edition: the unit endorses, the recommending unit chooses; each freezes a dossier and lets the courier carry it."""

from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from authz.scope import WriteScope
from kernel.deferred import constraint_name
from kernel.errors import Failure
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.errors import BAD_RANK, GIVE_BACK_BY_HANDOVER, RANK_TAKEN
from programmes.applications.events import announce_forwarding, announce_move
from programmes.applications.model import Application
from programmes.applications.rules.completeness import FeederRule, Letter, require_feeder, require_letters
from programmes.applications.rules.transitions import Act, Desk, State
from programmes.applications.service.ahead import MOST_RANK, ahead_of_endorsing, ahead_of_recommending
from programmes.applications.service.dossier import freeze
from programmes.applications.service.moving import admit, carry_out, move, remember
from programmes.applications.service.routing import find_road, require_recommending
from programmes.applications.service.window import require_window
from programmes.catalogue.queries import list_programmes, rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.service import release_place, use_place
from programmes.people.queries import get_person, require_consent
from programmes.people.rules import Purpose

_OPINION_LIMIT = 2000
_RANK_INDEX = "uq_application_recommended_rank"
_BASIS = "本人同意（{day}）；{document} {article}"


async def endorse_application(
    scope: WriteScope, application_id: UUID, *, version: int, opinion: str, audited: bool = True
) -> Application:
    """The unit's own union agrees and sends the case to the recommending unit (or keeps it, where it is that itself)."""
    ahead = partial(ahead_of_endorsing, scope)
    async with repository.holding_case(scope.session, application_id, ahead) as application:
        return await _endorse(scope, application, version=version, opinion=opinion, audited=audited)


async def _endorse(
    scope: WriteScope, application: Application, *, version: int, opinion: str, audited: bool
) -> Application:
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
    ahead = partial(ahead_of_recommending, rank=rank)
    async with repository.holding_case_and_places(scope.session, application_id, ahead) as application:
        return await _recommend(scope, application, version=version, opinion=opinion, rank=rank, audited=audited)


async def _recommend(
    scope: WriteScope, application: Application, *, version: int, opinion: str, rank: int | None, audited: bool
) -> Application:
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
    programmes = await list_programmes(scope.session)
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
    if not 1 <= rank <= MOST_RANK:
        raise BAD_RANK(path=("input", "rank"), most=MOST_RANK)
    if await repository.is_rank_taken(scope.session, application, rank):
        raise RANK_TAKEN(path=("input", "rank"), rank=rank)
    application.rank = rank
    scope.session.deferred.translate(Application, partial(_rank_problem, rank=rank))


def _rank_problem(problem: IntegrityError, *, rank: int) -> Failure | IntegrityError:
    """Somebody else has taken it since we looked: RANK_TAKEN; anything else as it is."""
    taken = constraint_name(problem) == _RANK_INDEX
    return RANK_TAKEN(path=("input", "rank"), rank=rank) if taken else problem


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
