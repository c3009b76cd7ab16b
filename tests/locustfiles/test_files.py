from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path

import pytest

from perfcompare.core import env
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.targets.demonstration import laboratory
from tests.locustfiles.conftest import DATASET_OPTIONS, answering, url
from tests.locustfiles.running import Ended, ended, for_seconds, run, start

FILES = sorted(path.stem for path in (env.ROOT / "locustfiles").glob("[!_]*.py"))
ALONE = frozenset({"single", "fixed_rate"})
"""Those that ask for one scenario. The others ask for all that the stack offers, unless they are told."""
HELLO = {"message": "Hello World", "status": "success"}


def test_there_is_one_file_for_each_purpose() -> None:
    assert FILES == ["compare", "fixed_rate", "mixed", "single", "soak", "spike", "steps"]


def at_once(folder: Path, host: str, stack: str, seconds: float, *options: str, scenario: str = "") -> dict[str, Ended]:
    """Every file against the same server at the same time, which waits no longer than one of them."""
    started = {
        file: start(
            file, "--host", host, "--stacks" if file == "compare" else "--stack", stack, *options,
            *for_seconds(file, seconds), *asking(file, scenario), result=folder / f"{file}.json",
        )
        for file in FILES
    }  # fmt: skip
    return {file: ended(process, folder / f"{file}.json") for file, process in started.items()}


def asking(file: str, scenario: str) -> list[str]:
    """The options that make a file ask for `scenario` alone; none without one."""
    return ["--scenario" if file in ALONE else "--scenarios", scenario] if scenario else []


@pytest.fixture(scope="module")
def right(
    ninja: ServerProcess, place: laboratory.Laboratory, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Ended]:
    found = at_once(tmp_path_factory.mktemp("right"), url(ninja), "ninja_async", 4, *DATASET_OPTIONS)
    place.restore()
    return found


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    with answering(lambda _path: (200, {**HELLO, "status": "broken"})) as host:
        return at_once(tmp_path_factory.mktemp("wrong"), host, "floor", 2, scenario="simple")


@pytest.mark.parametrize("file", FILES)
def test_it_starts_runs_and_ends_clean(file: str, right: dict[str, Ended]) -> None:
    one = right[file]

    assert one.status == 0, one.output
    assert "Traceback" not in one.output
    assert one.result["total"]["errors"] == 0, one.output
    assert one.result["total"]["answers"] > 0
    assert not one.result["interrupted"]


@pytest.mark.parametrize("file", FILES)
def test_a_wrong_answer_is_a_failure_and_no_latency(file: str, wrong: dict[str, Ended]) -> None:
    total = wrong[file].result["total"]

    assert wrong[file].status == 1
    assert total["answers"] == 0
    assert total["latency"] is None
    assert set(total["failures"]) == {"$.status: 'broken' instead of 'success'"}


def test_s6_a_redirection_is_a_failure_and_is_not_followed(tmp_path: Path) -> None:
    asked: list[str] = []

    def elsewhere(path: str) -> tuple[int, object]:
        asked.append(path)
        return 200, HELLO

    with answering(elsewhere) as other, answering(lambda _path: (302, HELLO), Location=f"{other}/") as host:
        found = at_once(tmp_path, host, "floor", 2, scenario="simple")

    for one in found.values():
        assert set(one.result["total"]["failures"]) == {"status 302 instead of 200"}, one.output
        assert one.result["total"]["answers"] == 0
    assert asked == []


def test_one_wrong_answer_among_right_ones_is_found(result: Path) -> None:
    asked: list[str] = []

    def answer(path: str) -> tuple[int, object]:
        asked.append(path)
        return (500, {"detail": "oops"}) if len(asked) == 50 else (200, HELLO)

    with answering(answer) as host:
        found = run("single", "--host", host, "--stack", "floor", "--users", "1", "--window", "2", result=result)

    assert found.status == 1
    assert found.result["total"]["failures"] == {"status 500 instead of 200": 1}
    assert found.result["total"]["answers"] > 49


def test_every_scenario_of_the_stack_is_part_of_the_journey(
    ninja: ServerProcess, place: laboratory.Laboratory, result: Path
) -> None:
    options = ["--users", "10", "--spawn-rate", "10", "--think", "0", "--window", "6"]
    found = run("mixed", "--host", url(ninja), "--stack", "ninja_async", *DATASET_OPTIONS, *options, result=result)
    place.restore()

    assert {row["name"] for row in found.result["names"]} == set(stacks["ninja_async"].scenarios)
    assert {"POST", "GET"} == {row["method"] for row in found.result["names"]}


def test_tags_and_options_choose_among_the_tasks(floor: ServerProcess, result: Path) -> None:
    options = ["--stack", "fastapi", "--prefix", "/api/floor/", "--scenarios", "simple,user_create", "--window", "1"]
    found = run("mixed", "--host", url(floor), *options, "--think", "0", "--tags", "read", result=result)

    assert [row["name"] for row in found.result["names"]] == found.result["scenarios"] == ["simple"]


def test_stacks_side_by_side_have_names_of_their_own(floor: ServerProcess, result: Path) -> None:
    with answering(lambda _path: (200, HELLO)) as other:
        options = [f"floor={url(floor)},drf={other}", "--scenarios", "simple", "--prefix", "/api/floor/"]
        found = run("compare", "--stacks", *options, *for_seconds("compare", 1), result=result)

    assert [row["name"] for row in found.result["names"]] == ["drf simple", "floor simple"]


def test_latency_counts_from_the_moment_a_request_was_due(result: Path) -> None:
    """One user cannot send 100 a second to a server that takes 50 ms: the later ones have waited, and that counts."""

    def answer(_path: str) -> tuple[int, object]:
        time.sleep(0.05)
        return 200, HELLO

    options = ["--stack", "floor", "--users", "1", "--rate", "100", "--window", "2"]
    with answering(answer) as host:
        found = run("fixed_rate", "--host", host, *options, result=result)

    assert found.result["mode"] == "open"
    assert found.result["due"] == 200
    assert found.result["total"]["answers"] < 50
    assert found.result["total"]["latency"]["max_ms"] > 1000
    assert found.result["total"]["late_p99_ms"] > 1000


def test_a_new_token_and_delay_reach_the_requests(result: Path) -> None:
    seen: set[str] = set()

    def answer(path: str) -> tuple[int, object]:
        seen.add(path)
        return 200, {"delay_ms": 7, "source": "upstream"}

    with answering(answer) as host:
        options = ["--scenario", "upstream", "--delay-ms", "7", *for_seconds("single", 1)]
        found = run("single", "--host", host, *options, result=result)

    assert seen == {"/api/drf/upstream?delay_ms=7"}
    assert found.result["total"]["errors"] == 0


def test_the_samples_and_the_series_add_up_to_the_totals(floor: ServerProcess, result: Path) -> None:
    options = ["--stack", "floor", "--warmup", "1", *for_seconds("single", 2)]
    found = run("single", "--host", url(floor), *options, result=result)

    window = found.result["window"]
    with gzip.open(f"{result}.samples.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    inside = [row for row in rows if window["started_s"] <= float(row["ended_s"]) < window["ended_s"]]
    assert window["seconds"] == 2
    assert abs(len(inside) - found.result["total"]["answers"]) <= 1  # a time at the edge, rounded in the file
    assert sum(row["answers"] for row in found.result["series"]) == found.result["total"]["answers"]
    assert [row["users"] for row in found.result["series"]] == [4, 4]
    assert len(rows) > len(inside)
