"""`python -m project_inside.filling NAME`: fill the migrated database, and write what requests need to know of it."""

from __future__ import annotations

import importlib
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    values = importlib.import_module(f"project_inside.data.{sys.argv[1]}").fill()
    sys.stdout.write(f"\n{json.dumps(values, default=str)}\n")
