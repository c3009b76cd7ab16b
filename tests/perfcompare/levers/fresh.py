"""A process that has imported nothing yet."""

from __future__ import annotations

import subprocess
import sys


def printed(code: str) -> str:
    """What the code prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
