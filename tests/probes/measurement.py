"""What a command and its child processes run of the measured modules, as a file of coverage.py's."""

from __future__ import annotations

import ast
import importlib.util
import marshal
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType

from coverage import CoverageData
from coverage.parser import PythonParser

from tests.probes.instrumentation import Instrumentation, Probe


class Measurement:
    """What runs, from its construction on, of the modules in `folders`. Their probes write to the file `seen`.

    The probes are in the byte code that Python keeps of a module, in the folder `sys.pycache_prefix`. So a process that
    imports a module runs its probes, and has nothing to start.
    """

    def __init__(self, folders: Sequence[Path], seen: Path) -> None:
        self._seen = seen
        self._probes: dict[Path, Sequence[Probe]] = {}
        count = 0
        for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
            instrumentation = Instrumentation(ast.parse(path.read_bytes()), first=count, seen=str(seen))
            _keep(compile(instrumentation.tree, str(path), "exec", dont_inherit=True), path)
            self._probes[path] = instrumentation.probes
            count += len(instrumentation.probes)
        seen.write_bytes(bytes(count))

    def write(self, data: CoverageData) -> None:
        """Replace what `data` holds by what ran until now."""
        seen = iter(self._seen.read_bytes())
        data.erase()
        for path, probes in self._probes.items():
            data.add_arcs({str(path): set(_arcs(path, [probe for probe in probes if next(seen)]))})
        data.touch_files([str(path) for path in self._probes])  # also those of which nothing ran
        data.write()


def _keep(code: CodeType, path: Path) -> None:
    """Write the byte code of the module at `path`, as Python does."""
    source = path.stat()
    kept = Path(importlib.util.cache_from_source(str(path)))
    kept.parent.mkdir(parents=True, exist_ok=True)
    # The form of PEP 552: no flags, then the time and the size of the source.
    head = struct.pack("<4sLLL", importlib.util.MAGIC_NUMBER, 0, int(source.st_mtime), source.st_size)
    kept.write_bytes(head + marshal.dumps(code))


def _arcs(path: Path, reached: Sequence[Probe]) -> Iterator[tuple[int, int]]:
    """Jumps from line to line, as coverage.py has them; a jump of a line to itself says that it ran."""
    parser = PythonParser(filename=str(path))
    parser.parse_source()
    possible = parser.arcs()
    for probe in reached:
        yield from ((line, line) for line in probe.lines)
        for way in probe.ways:
            line = parser.first_line(way.line)
            yield from (arc for arc in possible if arc[0] == line and (arc[1] in way.body) is way.into)
