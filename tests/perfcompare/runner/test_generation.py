from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.runner import generation
from perfcompare.runner.generation import LoadError, find, generate
from tests.perfcompare.factories import make_load

DONE = "import time; time.sleep(0.1); print('42 answers')"
WAIT = "import time; time.sleep(60)"


class Server:
    """This process, which lives until it is told otherwise."""

    pid = os.getpid()

    def __init__(self) -> None:
        self.lives = True

    def alive(self) -> bool:
        return self.lives

    def tail(self) -> str:
        return "the end of its log"


def _parse(_load: Load, output: str) -> LoadResult:
    return make_load(answers=int(output.split()[0]))


def _generator(text: str) -> Generator:
    return Generator(
        label="Made up",
        program="python",
        command=lambda _load: [sys.executable, "-c", text],
        parse=_parse,
        installation="Install it.",
    )


@pytest.fixture
def load(tmp_path: Path) -> Load:
    folder = tmp_path / "generator"
    folder.mkdir()
    return Load(
        host="127.0.0.1",
        port=9,
        prefix="/api/floor/",
        scenario="simple",
        dataset_count=1,
        dataset_seed=1,
        concurrency=1,
        warmup_s=0.0,
        seconds=0.1,
        seed=1,
        folder=folder,
    )


def test_the_result_is_what_the_generator_prints_and_both_were_watched(load: Load) -> None:
    result, sampler = generate(_generator(DONE), load, Server(), services={"redis": os.getpid()}, cpus=None)

    assert result.answers == 42
    assert sampler.trees.keys() == {"server", "generator", "redis"}
    assert sampler.trees["server"].processes_peak >= 1


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("raise SystemExit('too weak')", "ended with status 1"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9"),
    ],
)
def test_a_generator_that_fails_gives_no_result(load: Load, text: str, how: str) -> None:
    with pytest.raises(LoadError, match=rf"Made up {how}"):
        generate(_generator(text), load, Server(), services={}, cpus=None)


def test_what_it_said_is_part_of_the_message(load: Load) -> None:
    with pytest.raises(LoadError, match="too weak"):
        generate(_generator("raise SystemExit('too weak')"), load, Server(), services={}, cpus=None)


def test_a_server_that_ends_under_load_ends_the_load(load: Load) -> None:
    server = Server()
    server.lives = False

    with pytest.raises(LoadError, match=r"server: it ended under load\. the end of its log"):
        generate(_generator(WAIT), load, server, services={}, cpus=None)


def test_a_generator_that_hangs_is_ended(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "GRACE_S", 0.1)

    with pytest.raises(LoadError, match="it did not end"):
        generate(_generator(WAIT), load, Server(), services={}, cpus=None)


def test_what_it_started_is_ended_with_it(load: Load) -> None:
    pid_file = load.folder / "pid"
    text = f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {WAIT!r}]);"
    text += f"open({str(pid_file)!r}, 'w').write(str(child.pid)); print('1 answer')"

    generate(_generator(text), load, Server(), services={}, cpus=None)

    assert _gone(int(pid_file.read_text()))


def _gone(pid: int) -> bool:
    """Whether it ends within ten seconds (a killed process takes a moment), as a child nobody waits for if need be."""
    status = Path(f"/proc/{pid}/stat")
    for _ in range(200):
        try:
            if status.read_text().rpartition(") ")[2].startswith("Z"):
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_is_missing_is_named_with_the_way_to_get_it() -> None:
    missing = Generator(
        label="Made up", program="no-such-program", command=lambda _: [], parse=_parse, installation="Install it."
    )

    with pytest.raises(EnvironmentProblem, match=r"Made up: no program 'no-such-program' here\. Install it\."):
        find(missing)


def test_a_program_beside_the_running_python_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Load
) -> None:
    beside = tmp_path / "bin"
    beside.mkdir()
    for name in ("python", "beside-it"):
        (beside / name).write_text("")
        (beside / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    monkeypatch.setenv("PATH", "")
    make: Callable[[Load], list[str]] = lambda _load: []  # noqa: E731
    generator = Generator(label="", program="beside-it", command=make, parse=_parse, installation="")

    assert find(generator) == str(beside / "beside-it")
