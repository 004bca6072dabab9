import random

import pytest

from authz import enforcer
from authz.enforcer import Enforcer
from authz.golden import GOLDEN_FILE, parse_golden
from authz.policy_rows import POLICY_FILES, POLICY_FOLDER, PolicyError, _parse_file, parse, read_files

FILES = read_files()
GOLDEN = parse_golden((POLICY_FOLDER / GOLDEN_FILE).read_bytes())


def with_file(content: bytes, name: str = "studios.csv") -> dict[str, bytes]:
    return {**FILES, name: content}


def with_row(row: str, name: str = "studios.csv") -> dict[str, bytes]:
    """The shipped files with one more row, properly counted; the row stands on the line before the last."""
    lines = FILES[name].decode().split("\n")
    count = int(lines[-2].split()[2])
    return with_file("\n".join([*lines[:-2], row, f"# end: {count + 1} rows", ""]).encode(), name)


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(PolicyError) as caught:
        parse(files)
    return str(caught.value)


def test_the_shipped_policies_load_and_know_their_lines() -> None:
    policies = parse(FILES)
    row = next(row for row in policies.rows if row.permission == "studio:withdraw")
    assert str(row.line) == "studios.csv:7 approver|chair,studio,withdraw,*,holder,named,allow"
    assert row.values == ("approver", "studio", "withdraw", "*", "holder", "named", "allow")
    assert len({row.values for row in policies.rows}) == len(policies.rows) > 1000


def test_any_byte_changes_the_revision() -> None:
    changed = with_file(FILES["studios.csv"].replace(b"own act", b"own  act"))
    assert parse(changed).rows == parse(FILES).rows
    assert parse(changed).revision != parse(FILES).revision == parse(dict(reversed(FILES.items()))).revision


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        ("clerk,studio,create,*,holder,withdrawn,Allow", "only lower-case ASCII"),
        ("clerk,studio,create,*,holder,withdrawn,alow", "unknown effect 'alow'"),
        ("clerk,studio,create,*,holder,withdrawn,", "unknown effect ''"),
        ("clerk,studio,create,*,holder,withdrawn,allow|deny", "one effect only"),
        ("Clerk,studio,create,*,holder,withdrawn,allow", "only lower-case ASCII"),
        ("干事,studio,create,*,holder,withdrawn,allow", "only lower-case ASCII"),
        ("clerk，studio，create，*，holder，withdrawn，allow", "only lower-case ASCII"),
        ("clerk｜chair,studio,create,*,holder,withdrawn,allow", "only lower-case ASCII"),
        ("clerk, studio,create,*,holder,withdrawn,allow", "only lower-case ASCII"),
        ("clerk,studio,create,*,holder,withdrawn,allow ", "only lower-case ASCII"),
        ("clerk,studio,create,*,holder,withdrawn", "7 columns are needed, 6 are here"),
        ("clerk,studio,create,*,holder,withdrawn,allow,allow", "7 columns are needed, 8 are here"),
        ("boss,studio,create,*,holder,withdrawn,allow", "unknown role 'boss'"),
        ("clerk||chair,studio,create,*,holder,withdrawn,allow", "unknown role ''"),
        ("clerk,atelier,create,*,holder,withdrawn,allow", "unknown type 'atelier'"),
        ("clerk,*,create,*,holder,withdrawn,allow", "unknown type '*'"),
        ("clerk,studio,recommend,*,holder,withdrawn,allow", "unknown act 'recommend'"),
        ("clerk,studio,*,*,holder,withdrawn,allow", "unknown act '*'"),
        ("clerk,studio,create,county,holder,withdrawn,allow", "unknown level 'county'"),
        ("clerk,studio,create,*,owner,withdrawn,allow", "unknown relation 'owner'"),
        ("clerk,studio,create,*,*,withdrawn,allow", "unknown relation '*'"),
        ("*,studio,create,*,*,withdrawn,deny", "unknown relation '*'"),
        ("clerk,studio,create,*,holder,draft,allow", "unknown stage 'draft'"),
        ("*,studio,create,*,holder,withdrawn,allow", "an allow row must name its roles"),
        ("clerk,studio,create,*,recused,*,deny", "a deny row holds for every role at every level"),
        ("*,studio,create,city,recused,*,deny", "a deny row holds for every role at every level"),
        ("clerk|clerk,studio,create,*,holder,withdrawn,allow", "a word is repeated"),
        ("clerk|*,studio,create,*,holder,withdrawn,allow", "a word is repeated, or * stands beside others"),
        ("system_admin,case,read,*,holder,*,allow", "an administrator has no business with case"),
        ("security_admin,funding,pay,*,holder,*,allow", "an administrator has no business with funding"),
        ("auditor,studio,create,*,holder,*,allow", "an auditor changes nothing, so may not create"),
        ("approver,studio,withdraw,*,holder,named,allow", "says again what studios.csv:7"),
    ],
)
def test_a_doubtful_row_is_refused_with_its_line(row: str, doubt: str) -> None:
    told = refusal(with_row(row))
    assert told.startswith("studios.csv:8 ")
    assert doubt in told


