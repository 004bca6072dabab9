"""The words for how the actor, or his tenant, stands to an object; a closed vocabulary."""

from authz.duties import CREATED, DUTY_OF_RELATION

HOLDER = "holder"
PUBLISHED = "published"
NO_STAGE = "-"
ANY = "*"

DESKS = ("applying_unit", "recommending_unit", "organiser", "payer")
DESK_RELATIONS = {desk: f"{HOLDER}.{desk}" for desk in DESKS}
TENANT_RELATIONS = frozenset({"self", "parent", "ancestor", "is_self_account"})
"""Said of a tenant (the actor's own, a child of it, below it) and of a membership or session (the actor's own account)."""

PERSON_RELATIONS = frozenset({CREATED, *DUTY_OF_RELATION})
RELATIONS = frozenset({HOLDER, PUBLISHED, *DESK_RELATIONS.values(), *TENANT_RELATIONS, *PERSON_RELATIONS})
