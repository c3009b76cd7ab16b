"""NetBox's own configuration for its tests, on our Redis: without one its tests fail before they begin."""

from __future__ import annotations

import os
from typing import Final

from netbox.configuration_testing import *  # type: ignore[import-not-found]  # noqa: F403 - it is in their environment

_SERVER: Final = {"URL": os.environ["NETBOX_REDIS"]}
REDIS: Final = {"tasks": _SERVER, "caching": _SERVER}
