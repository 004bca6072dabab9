"""Reads the policy files into rows and refuses anything doubtful, naming the file and line.

The files are reviewed text: UTF-8 without a byte order mark, `|` between alternatives, no spaces in a row, a first line that names the policy and a last
line that counts its rows, so that neither half a file nor a missing one can pass for the whole.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

from authz.names import LEVEL_NAMES
from authz.permissions import READING_ACTS, Permission
from authz.relations import ANY, RELATIONS
from authz.roles import Role
from authz.stages import stages_of

POLICY_FILES = (
    "administration.csv",
    "cases.csv",
    "cultivation.csv",
    "delegation.csv",
    "editions.csv",
    "funding.csv",
    "handovers.csv",
    "notices.csv",
    "people.csv",
    "scoring.csv",
    "separation_of_duty.csv",
    "studios.csv",
    "titles.csv",
)
POLICY_FOLDER = Path(__file__).parent / "policies"
ALLOW, DENY = "allow", "deny"

_COLUMNS = 7
_ROW = re.compile(r"[a-z0-9_.,|*-]+")
_END = re.compile(r"# end: ([1-9][0-9]*) rows")
_ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
_BUSINESS_OF_NO_ADMIN = frozenset(
    {permission.kind for permission in Permission}
    - {"tenant", "membership", "session", "token", "audit", "policy", "deputy", "visit", "substitute"}
)
_ACTS_OF_KIND: dict[str, set[str]] = {}
for _permission in Permission:
    _ACTS_OF_KIND.setdefault(_permission.kind, set()).add(_permission.act)


class PolicyError(ValueError):
    """The policy files cannot be trusted; the text begins with the file and the line."""


@dataclass(frozen=True)
class PolicyLine:
    """A line of a policy file as it was written and reviewed."""

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number} {self.text}"


@dataclass(frozen=True)
class PolicyRow:
    """One expanded row; `line` is where it was written."""

    role: str
    typ: str
    act: str
    level: str
    rel: str
    stage: str
    eft: str
    line: PolicyLine

    @property
    def values(self) -> tuple[str, str, str, str, str, str, str]:
        """The row as casbin takes it."""
        return (self.role, self.typ, self.act, self.level, self.rel, self.stage, self.eft)

    @property
    def permission(self) -> str:
        """`kind:act`."""
        return f"{self.typ}:{self.act}"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, in the words of the vocabularies; `level` unknown to them means: only rows for every level."""

    roles: frozenset[str]
    typ: str
    act: str
    level: str
    rels: frozenset[str]
    stage: str

    @property
    def permission(self) -> str:
        """`kind:act`."""
        return f"{self.typ}:{self.act}"


@dataclass(frozen=True)
class Policies:
    """The whole policy in force: its rows, and the fingerprint of the text they came from."""

    rows: tuple[PolicyRow, ...]
    revision: str


def misses(row: PolicyRow, request: Request) -> int:
    """In how much a row fails to match; 0 is a match. The role weighs most, then the relation, the state, the level."""
    return (
        8 * (row.role != ANY and row.role not in request.roles)
        + 4 * (row.rel not in request.rels)
        + 2 * (row.stage not in {ANY, request.stage})
        + (row.level not in {ANY, request.level})
    )


def first_miss(row: PolicyRow, request: Request) -> str:
    """The weightiest column in which a row fails to match: role, relation, stage or level."""
    weight = misses(row, request)
    return next(name for bit, name in ((8, "role"), (4, "relation"), (2, "stage"), (1, "level")) if weight & bit)


def read_files(folder: Path = POLICY_FOLDER) -> dict[str, bytes]:
    """The policy files by name; refuses a folder that holds one too many or too few."""
    found = sorted(path.name for path in folder.glob("*.csv"))
    if found != sorted(POLICY_FILES):
        odd = sorted(set(found) ^ set(POLICY_FILES))
        message = f"{odd[0]}:0 the policy folder must hold exactly the known files"
        raise PolicyError(message)
    return {name: (folder / name).read_bytes() for name in found}


def parse(files: Mapping[str, bytes]) -> Policies:
    """All rows of the files, linted; raises PolicyError at the first doubt."""
    rows = [row for name in sorted(files) for row in _parse_file(name, files[name])]
    _refuse_duplicates(rows)
    _refuse_gaps(rows)
    return Policies(tuple(rows), revision_of(files))


def revision_of(files: Mapping[str, bytes]) -> str:
    """A fingerprint that changes with any byte of any file."""
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()


