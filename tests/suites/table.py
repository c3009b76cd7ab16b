"""The table of results in docs/suites.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from perfcompare.core import env
from tests.suites.comparing import differences
from tests.suites.report import Result, activity

FILE: Final = env.ROOT / "docs" / "suites.md"
_ROW: Final = re.compile(r"\| `(\w+)` \| [^|]+ \| \d+, \d+ \|")


def write(result: Result, file: Path = FILE) -> None:
    """Put the suite's row in the place of an earlier one, or where its name belongs."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = {found[1]: line for line in lines if (found := _ROW.match(line))}
    first = next(number for number, line in enumerate(lines) if _ROW.match(line))
    rows[result.name] = row(result)
    others = [line for line in lines if not _ROW.match(line)]
    others[first:first] = [rows[name] for name in sorted(rows)]
    file.write_text("\n".join([*others, ""]), encoding="utf-8")


def row(result: Result) -> str:
    """What the two runs said, in one line."""
    stock, levers = result.stock, result.levers
    cells = (
        f"`{result.name}`",
        result.suite.package.replace("==", " "),
        f"{len(stock.outcomes)}, {len(levers.outcomes)}",
        stock.count("failed"),
        len(differences(stock, levers)),
        activity(levers),
    )
    return f"| {' | '.join(map(str, cells))} |"
