"""What the contract shows of a case and what belongs to it."""

from collections.abc import Sequence
from typing import Any

import strawberry

from authz.permissions import Permission
from authz.scope import ReadScope
from graphql_api.applications.words import Act, Desk, State
from graphql_api.catalogue.types import EditionType
from graphql_api.context import Info
from graphql_api.errors import UserError, user_error
from graphql_api.masks import nothing
from graphql_api.pagination import Connection
from graphql_api.people.types import PersonType
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Row, Source, allowed, column, computed, descending, masked, to_many, to_one
from graphql_api.tenants.types import TenantType
from kernel.errors import Failure
from programmes.applications import queries
from programmes.applications.model import Application, CaseAct, Evidence, PeerLetter, ReviewCheck, Snapshot
from programmes.applications.queries import CaseStanding


@strawberry.type(name="Evidence", description="A piece of supporting material for one item of the five forces.")
class EvidenceType(Node):
    __source__ = Source(Evidence, visible=queries.of_a_readable_case(Evidence.application_id))

    force: str = column(Evidence.force)
    item: int = column(Evidence.item)
    title: str = column(Evidence.title)
    issuer: str | None = column(Evidence.issuer)
    issued_on: Date | None = column(Evidence.issued_on)
    file_sha256: str | None = column(Evidence.file_sha256)
    note: str | None = column(Evidence.note)
    version: int = column(Evidence.version)


@strawberry.type(name="PeerLetter", description="A recommendation by a senior peer from outside the applicant's unit.")
class PeerLetterType(Node):
    __source__ = Source(PeerLetter, visible=queries.of_a_readable_case(PeerLetter.application_id))

    expert_name: str = column(PeerLetter.expert_name)
    expert_unit: str = column(PeerLetter.expert_unit)
    expert_post: str = column(PeerLetter.expert_post)
    profession: str = column(PeerLetter.profession)
    senior_by: str = column(PeerLetter.senior_by, description="What makes the expert senior.")
    content: str = column(PeerLetter.content)
    signed_on: Date = column(PeerLetter.signed_on)
    version: int = column(PeerLetter.version)


@strawberry.type(
    name="ReviewCheck", description="One line of the formal review's checklist, with the article it rests on."
)
class ReviewCheckType(Node):
    __source__ = Source(ReviewCheck, visible=queries.of_a_readable_case(ReviewCheck.application_id))

    key: str = column(ReviewCheck.key)
    wording: str = column(ReviewCheck.wording)
    document: str = column(ReviewCheck.document)
    article: str = column(ReviewCheck.article)
    hard: bool = column(ReviewCheck.hard, description="Not met means that the case fails.")
    outcome: str = column(ReviewCheck.outcome)
    remark: str | None = column(ReviewCheck.remark)
    at: DateTime = column(ReviewCheck.at)


@strawberry.type(name="CaseAct", description="One step of a case in this union.")
class CaseActType(Node):
    __source__ = Source(CaseAct, visible=queries.of_a_case_seen_openly(CaseAct.application_id))

    act: str = column(CaseAct.act)
    from_state: State | None = column(CaseAct.from_state)
    to_state: State = column(CaseAct.to_state)
    at: DateTime = column(CaseAct.at)
    actor: str = column(CaseAct.actor, description="Who did it, by name.")
    reason: str | None = column(CaseAct.reason)
    document_no: str | None = column(CaseAct.document_no)


@strawberry.type(
    name="Snapshot", description="A frozen copy of the dossier; its hash is the same in every union it was handed to."
)
class SnapshotType(Node):
    __source__ = Source(Snapshot, order=(Snapshot.number,), visible=queries.of_a_readable_case(Snapshot.application_id))

    number: int = column(Snapshot.number)
    sha256: str = column(Snapshot.sha256)
    made_at: DateTime = column(Snapshot.made_at)


