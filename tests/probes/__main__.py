"""`python -m tests.probes COMMAND…`: run it, report what it covered, and fail when that is less than agreed.

The settings are those of coverage.py in pyproject.toml.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from coverage import Coverage, CoverageData

from tests import probes
from tests.probes.measurement import Measurement

_TOO_LITTLE: Final = """
The tests cover {total:.2f} % of the code. At least {least:g} % is needed (`fail_under` in pyproject.toml).
Add tests for what you have written: the table shows the modules with lines that no test runs, and
`.venv/bin/coverage html` the lines. More: "Coverage" in CONTRIBUTING.md.
"""


def main() -> int:
    """The status of the command, or 2 when it covers too little."""
    coverage = Coverage()
    settings = coverage.config
    folder = Path(settings.data_file).absolute().parent
    folder.mkdir(exist_ok=True)
    sys.pycache_prefix = str(folder / "code")
    measurement = Measurement([Path(one).absolute() for one in settings.source or ()], folder / "seen")
    # Otherwise each process would compile what it imports.
    environ = {**os.environ, probes.VARIABLE: sys.pycache_prefix, "PYTHONDONTWRITEBYTECODE": ""}
    status = subprocess.run(sys.argv[1:], env=environ, check=False).returncode
    measurement.write(CoverageData(settings.data_file))
    coverage.load()
    total = round(coverage.report(), settings.precision)
    if status == 0 and total < settings.fail_under:
        sys.stderr.write(_TOO_LITTLE.format(total=total, least=settings.fail_under))
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
