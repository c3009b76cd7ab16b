"""Pictures of the main pages of a run: the project serves itself for a moment, and a browser signs in."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import reverse

from perfcompare.core import files
from perfcompare.models import Profile, Run
from perfcompare.models.side_results import ANATOMY
from perfcompare.pictures.browser import Page, opened

SIZE: Final = (1440, 900)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """No line for each request."""


def write(run: Run, folder: Path) -> Iterator[Path]:
    """Write each picture into `folder`, and yield its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with _served() as address, _session() as cookies, opened() as page:
        page.resize(*SIZE)
        page.open(f"{address}/health")
        page.sign_in(cookies)
        for name, path, element in _pages(run):
            file = folder / f"{name}.png"
            _picture(page, address + path, element, file)
            yield file


def _pages(run: Run) -> Iterator[tuple[str, str, str | None]]:
    """The name of each picture, its page, and the part of it; None for the first screen."""
    report = run.get_absolute_url()
    yield "report", report, None
    yield "claims", report, "#claims"
    yield "gap", report, "#gap"
    yield "ladder", report, "#ladder"
    if run.options.get(ANATOMY):
        yield "layers", report, "#layers"
    yield "recommendation", reverse("perfcompare:recommendation", args=[run.pk]), None
    yield "runs", reverse("perfcompare:runs"), None
    yield "admin", reverse("admin:perfcompare_run_changelist"), None
    profile = Profile.objects.exclude(silk_requests=[]).first()
    if profile is not None:
        yield "profile", profile.get_absolute_url(), None


def _picture(page: Page, address: str, element: str | None, file: Path) -> None:
    page.open(address)
    with files.whole(file) as written:
        written.write(page.picture(element))


@contextmanager
def _served() -> Iterator[str]:
    """The project's pages on a free port of this machine, with their static files."""
    server: WSGIServer = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _session() -> Iterator[dict[str, str]]:
    """The cookie of a superuser who exists only for the duration."""
    users = get_user_model().objects
    user = users.create_superuser(email=f"pictures-{secrets.token_hex(8)}@localhost.example", name="Pictures")
    client = Client()
    client.force_login(user)
    try:
        yield {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    finally:
        client.logout()
        user.delete()
