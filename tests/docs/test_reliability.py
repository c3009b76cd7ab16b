"""Every acceptance test of docs/reliability.md has a test with its id in its name, and a command that runs it.

What was tried is counted from what the tests are parametrized with, so a new stack is in the figures.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core import env
from perfcompare.core.server import Launch
from perfcompare.plugins import servers
from perfcompare.registries import scenarios, stacks
from tests.acceptance import test_database
from tests.acceptance import test_slow_clients as many_slow_clients
from tests.contract import (
    test_answers,
    test_attacks,
    test_schemathesis,
    test_services,
    test_slow_clients,
    test_throttling,
)
from tests.contract.conftest import DATASET
from tests.docs.pages import rows, spans

PAGE: Final = "docs/reliability.md"
IDS: Final = (*(f"R{n}" for n in range(1, 17)), *(f"A{n}" for n in range(1, 11)), *(f"S{n}" for n in range(1, 9)))
ROWS: Final = {row[0]: row for row in rows(PAGE, "id", "what holds")}
TESTS: Final = {path: path.read_text() for path in (env.ROOT / "tests").rglob("test_*.py")}
MARK: Final = "pytest.mark.acceptance"


def _tested(name: str) -> dict[Path, list[str]]:
    """The tests of an id by file."""
    pattern = re.compile(rf"def (test_(?:[ras]\d+_)*{name.lower()}_\w+)")
    return {path: found for path, text in TESTS.items() if (found := pattern.findall(text))}


def test_all_34_are_listed() -> None:
    assert tuple(ROWS) == IDS


@pytest.mark.parametrize("name", IDS)
def test_an_id_has_the_files_that_hold_its_tests(name: str) -> None:
    assert [env.ROOT / file for file in spans(ROWS[name][2])] == sorted(_tested(name))


@pytest.mark.parametrize("name", IDS)
def test_an_id_has_figures_and_the_commands_that_run_its_tests(name: str) -> None:
    figures, commands = ROWS[name][3:]
    marked = [MARK in TESTS[path] for path in _tested(name)]

    assert re.search(r"\d|every", figures)
    assert f'make acceptance ARGS="-k _{name.lower()}_"' in commands or not any(marked)
    assert f'make test ARGS="-k _{name.lower()}_"' in commands or all(marked)


def _sent(*, bad: bool) -> int:
    """How many requests of the cases go to all pairs; `bad` ones alone."""
    cases = {name: scenarios[name].cases(DATASET) for name in ENDPOINTS}
    return sum(
        case.expected.status >= 400 or not bad
        for stack, server in test_answers.PAIRS
        for name in stacks[stack].scenarios
        for case in test_answers.chosen(stack, server, cases[name])
    )


def _figures() -> dict[str, str]:
    """What was tried, as the page must say it."""
    asking = f"{len(test_services.SERVED)} stacks"
    offering = f"{len(test_attacks.OFFERING)} stacks"
    pairs, clients = len(test_answers.PAIRS), many_slow_clients.CLIENTS
    stalling = f"{2 * len(test_slow_clients.PAIRS)} x {Launch.threads} refused bodies that stall"
    return {
        "R7": (
            f"{asking} x 4 faults: down, hanging; restart and 5 x `pg_terminate_backend` under {test_database.FEW} "
            "clients that ask without a pause"
        ),
        "R8": f"{asking} x 2 faults: hanging; a table locked for 4 s under {test_database.FEW} clients",
        "R9": f"{asking} x 2 faults: down, hanging",
        "R10": (
            f"{len(test_database.SERVED)} stacks, {test_database.MANY} clients for 5 s, "
            f"{test_database.MAX_CONNECTIONS} connections"
        ),
        "A1": (
            f"{_sent(bad=False):,} requests, {_sent(bad=True):,} of them bad: "
            f"{sum(len(scenarios[name].cases(DATASET)) for name in ENDPOINTS)} cases, {len(stacks)} stacks, "
            f"{len(servers)} servers, {pairs} pairs"
        ),
        "A2": f"{asking} x all scenarios",
        "A3": f"{offering} x {len(test_attacks.MALFORMED)} malformed bodies; 50 MiB more memory at most",
        "A4": (
            f"{pairs} pairs x 2 bodies of 64 MiB, 32 MiB more memory at most; "
            f"{len(test_answers.PAIRS_THAT_WRITE) + len(test_attacks.OFFERING)} x 1 GB declared; {stalling}; and A10"
        ),
        "A5": (
            f"{offering} x {len(test_attacks.EXCESSIVE)} long queries, 1 long header, {len(test_attacks.HEADERS)} "
            "hostile headers"
        ),
        "A6": f"{offering} x {len(test_attacks.SQL)} texts in 5 places",
        "A7": f"{pairs} pairs x 5 fields; {offering} x 2 bad tokens",
        "A8": (
            f"{len(test_schemathesis.OFFERING)} stacks: 5 examples of each operation, and the boundary values of every "
            "parameter; [drawn requests](#drawn-requests)"
        ),
        "A9": f"{len(stacks)} stacks; {len(test_throttling.WITH_WORKERS)} with 4 workers",
        "A10": (
            f"{len(servers)} servers x {2 * clients} slow clients for {many_slow_clients.HELD_S:g} s; "
            f"{len(test_slow_clients.PAIRS)} pairs x {test_slow_clients.CLIENTS}; nginx x {2 * clients}"
        ),
    }


FIGURES: Final = _figures()


@pytest.mark.parametrize("name", FIGURES)
def test_what_was_tried_is_what_the_tests_try(name: str) -> None:
    assert ROWS[name][3] == FIGURES[name].replace(" x ", " \N{MULTIPLICATION SIGN} ")


@pytest.mark.parametrize("name", [name for name in IDS if re.search(r"\d+ (stacks|pairs)", ROWS[name][3])])
def test_no_figure_that_grows_with_a_registry_is_written_by_hand(name: str) -> None:
    assert name in FIGURES