@strawberry.type(description="An act that the state of a case takes here, and whether the viewer may do it.")
class ViewerAction:
    """One button."""

    action: Act
    allowed: bool
    refusal: strawberry.Private[Failure | None]

    @strawberry.field(description="Why not.")
    def reason(self, info: Info) -> UserError | None:
        """The refusal in the reader's language."""
        return None if self.refusal is None else user_error(self.refusal, info.context.language)


async def viewer_actions(scope: ReadScope, rows: Sequence[Row]) -> list[list[ViewerAction]]:
    """The buttons of all cases of a level."""
    cases = [CaseStanding(**{need: row[need] for need in _STANDING}) for row in rows]
    return [
        [ViewerAction(action=found.act, allowed=found.refusal is None, refusal=found.refusal) for found in actions]
        for actions in await queries.viewer_actions(scope, cases)
    ]


_BLIND = "Null for an expert, who judges the case without knowing whose it is."
_STANDING = ("id", "edition_id", "desk", "state", "created_by", "open_objections")
_NEEDS: tuple[Any, ...] = tuple(getattr(Application, name) for name in _STANDING)


@strawberry.type(name="Application", description="The case of one person in one edition, as this union has it.")
class ApplicationType(Node):
    __source__ = Source(
        Application,
        order=(descending(Application.updated_at),),
        visible=allowed(Permission.CASE_LIST, queries.CASE),
        personal="application",
    )

    case_id: strawberry.ID = column(
        Application.case_id,
        refers="Case",
        description="The same in every union the case passes through; no object of its own.",
    )
    state: State = column(Application.state)
    desk: Desk = column(Application.desk)
    upstream_state: State | None = column(Application.upstream_state, description="Where the case stands above.")
    upstream_at: DateTime | None = column(Application.upstream_at)
    edition: EditionType | None = to_one(Application.edition_id, tenant=Application.organiser_id)
    person: PersonType | None = to_one(Application.person_id)
    applying_unit: TenantType | None = to_one(
        Application.applying_unit_id, unless=queries.sees_openly, description=_BLIND
    )
    recommending_unit: TenantType | None = to_one(
        Application.recommending_unit_id, unless=queries.sees_openly, description=_BLIND
    )
    organiser: TenantType | None = to_one(Application.organiser_id)
    deeds: str = column(Application.deeds)
    unit_opinion: str | None = masked(
        Application.unit_opinion, mask=nothing, unless=queries.sees_openly, description=_BLIND
    )
    opinion: str | None = masked(
        Application.opinion,
        mask=nothing,
        unless=queries.sees_openly,
        description=f"The recommending unit's. {_BLIND}",
    )
    rank: int | None = masked(
        Application.rank,
        mask=nothing,
        unless=queries.sees_openly,
        description=f"Among those the recommending unit recommends in this edition. {_BLIND}",
    )
    supplement_reason: str | None = column(Application.supplement_reason)
    supplement_due_on: Date | None = column(Application.supplement_due_on)
    source_title_id: strawberry.ID | None = column(Application.source_title_id, refers="Title")
    exception_reason: str | None = column(Application.exception_reason)
    exception_approver: str | None = masked(
        Application.exception_approver, mask=nothing, unless=queries.sees_openly, description=_BLIND
    )
    consent_on: Date | None = column(Application.consent_on)
    open_objections: int = column(Application.open_objections)
    version: int = column(Application.version)
    created_at: DateTime = column(Application.created_at)
    updated_at: DateTime = column(Application.updated_at)
    evidence: list[EvidenceType] = to_many(Evidence.application_id)
    peer_letters: list[PeerLetterType] = to_many(PeerLetter.application_id)
    checks: list[ReviewCheckType] = to_many(ReviewCheck.application_id)
    snapshots: list[SnapshotType] = to_many(Snapshot.application_id)
    history: Connection[CaseActType] = to_many(
        CaseAct.application_id, description="What was done with it here, the first act first."
    )
    viewer_actions: list[ViewerAction] = computed(viewer_actions, needs=_NEEDS)
