"""What must be allowed and what must be denied whatever else the policies say; a policy that decides otherwise is not loaded."""

from dataclasses import dataclass

GOLDEN_FILE = "golden.txt"
_COLUMNS = 7


@dataclass(frozen=True)
class Golden:
    """One request with its known answer; roles and relations are joined with `+` in the file."""

    number: int
    text: str
    roles: frozenset[str]
    typ: str
    act: str
    level: str
    rels: frozenset[str]
    stage: str
    allowed: bool


def parse_golden(content: bytes) -> tuple[Golden, ...]:
    """The golden set; raises ValueError when it is empty or a line is not understood."""
    lines = enumerate(content.decode("utf-8").splitlines(), 1)
    cases = tuple(_case(number, text) for number, text in lines if text and not text.startswith("#"))
    if not cases:
        message = "the golden set is empty"
        raise ValueError(message)
    return cases


def _case(number: int, text: str) -> Golden:
    columns = text.split(",")
    if len(columns) != _COLUMNS or columns[-1] not in {"allow", "deny"}:
        message = f"line {number} is not understood: {text}"
        raise ValueError(message)
    roles, typ, act, level, rels, stage, answer = columns
    return Golden(
        number, text, frozenset(roles.split("+")), typ, act, level, frozenset(rels.split("+")), stage, answer == "allow"
    )
