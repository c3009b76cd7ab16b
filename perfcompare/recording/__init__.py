"""Recording requests with django-silk: the middleware, its database, and how many requests are kept.

This module imports neither Django nor silk, so that settings can read these names.
"""

from __future__ import annotations

from typing import Final

RECORDER: Final = "perfcompare.recording.middleware.Recording"
BOUNDED: Final = "perfcompare.recording.middleware.Bounded"
RECORDING: Final = (RECORDER, BOUNDED)
"""The middleware that records, in the processes of `perfcompare profile` and in the development server."""
KEPT: Final = 1000
"""How many requests the development server keeps, in addition to those of profiles."""
ALIAS: Final = "profiles"
"""The database of silk's records. No compared figure comes from it."""
