"""psycopg's pool."""

from __future__ import annotations

from perfcompare.contract.by_settings import POOLED as CHANGE

__all__ = ["CHANGE"]
