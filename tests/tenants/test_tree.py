from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from tenants import tree

SEGMENTS = st.text("0123AZ", min_size=1, max_size=4)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=5).map(lambda parts: "".join(f"{part}." for part in parts))


def test_a_segment_is_of_the_unions_id_alone() -> None:
    first = UUID("0198a7c0-0000-7000-8000-000000000001")
    assert tree.segment(first) == "000000000001"
    assert tree.segment(UUID(int=2**60 - 1)) == "ZZZZZZZZZZZZ"
    assert tree.segment(UUID(int=32)) == "000000000010"
    made = [tree.segment(new_id()) for _ in range(5000)]
    assert len(set(made)) == 5000
    assert {len(one) for one in made} == {12}


def test_paths_of_a_ladder() -> None:
    top = tree.root_path("1")
    province = tree.child_path(top, "51")
    city = tree.child_path(province, "5101")
    assert city == "1.51.5101."
    assert tree.ancestor_paths(city) == ("1.", "1.51.")
    assert tree.ancestor_paths(top) == ()
    assert [tree.parent_path(path) for path in (top, province, city)] == [None, "1.", "1.51."]
    assert [tree.depth(path) for path in (top, province, city)] == [1, 2, 3]
    assert tree.subtree(province) == ("1.51.", "1.51/")


def test_a_sibling_whose_segment_begins_alike_is_outside() -> None:
    assert "1.51." in tree.subtree("1.51.")
    assert "1.51.1." in tree.subtree("1.51.")
    assert "1.510." not in tree.subtree("1.51.")
    assert "1.5." not in tree.subtree("1.51.")
    assert "1.51" not in tree.subtree("1.51.")


@given(PATHS, PATHS)
def test_the_range_of_a_subtree_is_exactly_what_begins_with_the_path(upper: str, lower: str) -> None:
    assert (lower in tree.subtree(upper)) == lower.startswith(upper)
    assert tree.is_ancestor(upper, lower) == (upper in tree.ancestor_paths(lower))


@given(PATHS, SEGMENTS)
def test_a_child_is_below_its_parent_and_nowhere_else(path: str, segment: str) -> None:
    child = tree.child_path(path, segment)
    assert tree.parent_path(child) == path
    assert tree.depth(child) == tree.depth(path) + 1
    assert child in tree.subtree(path)
    assert path not in tree.subtree(child)
    assert not tree.is_ancestor(path, path)


@given(st.lists(PATHS, max_size=30))
def test_sorting_paths_puts_every_subtree_in_one_piece_behind_its_top(paths: list[str]) -> None:
    ordered = sorted(set(paths))
    for top in ordered:
        inside = [place for place, path in enumerate(ordered) if path.startswith(top)]
        assert inside == list(range(inside[0], inside[0] + len(inside)))
        assert ordered[inside[0]] == top


@given(PATHS, PATHS, st.lists(SEGMENTS, max_size=3))
def test_a_moved_path_keeps_what_is_below_the_moved_top(old: str, new: str, rest: list[str]) -> None:
    tail = "".join(f"{part}." for part in rest)
    assert tree.moved(old + tail, old, new) == new + tail
