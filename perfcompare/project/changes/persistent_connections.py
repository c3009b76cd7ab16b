"""Database connections that stay open between requests."""

from __future__ import annotations

from perfcompare.contract.by_settings import PERSISTENT as CHANGE

__all__ = ["CHANGE"]
