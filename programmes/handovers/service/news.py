"""What goes back down: how a case fares above, step by step through every desk it came through; and what a title above means for those below."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope
from authz.subject import Subject
from kernel import outbox
from kernel.letters import Letter
from kernel.versions import touch
from programmes.applications import service as applications
from programmes.applications.events import case_key
from programmes.applications.model import Application
from programmes.applications.queries import find_application, get_application
from programmes.applications.rules.transitions import State
from programmes.handovers.events import OUTCOME, announce_passing
from programmes.handovers.model import Handover
from programmes.handovers.repository import get_of_sender, knows_honour
from programmes.handovers.rules import Direction, HandoverState, furthest, told_below
from programmes.handovers.service.steps import subject_of, tell
from programmes.titles.queries import get_title
from programmes.titles.rules import TitleState
from programmes.titles.service import HonourNews, record_honour

_NOTHING_NEW = frozenset({"create"})


async def report_outcome(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `application_moved`: tell the desk below where the case stands now, as far as it may know."""
    application = await find_application(scope.session, UUID(body["application_id"]))
    if application is None or application.incoming_handover_id is None or body["act"] in _NOTHING_NEW:
        return
    handover = await scope.session.get(Handover, (scope.tenant_id, application.incoming_handover_id))
    word = furthest(application.upstream_state, told_below(_stands(application, body)))
    if handover is None or word is None or _is_undone(handover, word):
        return
    await tell(scope, handover, "outcome", state=word)


def _stands(application: Application, body: Mapping[str, Any]) -> str:
    """The case's own state that the event tells of; where it only heard from above, the one it is in."""
    return application.state if body["act"] == "follow" else str(body["to"])


def _is_undone(handover: Handover, word: str) -> bool:
    """An acceptance that was taken back returns the case here only; below it stands as it was handed over."""
    return word == State.RETURNED and handover.state == HandoverState.OFFERED


async def hear_outcome(scope: WriteScope, letter: Letter) -> None:
    """Below: note on the handover and on the case where it stands above; the case's own event passes it further down."""
    handover = await get_of_sender(scope.session, letter, Direction.OUTGOING)
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    if handover.outcome == letter.body["state"]:
        return
    handover.outcome = letter.body["state"]
    handover.outcome_at = scope.clock.now()
    touch(handover, scope.clock.now())
    announce_passing(scope.session, handover, OUTCOME)
    if handover.application_id is not None:
        await applications.follow_upstream(scope, handover.application_id, state=letter.body["state"])


async def spread_title(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `title_granted` and `title_revoked`: those below learn of the title of their person."""
    title = await get_title(scope.session, UUID(body["title_id"]))
    application = await get_application(scope.session, title.application_id)
    news = {
        "case_id": str(title.case_id),
        "granted_by": str(scope.tenant_id),
        "title_code": title.title_code,
        "name": title.name,
        "granted_on": title.granted_on.isoformat(),
        "state": title.state,
    }
    await _pass_down(scope, application, news)


async def hear_title_news(scope: WriteScope, letter: Letter) -> None:
    """Below: the person of this case holds an honour from above; kept with the person, and passed on to the desk the case came from."""
    handover = await get_of_sender(scope.session, letter, Direction.OUTGOING)
    await guard.require(scope, Permission.HANDOVER_DELIVER, subject_of(handover))
    if handover.application_id is None:
        return
    application = await get_application(scope.session, handover.application_id)
    news = letter.body["news"]
    if await knows_honour(scope.session, application.person_id, UUID(news["case_id"]), news["state"]):
        return
    honour = HonourNews(
        person_id=application.person_id,
        case_id=UUID(news["case_id"]),
        granted_by_id=UUID(news["granted_by"]),
        title_code=news["title_code"],
        name=news["name"],
        granted_on=date.fromisoformat(news["granted_on"]),
        state=TitleState(news["state"]),
    )
    await record_honour(scope, honour)
    await _pass_down(scope, application, news)


async def _pass_down(scope: WriteScope, application: Application, news: Mapping[str, Any]) -> None:
    """To the desk this case came from; where it began here from an own title, to the desk which that title's case came from."""
    below = application
    if below.incoming_handover_id is None and below.source_title_id is not None:
        title = await get_title(scope.session, below.source_title_id)
        below = await get_application(scope.session, title.application_id)
    if below.incoming_handover_id is None:
        return
    handover = await scope.session.get(Handover, (scope.tenant_id, below.incoming_handover_id))
    if handover is None:
        return
    await guard.require(scope, Permission.HANDOVER_SEND, Subject(kind="handover", id=handover.id, stage=handover.state))
    await outbox.post(
        scope.session,
        to=handover.counterpart_id,
        kind="title_news",
        body={"correlation_id": str(handover.correlation_id), "news": dict(news)},
        ordering_key=case_key(handover.case_id),
    )
