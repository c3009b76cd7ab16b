"""Recording requests with django-silk: what the middleware is called, where its records are, and how many are kept.

Nothing of Django or silk is imported here, so that settings can read these names.
"""

from __future__ import annotations

from typing import Final

RECORDER: Final = "perfcompare.recording.middleware.Recording"
BOUNDED: Final = "perfcompare.recording.middleware.Bounded"
RECORDING: Final = (RECORDER, BOUNDED)
"""The middleware that records: in the processes of `perfcompare profile`, and in the development server."""
KEPT: Final = 1000
"""How many requests the development server keeps, beside those of profiles."""
ALIAS: Final = "profiles"
"""The database of silk's records: no figure that anybody compares comes from it."""
