from __future__ import annotations

from types import SimpleNamespace

import pytest

from perfcompare.runner import progress as module
from perfcompare.runner.events import Began, Notice, TrialBegan, TrialEnded
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.progress import Progress
from tests.perfcompare.factories import DRF, make_failure, make_measurement, objection
from tests.perfcompare.screens import Paper


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the progress takes for the time."""
    found = SimpleNamespace(now_s=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: found.now_s))
    return found


def _run(progress: Progress, clock: SimpleNamespace, *, seconds: float = 10.0) -> None:
    progress.tell(Began(trials=3, trial_s=20.0))
    progress.tell(TrialBegan(number=1, trial=PlannedTrial(round=1, cell=DRF)))
    clock.now_s += seconds
    progress.tell(TrialEnded(number=1, outcome=make_measurement(DRF), seconds=seconds))


def test_elsewhere_each_trial_is_a_line_with_what_is_left(clock: SimpleNamespace) -> None:
    paper = Paper(terminal=False)

    _run(Progress(paper), clock)

    assert paper.text == f"1/3 {DRF}: measured; about 30 s left\n"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (make_failure(DRF, reason="server: gone\nits log"), "failed, server: gone"),
        (
            make_measurement(DRF, objections=(objection("errors", "3 of 9"), objection("steal", "2 %"))),
            "measured, but cost and latency and memory and rate cannot be used: errors: 3 of 9",
        ),
    ],
)
def test_what_went_wrong_is_said_in_a_line(outcome: object, words: str) -> None:
    paper = Paper(terminal=False)
    progress = Progress(paper)
    progress.tell(Began(trials=1, trial_s=20.0))
    progress.tell(TrialBegan(number=1, trial=PlannedTrial(round=1, cell=DRF)))

    progress.tell(TrialEnded(number=1, outcome=outcome, seconds=5.0))  # type: ignore[arg-type]

    assert paper.text == f"1/1 {DRF}: {words}; about 0 s left\n"


def test_on_a_terminal_one_line_is_rewritten_and_removed_at_the_end(clock: SimpleNamespace) -> None:
    paper = Paper(terminal=True)
    progress = Progress(paper)

    _run(progress, clock)
    progress.close()

    assert "\n" not in paper.text
    assert paper.text.startswith(f"\r\x1b[K1/3 {DRF}")
    assert paper.text.endswith("\r\x1b[K")


def test_at_first_the_time_left_is_what_was_planned() -> None:
    paper = Paper(terminal=True)
    progress = Progress(paper)
    progress.tell(Began(trials=6, trial_s=20.0))

    progress.tell(TrialBegan(number=1, trial=PlannedTrial(round=1, cell=DRF)))

    assert progress.left_s == 120.0
    assert "about 2 min 0 s left" in paper.text


def test_of_many_trials_the_first_one_does_not_decide_what_is_left(clock: SimpleNamespace) -> None:
    progress = Progress(Paper(terminal=False))
    progress.tell(Began(trials=100, trial_s=1.0))
    progress.tell(TrialBegan(number=1, trial=PlannedTrial(round=1, cell=DRF)))

    clock.now_s += 12
    progress.tell(TrialEnded(number=1, outcome=make_measurement(DRF), seconds=12.0))

    assert progress.left_s == 99 * 2.0


def test_what_passes_between_trials_counts_for_those_that_are_left(clock: SimpleNamespace) -> None:
    progress = Progress(Paper(terminal=False))
    progress.tell(Began(trials=10, trial_s=10.0))
    for number in (1, 2, 3):
        clock.now_s += 20  # servers start
        progress.tell(TrialBegan(number=number, trial=PlannedTrial(round=1, cell=DRF)))
        clock.now_s += 10
        progress.tell(TrialEnded(number=number, outcome=make_measurement(DRF), seconds=10.0))

    assert progress.left_s == 7 * (10 + 3 * 30) / 4


def test_a_refused_trial_says_nothing_about_how_long_trials_take(clock: SimpleNamespace) -> None:
    progress = Progress(Paper(terminal=False))

    _run(progress, clock, seconds=0.01)

    assert progress.left_s == 40.0


def test_a_notice_is_a_line_of_its_own() -> None:
    paper = Paper(terminal=True)

    Progress(paper).tell(Notice(text="Ended what was left."))

    assert paper.text == "\r\x1b[KEnded what was left.\n"
