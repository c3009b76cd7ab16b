"""Files and pipes are UTF-8 whatever the locale of whoever starts this: Python's default is the locale's encoding."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfcompare.core import env

FILES = [
    env.ROOT / "manage.py",
    *(file for name in ("config", "users", "perfcompare", "locustfiles") for file in (env.ROOT / name).rglob("*.py")),
]
TEXT = {"read_text", "write_text"}


def faults(source: str) -> Iterator[int]:
    """The lines that read or write text without saying in which encoding; JSON as it is by itself is ASCII."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        modes = [value for value in (*node.args, *named.values()) if isinstance(value, ast.Constant)]
        opened = name == "open" and any(mode.value in {"r", "w", "a", "a+", "wt", "rt", "r+"} for mode in modes)
        piped = "text" in named and "capture_output" in named
        text = ast.unparse(node)
        ascii_only = name == "write_text" and "json.dumps(" in text and "ensure_ascii" not in text
        if (name in TEXT or opened or piped) and "encoding" not in named and not ascii_only:
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("path.read_text()", [1]),
        ("path.write_text(x)", [1]),
        ("path.open('w')", [1]),
        ("subprocess.run(x, capture_output=True, text=True)", [1]),
        ("path.write_text(json.dumps(x, ensure_ascii=False))", [1]),
        ("path.write_text(json.dumps(x))", []),
        ("path.read_text(encoding='utf-8')", []),
        ("path.open('wb')", []),
        ("subprocess.run(x, capture_output=True, encoding='utf-8')", []),
    ],
)
def test_what_is_found(source: str, found: list[int]) -> None:
    assert list(faults(source)) == found


def test_every_file_and_pipe_has_an_encoding() -> None:
    found = [f"{file}:{line}" for file in FILES for line in faults(Path(file).read_text(encoding="utf-8"))]

    assert found == []
