"""The front page: what this is, the findings of the last run, the next steps, and every API with its documentation.

Everyone can see it, but it shows results to staff only. It is the first page that a person sees, so it must work in
every state of the database.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from perfcompare import mounted, recording
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.measurement import Cell
from perfcompare.models import Run, explained
from perfcompare.report.data.collection import collect
from perfcompare.report.findings import exclusions, headline, verdict
from perfcompare.report.sections import gaps
from perfcompare.targets.demonstration.catalog import CATALOG

LEFT_OUT: Final = (
    "{} is left out: not installed here: {}. Run: make setup, or pip install {}, and start this server again."
)
DEVELOPMENT: Final = "config.development.application"
"""The application that also serves stacks outside Django."""
_logger = logging.getLogger(__name__)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The page."""
    context = {
        "apis": list(_apis()),
        "left_out": [
            LEFT_OUT.format(CATALOG.stacks[name].label, ", ".join(lacking), " ".join(lacking))
            for name, lacking in mounted.ABSENT.items()
        ],
        "silk": apps.is_installed("silk"),
        "recording": recording.BOUNDED in settings.MIDDLEWARE,
        "kept": recording.KEPT,
        **_stored(request),
    }
    return render(request, "perfcompare/front.html", context)


def _apis() -> Iterator[tuple[str, str, str]]:
    """Label, summary and documentation of each stack that is served here."""
    for name, stack in mounted.PRESENT.items():
        if stack.docs is not None and (stack.django is not None or settings.WSGI_APPLICATION == DEVELOPMENT):
            yield stack.label, stack.summary, f"/api/{name}/{stack.docs}"


def _stored(request: HttpRequest) -> dict[str, Any]:
    """The stored facts for this user. Only a `problem` when the database cannot be read."""
    try:
        with explained():
            staff = bool(getattr(request.user, "is_active", False) and getattr(request.user, "is_staff", False))
            return {"staff": staff, **(_last(request) if staff else _hint())}
    except EnvironmentProblem as error:
        # The message names the address of the database, so only the developer of this server may see it.
        return {"problem": str(error) if settings.DEBUG else "The database does not answer."}


def _hint() -> dict[str, bool]:
    """For others than staff: whether there are results to sign in for, and whether any account can sign in."""
    return {
        "measured": Run.objects.filter(state=Run.State.FINISHED).exists(),
        "nobody": not get_user_model().objects.filter(is_staff=True, is_active=True).exists(),
    }


def _last(request: HttpRequest) -> dict[str, Any]:
    """For staff: the last finished run with its findings, and the run that is under way."""
    newest = Run.objects.first()
    run = Run.objects.select_related("environment").filter(state=Run.State.FINISHED).first()
    return {
        "may_start": request.user.has_perm("perfcompare.start_run"),
        "under_way": newest if newest is not None and newest.under_way else None,
        "run": run,
        **(_answer(run) if run else {}),
    }


def _answer(run: Run) -> dict[str, Any]:
    """The findings of the run. Empty when they cannot be computed; the page of the run says why."""

    def link(cell: Cell) -> str:
        return f"{run.get_absolute_url()}?{urlencode({'scenario': cell.scenario})}"

    try:
        report = collect(run)
        return {
            "report": report,
            "answer": headline.sentences(report) or verdict.sentences(report),
            "trouble": exclusions.sentences(report)[:1],
            "hero_keys": gaps.keys(report),
            "hero": gaps.drawing(report, link),
        }
    except Exception:
        # A stored run may hold anything: it came from another version, or from another machine.
        _logger.exception("%s cannot be shown on the front page.", run)
        return {}
