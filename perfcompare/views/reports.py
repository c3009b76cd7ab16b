"""The reports as pages, for staff."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.sections import advice, comparison, history
from perfcompare.report.sections.cells import profile_link
from perfcompare.report.writers import html
from perfcompare.report.writers.formats import FORMATS
from perfcompare.views.access import page
from perfcompare.views.traffic import TrafficForm


@page
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, newest first, and the gap from run to run."""
    context = {"runs": Run.objects.listing(), "histories": history.build()}
    return render(request, "perfcompare/runs.html", context)


@page
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of one run, as in the HTML file, with links to the other formats, the profiles and the admin."""
    stored = _stored(pk)
    links = [(f"Download {name}", reverse("perfcompare:download", args=[pk, name])) for name in FORMATS]
    admin = [("In the admin", reverse("admin:perfcompare_run_change", args=[pk]))]
    text = html.page(
        collect(stored),
        link=profile_link,
        request=request,
        links=[*links, *admin],
        back=reverse("perfcompare:runs"),
        run=stored,
        recommend_url=reverse("perfcompare:recommendation", args=[pk]),
    )
    return HttpResponse(text)


@page
def recommendation(request: HttpRequest, pk: int) -> HttpResponse:
    """What the run means for the reader's own traffic, which is part of the address."""
    stored = _stored(pk)
    report = collect(stored)
    defaults = html.default_requirements(report)
    traffic = TrafficForm(request.GET or None, requirements=defaults)
    asked = traffic.is_bound and traffic.is_valid()
    requirements = traffic.requirements if asked else defaults
    mix_run = traffic.cleaned_data["mix_run"] if asked else ""
    context = {
        "run": stored,
        "form": traffic,
        "mix_run": mix_run,
        "linked": True,
        "report_url": stored.get_absolute_url(),
        **advice.context(report, requirements),
    }
    return render(request, "perfcompare/recommendation.html", context)


@page
def compare(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """Two runs side by side."""
    context = comparison.context(_stored(before), _stored(after))
    return render(request, "perfcompare/compare.html", context)


@page
def download(_request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One run in one of the formats, as a file."""
    if name not in FORMATS:
        raise Http404(f"There is no format {name}.")
    stored = _stored(pk)
    write, media_type = FORMATS[name]
    headers = {"Content-Disposition": f'attachment; filename="run-{pk}.{name}"'}
    return HttpResponse(write(stored, collect(stored)), content_type=media_type, headers=headers)


def _stored(pk: int) -> Run:
    return get_object_or_404(Run.objects.select_related("environment"), pk=pk)