def _parse_file(name: str, content: bytes) -> Iterator[PolicyRow]:
    lines = _text(name, content).split("\n")
    if lines[0] != f"# policy: {name.removesuffix('.csv')}":
        raise _doubt(name, 1, f"the first line must be '# policy: {name.removesuffix('.csv')}'")
    if lines[-1] != "":
        raise _doubt(name, len(lines), "the file must end with a line break; is it whole?")
    end = _END.fullmatch(lines[-2])
    if end is None:
        raise _doubt(name, len(lines) - 1, "the last line must be '# end: <n> rows'; is the file whole?")
    written = [
        PolicyLine(name, number, text) for number, text in enumerate(lines[:-2], 1) if text and not text.startswith("#")
    ]
    if len(written) != int(end.group(1)):
        raise _doubt(name, len(lines) - 1, f"{end.group(1)} rows are announced, {len(written)} are here")
    for line in written:
        yield from _expand(line)


def _text(name: str, content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        raise _doubt(name, 1, "a byte order mark")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise _doubt(name, content[: failure.start].count(b"\n") + 1, "not UTF-8") from failure
    if "\r" in text or "\0" in text or "\ufeff" in text:
        bad = min(text.index(mark) for mark in "\r\0\ufeff" if mark in text)
        raise _doubt(name, text[:bad].count("\n") + 1, "a carriage return, zero byte or byte order mark")
    return text


def _expand(line: PolicyLine) -> Iterator[PolicyRow]:
    if not _ROW.fullmatch(line.text):
        raise _wrong(line, "only lower-case ASCII words, commas and | may stand in a row")
    columns = line.text.split(",")
    if len(columns) != _COLUMNS:
        raise _wrong(line, f"{_COLUMNS} columns are needed, {len(columns)} are here")
    cells = [column.split("|") for column in columns]
    for cell in cells:
        if len(set(cell)) != len(cell) or (ANY in cell and len(cell) > 1):
            raise _wrong(line, f"a word is repeated, or * stands beside others: {'|'.join(cell)}")
    if len(cells[-1]) != 1:
        raise _wrong(line, "one effect only")
    for values in product(*cells):
        row = PolicyRow(*values, line=line)
        _check(row)
        yield row


def _check(row: PolicyRow) -> None:
    """Closed vocabularies, and what no row may say."""
    _one_of(row, "effect", row.eft, {ALLOW, DENY})
    _one_of(row, "type", row.typ, _ACTS_OF_KIND)
    _one_of(row, "act", row.act, _ACTS_OF_KIND[row.typ])
    _one_of(row, "role", row.role, {ANY, *Role})
    _one_of(row, "level", row.level, {ANY, *LEVEL_NAMES})
    _one_of(row, "relation", row.rel, RELATIONS)
    _one_of(row, "stage", row.stage, {ANY, *stages_of(row.typ)})
    if row.eft == ALLOW:
        _check_allow(row)
    elif row.role != ANY or row.level != ANY:
        raise _wrong(row.line, "a deny row holds for every role at every level")


def _check_allow(row: PolicyRow) -> None:
    if row.role == ANY:
        raise _wrong(row.line, "an allow row must name its roles")
    if row.role in _ADMINISTRATORS and row.typ in _BUSINESS_OF_NO_ADMIN:
        raise _wrong(row.line, f"an administrator has no business with {row.typ}")
    if row.role == Role.AUDITOR and row.act not in READING_ACTS and row.rel != "is_self_account":
        raise _wrong(row.line, f"an auditor changes nothing, so may not {row.act}")
    if row.role == Role.APPLICANT and row.typ in _BUSINESS_OF_NO_ADMIN and _is_more_than_his_own(row):
        raise _wrong(row.line, "an applicant reads what is about himself, and nothing else")


def _is_more_than_his_own(row: PolicyRow) -> bool:
    return row.rel != "is_subject" or row.act not in READING_ACTS


def _refuse_duplicates(rows: list[PolicyRow]) -> None:
    first: dict[tuple[str, ...], PolicyLine] = {}
    for row in rows:
        if row.values in first:
            raise _wrong(row.line, f"says again what {first[row.values]} says: {','.join(row.values)}")
        first[row.values] = row.line


def _refuse_gaps(rows: list[PolicyRow]) -> None:
    allowed = {row.permission for row in rows if row.eft == ALLOW}
    for permission in Permission:
        if permission.value not in allowed:
            message = f"policies:0 no row allows anybody {permission.value}"
            raise PolicyError(message)


def _one_of(row: PolicyRow, column: str, word: str, vocabulary: Collection[str]) -> None:
    if word not in vocabulary:
        raise _wrong(row.line, f"unknown {column} '{word}'")


def _wrong(line: PolicyLine, doubt: str) -> PolicyError:
    return _doubt(line.file, line.number, doubt)


def _doubt(file: str, number: int, doubt: str) -> PolicyError:
    return PolicyError(f"{file}:{number} {doubt}")
