"""`manage.py perfcompare levers`: what the levers do in this project, and what keeps them from it."""

from __future__ import annotations

from perfcompare.commands.levers import COMMAND

__all__ = ["COMMAND"]
