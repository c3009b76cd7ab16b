"""The user of a session, whom Django's middleware looks up when somebody asks."""

from __future__ import annotations

from typing import Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import wrap


def _install(recorder: Recorder) -> None:
    from django.contrib.auth import middleware

    wrap(recorder, middleware, ["get_user", "auser"], "authentication", "session user")


INSTRUMENT: Final = Instrument(module="django.contrib.auth.middleware", install=_install)
