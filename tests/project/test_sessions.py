"""The session engine that accepts a signed key."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from perfcompare.project.served import sessions


@pytest.mark.django_db
def test_the_project_and_its_measured_processes_read_each_others_sessions() -> None:
    measured: Any = sessions._store(SessionStore)
    for writer, reader in ((SessionStore, measured), (measured, SessionStore)):
        written = writer()
        written["basket"] = 7
        written.save()

        assert reader(written.session_key).get("basket") == 7
