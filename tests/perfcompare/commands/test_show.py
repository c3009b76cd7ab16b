from __future__ import annotations

import pytest
from django.db import connection

from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measured_run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("arguments", [(), ("latest",)])
def test_the_newest_run_is_shown(call: Call, arguments: tuple[str, ...]) -> None:
    make_measured_run(label="old")
    make_measured_run(label="new", cpu_us=310.0)

    outcome = call("show", *arguments)

    assert outcome.code == 0
    assert "(new)" in outcome.out
    assert "3.10x" in outcome.out


def test_a_run_is_shown_by_its_number(call: Call) -> None:
    old = make_measured_run(label="old")
    make_measured_run(label="new")

    assert "(old)" in call("show", str(old.pk)).out


def test_an_unknown_run_is_a_usage_error(call: Call) -> None:
    outcome = call("show", "0")

    assert (outcome.code, outcome.out) == (2, "")
    assert "manage.py perfcompare runs" in outcome.err


def test_missing_tables_are_an_environment_problem(call: Call) -> None:
    connection.cursor().execute("ALTER TABLE perfcompare_run RENAME TO elsewhere")

    outcome = call("show")

    assert outcome.code == 4
    assert outcome.err == "The tables for runs are missing or old. Run: manage.py migrate\n"
