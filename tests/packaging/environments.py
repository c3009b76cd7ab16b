"""Virtual environments with the wheel, and with no other packages than those that it asks for.

The packages are links to those that are installed here, so that nothing is downloaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from perfcompare.core import env


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A fresh virtual environment."""

    python: Path
    packages: Path

    def run(self, *words: str, folder: Path, status: int = 0, **variables: str) -> str:
        """What a program says on standard output, or on standard error when it fails as it should."""
        given = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables}
        done = subprocess.run([str(self.python), *words], cwd=folder, env=given, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stderr if status else done.stdout


def wheel(folder: Path) -> Path:
    """The wheel, built of the working tree."""
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder), str(env.ROOT)]
    subprocess.run([*words, *options], check=True)
    (made,) = folder.glob("perfcompare-*.whl")
    return made


def environment(folder: Path, built: Path, *extras: str, beside: Iterable[str] = ()) -> Environment:
    """As `pip install "perfcompare[extras]"` makes it, and the requirements `beside`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(packages)
    (own,) = metadata.distributions(path=[str(packages)])
    for name in _closure([*_asked(own, extras), *map(Requirement, beside)]):
        _link(metadata.distribution(name), packages)
    return Environment(python=folder / "bin/python", packages=packages)


def _closure(asked: list[Requirement]) -> set[str]:
    found: dict[tuple[str, frozenset[str]], None] = {}
    while asked:
        one = asked.pop()
        key = canonicalize_name(one.name), frozenset(one.extras)
        if key not in found:
            found[key] = None
            distribution = metadata.distribution(one.name)
            assert one.specifier.contains(distribution.version, prereleases=True), one
            asked += _asked(distribution, one.extras)
    return {name for name, _extras in found}


def _asked(distribution: metadata.Distribution, extras: Iterable[str]) -> list[Requirement]:
    everything = map(Requirement, distribution.requires or ())
    return [
        one
        for one in everything
        if not one.marker or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]


def _link(distribution: metadata.Distribution, packages: Path) -> None:
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        (packages / top).symlink_to(str(distribution.locate_file(top)))
