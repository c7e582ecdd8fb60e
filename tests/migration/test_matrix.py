"""A matrix makes the jobs that GitHub would run."""

from __future__ import annotations

from wheelyard.migration import matrix
from wheelyard.migration.document import Table


def test_axes_are_combined_and_excluded() -> None:
    made = matrix.legs(
        {"os": ["a", "b"], "python": ["1", "2"], "exclude": [Table({"os": "b", "python": "2"})]},
    )
    assert [tuple(leg.values()) for leg in made] == [("a", "1"), ("a", "2"), ("b", "1")]


def test_an_include_extends_what_it_does_not_change() -> None:
    """The example of GitHub's documentation."""
    made = matrix.legs(
        {
            "fruit": ["apple", "pear"],
            "animal": ["cat", "dog"],
            "include": [
                Table({"color": "green"}),
                Table({"color": "pink", "animal": "cat"}),
                Table({"fruit": "apple", "shape": "circle"}),
                Table({"fruit": "banana"}),
                Table({"fruit": "banana", "animal": "cat"}),
            ],
        }
    )
    assert made == (
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    )


def test_a_matrix_of_includes_only_is_its_entries() -> None:
    assert matrix.legs({"include": [Table({"os": "a"}), Table({"os": "b"})]}) == ({"os": "a"}, {"os": "b"})


def test_a_huge_matrix_is_bounded() -> None:
    axes = {f"axis{number}": [str(value) for value in range(20)] for number in range(8)}
    assert len(matrix.legs(axes)) == 256
