"""The reports as pages, for staff."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from perfcompare.models import Run
from perfcompare.report import html
from perfcompare.report.collect import collect
from perfcompare.report.export import FORMATS


@staff_member_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, newest first."""
    return render(request, "perfcompare/runs.html", {"runs": Run.objects.listing()})


@staff_member_required
@require_safe
def run(_request: HttpRequest, pk: int) -> HttpResponse:
    """The report of one run: what the HTML file shows, with ways to the other formats."""
    report = collect(get_object_or_404(Run.objects.select_related("environment"), pk=pk))
    links = [(f"Download {name}", reverse("perfcompare:download", args=[pk, name])) for name in FORMATS]
    return HttpResponse(html.page(report, links=links, back=reverse("perfcompare:runs")))


@staff_member_required
@require_safe
def download(_request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One run in one of the formats, as a file."""
    if name not in FORMATS:
        raise Http404(f"There is no format {name}.")
    stored = get_object_or_404(Run.objects.select_related("environment"), pk=pk)
    write, media_type = FORMATS[name]
    headers = {"Content-Disposition": f'attachment; filename="run-{pk}.{name}"'}
    return HttpResponse(write(stored, collect(stored)), content_type=media_type, headers=headers)
