"""Files take their place when they are whole, and an earlier one stays until then."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from perfcompare.core import files
from perfcompare.core.errors import EnvironmentProblem


def test_folders_are_made_and_the_text_is_written_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "report.md"

    files.write(path, "µ\r\n")

    assert path.read_bytes() == "µ\r\n".encode()
    assert [one.name for one in path.parent.iterdir()] == ["report.md"]


def test_r11_a_full_disk_leaves_the_earlier_file_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text("earlier")
    program = f"""
import resource, signal
from pathlib import Path
from perfcompare.core import files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
files.write(Path({str(path)!r}), "x" * 100_000)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert f"EnvironmentProblem: Cannot write {path}: File too large." in done.stderr
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"index.html": "earlier"}


def test_an_error_in_the_block_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text("earlier")

    with suppress(ZeroDivisionError), files.whole(path) as file:
        file.write(b"later")
        raise ZeroDivisionError

    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"data.json": "earlier"}


def test_a_place_that_cannot_be_written_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(EnvironmentProblem, match=r"Cannot write .*taken/data\.csv: .* Choose another place"):
        files.write(tmp_path / "taken" / "data.csv", "")


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    target = tmp_path / "shared.json"
    target.write_text("earlier")
    target.chmod(0o640)
    link = tmp_path / "latest.json"
    link.symlink_to(target)

    files.write(link, "later")

    assert link.is_symlink()
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("later", 0o640)


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        files.write(pipe, "figures")
        assert reader.stdout is not None
        assert reader.stdout.read() == b"figures"

    assert pipe.is_fifo()


def test_a_new_file_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        files.write(tmp_path / "report.md", "")
    finally:
        os.umask(before)

    assert (tmp_path / "report.md").stat().st_mode & 0o777 == 0o644
