"""Folders that others cannot enter."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import folders


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_private_folder_cannot_be_read_by_others(tmp_path: Path) -> None:
    assert mode(folders.private(tmp_path / "a" / "b")) & 0o066 == 0


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EnvironmentProblem, match="is not a folder of this user"):
        folders.private(tmp_path / "run")


def test_passable_opens_the_way_and_no_list(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    inner.chmod(0o700)

    folders.passable(inner)

    assert mode(tmp_path / "closed") == 0o701
    assert mode(inner) == 0o700


def test_readable_gives_others_what_the_owner_has_except_writing(tmp_path: Path) -> None:
    program, text = tmp_path / "bin" / "program", tmp_path / "bin" / "text"
    program.parent.mkdir(mode=0o700)
    for file, bits in ((program, 0o700), (text, 0o600)):
        file.touch()
        file.chmod(bits)
    (tmp_path / "bin" / "broken").symlink_to("/nowhere")

    folders.readable(program.parent)

    assert (mode(program.parent), mode(program), mode(text)) == (0o755, 0o755, 0o644)
