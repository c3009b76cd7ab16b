"""A URLconf that cannot be imported."""

from __future__ import annotations

raise RuntimeError("The shop is closed.")
