from __future__ import annotations

import re
from pathlib import Path

from tests.suites import table
from tests.suites.registry import suites
from tests.suites.report import Result
from tests.suites.running import Run
from tests.suites.suite import Suite

BEFORE = """# Results

| suite | package | tests, stock and levers | fail as stock | differ, all declared | calls |
|---|---|---|---|---|---|
| `apple` | apple 1 | 2, 2 | 0 | 0 | none |
| `pear` | pear 1 | 2, 2 | 0 | 0 | none |

Words below.
"""


def run(*outcomes: str, called: int = 0) -> Run:
    counts, left = {"compiled_queries: QuerySet.get": called}, {"compiled_queries: QuerySet.get": 3}
    return Run(
        outcomes={str(number): outcome for number, outcome in enumerate(outcomes)},
        messages={},
        called=counts if called else {},
        left=left,
        stock={},
        status=0,
        text="",
    )


def written(folder: Path, name: str) -> str:
    file = folder / "suites.md"
    file.write_text(BEFORE)
    stock, levers = run("passed", "failed", "passed"), run("passed", "failed", "failed", called=5)
    suite = Suite(package=f"{name}==2", command=())
    table.write(Result(name=name, suite=suite, stock=stock, levers=levers, problems=(), exceptions=1), file)
    return file.read_text()


def test_a_row_takes_the_place_of_the_suites_earlier_one(tmp_path: Path) -> None:
    row = "| `pear` | pear 2 | 3, 3 | 1 | 1 | compiled_queries 5 (3) |"
    assert written(tmp_path, "pear") == BEFORE.replace("| `pear` | pear 1 | 2, 2 | 0 | 0 | none |", row)


def test_the_row_of_a_new_suite_is_put_where_its_name_belongs(tmp_path: Path) -> None:
    row = "| `banana` | banana 2 | 3, 3 | 1 | 1 | compiled_queries 5 (3) |\n| `pear`"
    assert written(tmp_path, "banana") == BEFORE.replace("| `pear`", row)


def test_the_table_has_every_suite_with_the_version_that_is_declared() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+ \S+) \| \d+, \d+ \|", table.FILE.read_text(), re.MULTILINE))
    assert rows == {name: suite.package.replace("==", " ") for name, suite in suites.items()}
