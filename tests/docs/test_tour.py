"""A newcomer who has a task finds the file from docs/tour.md."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.docs.pages import rows, section, spans
from tests.docs.test_paths import exists

TOUR: Final = "docs/tour.md"
TASKS: Final = {
    "Add a server.": "perfcompare/servers/uvicorn.py",
    "Change the text of a verdict.": "perfcompare/report/findings/verdict.py",
    "Make the sampler read cgroups.": "perfcompare/runner/sampler.py",
    "Add a detector.": "perfcompare/runner/validity.py",
    "A lever misbehaves with library X: where is that decided?": "perfcompare/levers/<name>/__init__.py",
    "Change what `make compare` measures.": "perfcompare/presets.py",
    "Let a stack differ from the contract on purpose.": "perfcompare/targets/demonstration/differences.py",
    "Store one more figure of a trial.": "perfcompare/core/measurement.py",
    "Make turns longer.": "perfcompare/runner/turns/block.py",
    "Add a column to the table on the terminal.": "perfcompare/report/writers/terminal.py",
}
"""Task to the file in which it is answered."""


def test_the_tour_has_ten_files_and_says_why_each() -> None:
    stops = re.findall(
        r"^(\d+)\. `([^`]+)` - \w", section(TOUR, "Ten files, in the order in which to read them"), flags=re.MULTILINE
    )

    assert [int(number) for number, _file in stops] == list(range(1, 11))
    assert all(exists(file) for _number, file in stops)


def test_the_tasks_are_those_of_the_tour() -> None:
    assert {row[0]: spans(row[1])[0] for row in rows(TOUR, "task", "file")} == TASKS


@pytest.mark.parametrize("file", TASKS.values(), ids=TASKS)
def test_a_task_is_answered_in_a_file_that_exists(file: str) -> None:
    assert exists(file)
