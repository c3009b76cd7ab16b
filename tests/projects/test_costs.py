from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfcompare.project.answers import Answer
from tests.projects.costs import Costs


def costs(stock: Sequence[object], levers: Sequence[object]) -> Costs:
    """One path; the bodies of its answers with these variants."""
    bodies = {"stock": stock, "levers": levers}
    return Costs(
        variants=("stock", "levers"),
        answers={"/a": {name: [Answer(status=200, body=one, json=True) for one in bodies[name]] for name in bodies}},
        ms={
            "/a": {"stock": [4.0, 8.0, 4.0], "levers": [2.0, 4.0, 2.0]},
            "/b": {"stock": [6.0, 12.0, 6.0], "levers": [4.0, 8.0, 4.0]},
        },
        sizes={},
        levers={},
    )


def test_a_machine_that_was_slow_in_one_round_does_not_change_the_gain_of_the_sum() -> None:
    gain = costs([], []).gain("stock", "levers")
    assert gain is not None
    assert [round(one, 6) for one in (gain.low, gain.middle, gain.high)] == [0.4, 0.4, 0.4]


def test_the_request_that_is_helped_most_is_the_one_of_which_the_largest_share_is_certainly_saved() -> None:
    uncertain = {"stock": [4.0, 8.0, 4.0], "levers": [1.0, 7.9, 1.0]}
    certain = {"stock": [6.0, 12.0, 6.0], "levers": [4.0, 8.0, 4.0]}
    best = replace(costs([], []), ms={"/a": uncertain, "/b": certain}).best("stock", "levers")
    assert best is not None
    assert (best[0], round(best[1].low, 6)) == ("/b", round(1 / 3, 6))


def test_another_answer_is_named_with_its_place() -> None:
    assert list(costs([{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 2}]).problems()) == ["/a, levers: $.a: 2 instead of 1"]


def test_what_differs_from_answer_to_answer_of_the_project_is_not_compared() -> None:
    assert not list(costs([{"a": 1, "b": 3}, {"a": 2, "b": 3}], [{"a": 5, "b": 3}]).problems())


def test_an_answer_that_is_not_200_is_a_problem() -> None:
    one = Answer(status=500, body="broken")
    broken = Costs(variants=("stock",), answers={"/a": {"stock": [one, one]}}, ms={}, sizes={}, levers={})
    assert list(broken.problems()) == ["/a, stock: status 500: broken"]
