"""The command `soak`: which stacks are soaked at the same time, what it says, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from perfcompare.commands import soak
from perfcompare.core.errors import Interrupted
from perfcompare.soak.minutes import Minute
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.soak.test_page import minute


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """Of the laboratories that were prepared. Nothing is started."""
    found = list[int]()

    def prepare(environ: Mapping[str, str], _dataset: object, *, number: int) -> None:
        assert not {"BENCH_DATABASE_URL", "BENCH_REDIS_URL"} & set(environ)
        found.append(number)

    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BENCH_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(soak, "prepare", prepare)
    monkeypatch.setattr(soak, "served", lambda *_words: nullcontext())
    return found


def _soaks(monkeypatch: pytest.MonkeyPatch, *wrong: int) -> None:
    """A minute for each number of wrong answers."""

    def minutes(grounds: Sequence[object], **_more: object) -> Iterator[Sequence[Minute]]:
        yield from ([minute(wrong=number)] * len(grounds) for number in wrong)

    monkeypatch.setattr(soak, "minutes", minutes)


def test_stacks_are_soaked_in_batches_and_the_time_left_is_said(
    call: Call, numbers: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _soaks(monkeypatch, 0, 0)

    words = ("--stacks", "drf,ninja,fastapi", "--at-once", "2", "--minutes", "2")
    outcome = call("soak", *words, "--output", str(tmp_path / "a"))

    assert outcome.code == 0
    assert numbers == [1, 2, 1]  # never the database of measured runs
    said = [line for line in outcome.out.splitlines() if line.startswith("Minute ")]
    assert [line.rpartition("; ")[2] for line in said] == ["3 min left", "2 min left", "1 min left", "0 min left"]
    assert (tmp_path / "a").read_text() == outcome.out[outcome.out.index("# Soak") :]
    assert (tmp_path / "a").read_text().count("It holds.") == 3


@pytest.mark.usefixtures("numbers")
def test_a_wrong_answer_is_an_error_and_the_page_is_written_all_the_same(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _soaks(monkeypatch, 0, 1)

    outcome = call("soak", "--stacks", "drf", "--minutes", "2", "--output", str(tmp_path / "a"))

    assert outcome.code == 1
    assert "drf: wrong answers, lost rows or growth." in outcome.err
    assert "It does not hold." in (tmp_path / "a").read_text()


@pytest.mark.usefixtures("numbers")
def test_an_interrupted_soak_keeps_the_minutes_that_are_over(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def minutes(grounds: Sequence[object], **_more: object) -> Iterator[Sequence[Minute]]:
        yield [minute()] * len(grounds)
        raise Interrupted(15)

    monkeypatch.setattr(soak, "minutes", minutes)

    outcome = call("soak", "--stacks", "drf", "--minutes", "2", "--output", str(tmp_path / "a"))

    assert outcome.code == 143
    assert "1 of 2 minutes" in (tmp_path / "a").read_text()
    assert "It is not over." in (tmp_path / "a").read_text()