def test_a_duplicate_across_files_is_refused() -> None:
    assert refusal(with_row("approver,studio,withdraw,*,holder,named,allow", "titles.csv")).startswith(
        "titles.csv:10 says again"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "studios.csv:1 the first line must be"),
        (b"\n", "studios.csv:1 the first line must be"),
        (b"# policy: titles\n# end: 1 rows\n", "studios.csv:1 the first line must be '# policy: studios'"),
        (b"# policy: studios\n# end: 0 rows\n", "studios.csv:2 the last line must be"),
        (b"\xef\xbb\xbf" + FILES["studios.csv"], "studios.csv:1 a byte order mark"),
        (FILES["studios.csv"].replace(b"\n", b"\r\n"), "studios.csv:1 a carriage return"),
        (FILES["studios.csv"].replace(b"named", b"nam\xffed"), "studios.csv:7 not UTF-8"),
        (FILES["studios.csv"].decode().encode("utf-16"), "studios.csv:1 not UTF-8"),
        (FILES["studios.csv"].decode().encode("gb18030"), "studios.csv:3 not UTF-8"),
        (
            FILES["studios.csv"].replace(b"# end: 3 rows", b"# end: 2 rows"),
            "studios.csv:8 2 rows are announced, 3 are here",
        ),
        (FILES["studios.csv"][:-1], "studios.csv:8 the file must end with a line break"),
    ],
)
def test_a_file_that_is_not_whole_text_is_refused(content: bytes, told: str) -> None:
    assert refusal(with_file(content)).startswith(told)


@pytest.mark.parametrize("name", POLICY_FILES)
def test_no_beginning_of_a_file_passes_for_the_file(name: str) -> None:
    whole = FILES[name]
    cuts = range(len(whole)) if len(whole) < 800 else sorted(random.Random(1).sample(range(len(whole)), 150))
    for cut in cuts:
        with pytest.raises(PolicyError):
            list(_parse_file(name, whole[:cut]))


def test_random_bytes_are_refused_and_nothing_else_is_raised() -> None:
    chance = random.Random(7)
    for _ in range(300):
        with pytest.raises(PolicyError, match=r"^studios\.csv:\d+ "):
            list(_parse_file("studios.csv", chance.randbytes(chance.randrange(200))))


def test_a_damaged_file_never_says_more_than_the_reviewed_one() -> None:
    """One byte replaced: refused, or only a comment changed, or a word became another known word (then review is what protects)."""
    chance = random.Random(11)
    whole = FILES["cases.csv"]
    before = [row.values for row in _parse_file("cases.csv", whole)]
    refused = 0
    for _ in range(400):
        place = chance.randrange(len(whole))
        damaged = whole[:place] + bytes([chance.randrange(256)]) + whole[place + 1 :]
        try:
            rows = list(_parse_file("cases.csv", damaged))
        except PolicyError:
            refused += 1
        else:
            assert [row.values for row in rows] == before
    assert refused > 200


@pytest.mark.parametrize("name", POLICY_FILES)
def test_a_missing_or_additional_file_is_refused(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("policies")
    for known in POLICY_FILES:
        (folder / known).write_bytes(FILES[known])
    (folder / name).rename(folder / f"{name}.bak")
    with pytest.raises(PolicyError, match=f"{name}:0"):
        read_files(folder)
    (folder / f"{name}.bak").rename(folder / name)
    (folder / "zz.csv").write_bytes(FILES[name])
    with pytest.raises(PolicyError, match=r"zz\.csv:0"):
        read_files(folder)


def test_a_permission_that_nobody_has_is_refused() -> None:
    rows = (
        FILES["studios.csv"]
        .replace(b"approver|chair,studio,withdraw", b"approver|chair,studio,create")
        .replace(b"named,allow", b"-,allow")
    )
    assert refusal(with_file(rows)) == "policies:0 no row allows anybody studio:withdraw"


def test_a_policy_against_the_golden_set_is_not_loaded_and_the_old_one_stays() -> None:
    before = enforcer.current()
    harmed = FILES["separation_of_duty.csv"].replace(
        b"self_created|did_endorsed|did_recommended,*,deny", b"did_endorsed,*,deny"
    )
    with pytest.raises(PolicyError, match=r"golden\.txt:15 the policy decides otherwise"):
        Enforcer(parse(with_file(harmed, "separation_of_duty.csv")), GOLDEN)
    assert enforcer.current() is before


def test_the_golden_set_cannot_be_empty_or_garbled() -> None:
    for content in (b"", b"# only a comment\n", b"clerk,case,create\n", b"clerk,case,create,city,holder,-,yes\n"):
        with pytest.raises(ValueError, match=r"golden|understood"):
            parse_golden(content)
