"""The configuration file of gunicorn: nothing, because the command line says everything."""

from __future__ import annotations
