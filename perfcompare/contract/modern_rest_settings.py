"""What django-modern-rest is told in the stacks with its controllers."""

from __future__ import annotations

from typing import Any, Final

SETTINGS: Final[dict[str, Any]] = {
    # Its documentation says to validate answers in development but not in production:
    # https://django-modern-rest.readthedocs.io/en/latest/pages/using-controller/validation.html
    "DMR_SETTINGS": {"validate_responses": False},
}
