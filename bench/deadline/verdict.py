"""What the database says of the storm: each accepted act stored once, nothing else stored, nothing after the closing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bench.country.installation import Country
from bench.country.loading import administering
from bench.deadline.scene import Scene
from bench.deadline.sending import Outcome, Sent

_TIMES_STORED = """
SELECT a.id, count(*) FILTER (WHERE a.state = 'submitted' AND a.version = 2) AS submitted,
 (SELECT count(*) FROM case_act c WHERE (c.tenant_id, c.application_id) = (a.tenant_id, a.id) AND c.act = 'submit') AS acts,
 (SELECT count(*) FROM audit_entry e WHERE e.tenant_id = a.tenant_id AND e.object_kind = 'application' AND e.object_id = a.id
  AND e.act = 'case:submit') AS entries,
 (SELECT count(*) FROM case_claim m WHERE m.tenant_id = a.tenant_id AND m.case_id = a.case_id AND m.edition_id = a.edition_id) AS claims,
 (SELECT max(c.at) FROM case_act c WHERE (c.tenant_id, c.application_id) = (a.tenant_id, a.id) AND c.act = 'submit') AS at
FROM application a WHERE a.id = ANY ($1::uuid[]) GROUP BY a.tenant_id, a.id
"""


async def judge(country: Country, scene: Scene, sent: Sequence[Sent]) -> dict[str, int]:
    """Faults by what they are; all zero where the storm did no harm."""
    async with administering(country.server, country.settings.database_name) as connection:
        rows = await connection.fetch(_TIMES_STORED, [one.draft.id for one in sent], timeout=600)
    stored = {row["id"]: (row["submitted"], row["acts"], row["entries"], row["claims"]) for row in rows}
    at: dict[UUID, datetime] = {row["id"]: row["at"] for row in rows if row["at"] is not None}
    accepted = {one.draft.id for one in sent if one.outcome is Outcome.ACCEPTED}
    refused = {one.draft.id for one in sent if one.outcome in {Outcome.LATE, Outcome.REFUSED}}
    return {
        "accepted, and not stored": sum(stored[one][0] == 0 for one in accepted),
        "stored more than once": sum(max(times) > 1 for times in stored.values()),
        "stored in part": sum(min(times) != max(times) for times in stored.values()),
        "refused, and stored": sum(stored[one][0] > 0 for one in refused),
        "accepted after the closing": sum(at[one] >= scene.closing for one in at),
        "two answers to one act": sum("TWO_ANSWERS" in one.codes for one in sent),
    }


def counts(sent: Sequence[Sent]) -> Counter[str]:
    """How many of each outcome."""
    return Counter(one.outcome.value for one in sent)
