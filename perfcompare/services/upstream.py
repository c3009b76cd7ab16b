"""The slow HTTP service, as a service of the keeper."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from perfcompare.services import urls
from perfcompare.services.service import Service, missing


class Upstream(Service):
    """`perfcompare.services.slow_http` on a free port of 127.0.0.1."""

    name: ClassVar[str] = "upstream"
    variable: ClassVar[str] = "UPSTREAM_URL"

    @property
    def _url_file(self) -> Path:
        return self.folder.with_suffix(".url")

    @property
    def marker(self) -> str:
        """The file to which the program writes its address."""
        return str(self._url_file)

    def prepare(self) -> Sequence[str]:
        """The argument vector of the server."""
        if importlib.util.find_spec("uvloop") is None:
            raise missing(Upstream, "uvloop", urls.example(Upstream.variable))
        self._url_file.unlink(missing_ok=True)
        return [sys.executable, "-m", "perfcompare.services.slow_http", self.marker]

    def ready(self) -> bool:
        """Whether the program has written its address."""
        return self._url_file.exists()

    def url(self) -> str:
        """The root URL, for example http://127.0.0.1:45123."""
        return self._url_file.read_text(encoding="utf-8")
