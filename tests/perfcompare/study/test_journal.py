from __future__ import annotations

from pathlib import Path

from perfcompare.study.journal import Journal, KeptTrial, figures
from perfcompare.study.outcomes import ORIGINAL, ROLES, SAME, SLOWED, TWIN


def visited(role: str, *, round: int = 1, attempt: int = 1, cpu_us: float = 700.0) -> KeptTrial:
    return KeptTrial(
        round=round,
        role=role,
        cpu_us=cpu_us,
        against=("steal",),
        seconds=4.0,
        attempt=attempt,
        commit="abc",
    )


def test_what_was_kept_is_found_by_the_next_process(tmp_path: Path) -> None:
    first = Journal(tmp_path, {"seed": 1})
    first.calibrated(1500)
    for role in ROLES:
        first.note(visited(role))

    second = Journal(tmp_path, {"seed": 1})

    assert (second.loops, second.attempts) == (1500, 1)
    assert second.rounds() == {1: [visited(role) for role in ROLES]}
    assert figures(second.rounds()[1]) == dict.fromkeys(ROLES, 700.0)


def test_another_key_is_another_study(tmp_path: Path) -> None:
    Journal(tmp_path, {"seed": 1}).calibrated(1500)

    assert Journal(tmp_path, {"seed": 2}).loops is None


def test_a_round_is_not_put_together_from_two_attempts(tmp_path: Path) -> None:
    journal = Journal(tmp_path, {})
    for role in (ORIGINAL, TWIN):
        journal.note(visited(role))
    for role in (SAME, SLOWED):
        journal.note(visited(role, attempt=2))

    assert journal.rounds() == {}


def test_a_line_that_a_killed_process_left_half_written_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path, {})
    journal.calibrated(1500)
    with journal.file.open("a") as file:
        file.write('{"round": 1, "ro')

    Journal(tmp_path, {}).note(visited(SAME))

    assert Journal(tmp_path, {}).attempts == 1


def test_a_removed_study_begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path, {})
    journal.calibrated(1500)
    journal.remove()

    assert Journal(tmp_path, {}).loops is None
