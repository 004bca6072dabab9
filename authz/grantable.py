"""What a token for a machine may ever cover: business, never the house itself.

Who may do what, who is signed in and with what is for people to say; a token that could seat people, end sessions or make tokens would be worth more than
it says. A kind that is in neither list is not grantable, and a test asks which it shall be.
"""

from collections.abc import Iterable

from authz.permissions import Permission

OPEN_KINDS = frozenset(
    {
        *("case", "edition", "quota", "grant", "assignment", "sheet", "meeting", "resolution"),
        *("notice", "objection", "announcement", "plan", "task", "report", "assessment", "title", "certificate"),
        *("honour", "handover", "register", "studio", "funding", "reward", "person", "tenant", "audit"),
    }
)
CLOSED_KINDS = frozenset(
    {"membership", "session", "token", "policy", "deputy", "visit", "substitute", "retention", "erasure"}
)
_CLOSED = frozenset(
    {Permission.TENANT_CREATE, Permission.TENANT_MOVE, Permission.PERSON_ERASE, Permission.PERSON_EXPORT}
)
"""Single acts of open kinds: the tree of unions is changed, people are forgotten, and whole files handed out, by persons only."""
_WORDS = {permission.value: permission for permission in Permission}


def is_grantable(permission: Permission) -> bool:
    """Whether some token may cover it."""
    return permission.kind in OPEN_KINDS and permission not in _CLOSED


def grantable(words: Iterable[str]) -> frozenset[Permission]:
    """The permissions that these words name; what is unknown, or was closed since the token was made, is left out."""
    found = (_WORDS.get(word) for word in words)
    return frozenset(permission for permission in found if permission is not None and is_grantable(permission))
