"""The tables of names in the documentation hold what the registries and parsers hold, no more and no less."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Final

import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core import env
from perfcompare.locust_tests.plan import files
from perfcompare.management.commands.perfcompare import subcommands
from perfcompare.plugins import generators, rooms, servers
from perfcompare.project.audit.findings import finders
from perfcompare.registries import levers, practices, scenarios, stacks
from perfcompare.report.findings.remedies import CAUSES
from perfcompare.runner import crosscheck, validity
from tests.docs.pages import PAGES, names, rows, spans, text

INDEX, CONTRACT, METHODOLOGY, GLOSSARY = (
    f"docs/{name}.md" for name in ("index", "contract", "methodology", "glossary")
)
COMMAND: Final = re.compile(r"manage\.py perfcompare ([a-z]+)((?:\s+(?!`|manage\.py)[^\s`|]+)*)")
NO_DETECTORS: Final = {"failed", "withdrawn", "interrupted"}

every_page = pytest.mark.parametrize("name", PAGES)


def test_the_stacks() -> None:
    assert names(INDEX, "stack", "what it is") == set(stacks)


def test_the_servers_and_their_interfaces() -> None:
    table = {spans(row[0])[0]: row[1].lower() for row in rows(INDEX, "server", "interface")}

    assert table == {name: server.interface for name, server in servers.items()}


def test_the_rooms() -> None:
    assert names("docs/sockets.md", "room", "how it is written") == set(rooms)


def test_the_scenarios_and_their_routes() -> None:
    table = {spans(row[0])[0]: spans(row[1])[0] for row in rows(CONTRACT, "scenario", "request")}

    assert table.keys() == set(ENDPOINTS) == set(scenarios)
    assert all(scenarios[name].route.split("?")[0] == route.split("?")[0] for name, route in table.items())


def test_the_levers() -> None:
    assert set(re.findall(r"^## (\w+)$", text("docs/levers.md"), flags=re.MULTILINE)) == set(levers)


def test_the_practices() -> None:
    assert names("docs/practices.md", "practice", "what it adds") == set(practices)


def test_the_commands() -> None:
    table = {name for row in rows(INDEX, "question", "command") for name, _options in COMMAND.findall(row[1])}

    assert table == set(subcommands)


def test_the_kinds_of_findings() -> None:
    assert names("docs/your-project.md", "kind", "what it is") == set(finders)


def test_the_codes_of_the_detectors() -> None:
    of_trials, of_runs = _tables_of_codes()

    assert of_trials == set(validity.DETECTORS)
    assert of_runs == set(crosscheck.DETECTORS)


def _tables_of_codes() -> list[set[str]]:
    """The first column of each table whose head is that of the detectors."""
    parts = text(METHODOLOGY).split("| code | fires when |")[1:]
    return [
        {spans(line.split("|")[1])[0] for line in part.split("\n\n")[0].splitlines() if line.startswith("| `")}
        for part in parts
    ]


def test_every_code_has_a_cause_and_a_way_out() -> None:
    assert {*validity.DETECTORS, *crosscheck.DETECTORS} <= set(CAUSES)
    assert set(CAUSES) >= NO_DETECTORS


def test_the_locustfiles() -> None:
    table = {spans(row[1])[0].removesuffix(".py") for row in rows("docs/locust.md", "question", "locustfile")}

    assert table == set(files())


def test_the_generators() -> None:
    senders = {row[1] for row in rows("docs/generators.md", "question", "sender")}

    assert all(any(one.label in sender for sender in senders) for one in generators.values())


def test_the_targets_of_make() -> None:
    makefile = (env.ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    said = {span.split()[1] for name in PAGES for span in spans(text(name)) if re.match(r"make [a-z]+\b", span)}

    assert said <= known


@every_page
def test_commands_and_their_options_exist(name: str) -> None:
    for command, words in COMMAND.findall(text(name)):
        assert command in subcommands, command
        parser = ArgumentParser()
        subcommands[command].arguments(parser)
        said = {word.split("=")[0] for word in words.split(" -- ")[0].split() if word.startswith("--")}
        assert said - {"--", "--help"} <= set(parser._option_string_actions), (command, words)


@pytest.mark.parametrize("row", rows(GLOSSARY, "term", "meaning"), ids=lambda row: row[0])
def test_a_term_has_one_short_definition(row: list[str]) -> None:
    term, meaning, _on_the_command_line = row

    assert term
    assert len(meaning) <= 200
    assert meaning.endswith(".")


def test_no_term_is_defined_twice() -> None:
    terms = re.findall(r"^\| ([a-z A-Z/,-]+) \|", text(GLOSSARY), flags=re.MULTILINE)
    defined = [term for term in terms if term != "term"]

    assert len(defined) == len(set(defined))
