"""Where the time of a stack in a scenario goes: its SQL, its flame graph and its requests in silk."""

from __future__ import annotations

import re

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from perfcompare.models import Measurement, Profile, profile_url
from perfcompare.plugins import servers
from perfcompare.report.data.labels import stack_label
from perfcompare.report.sections import profiles
from perfcompare.targets.demonstration.catalog import CATALOG
from perfcompare.views.access import change, page

SILK = "silk"
RECENT = 12
"""How many measurements are linked."""


@page
def profile(request: HttpRequest) -> HttpResponse:
    """The newest profile of the stack and scenario in the address, or how to make one. Also the target of links from
    silk."""
    if number := request.GET.get("silk"):
        return HttpResponseRedirect(_of_recorded(number))
    stack, scenario = request.GET.get("stack", ""), request.GET.get("scenario", "")
    found = Profile.objects.of(stack, scenario)
    measured = Measurement.objects.filter(stack=stack, scenario=scenario).select_related("run").order_by("-id")
    context = {
        "stack": stack,
        "scenario": scenario,
        "label": stack_label(CATALOG, stack),
        "profile": found,
        "measurements": measured[:RECENT],
        "silk": apps.is_installed(SILK),
        "cprofile": found is not None and _interface(found.server) == "wsgi",
        **(profiles.context(found) if found else {}),
    }
    return render(request, "perfcompare/profile.html", context)


def _of_recorded(number: str) -> str:
    """The page of the profile to which silk's request belongs; or of the stack and scenario that it names; or of
    all."""
    owner = Profile.objects.holding(number)
    if owner is not None:
        return owner.get_absolute_url()
    if not apps.is_installed(SILK):
        raise Http404("Silk is not installed.")
    from silk.models import Request

    recorded = get_object_or_404(Request, pk=number)
    stack, _, path = recorded.path.removeprefix("/api/").partition("/")
    scenario = _asked(recorded.method, path)
    return profile_url(stack, scenario) if scenario else reverse("admin:perfcompare_profile_changelist")


def _asked(method: str, path: str) -> str:
    """The scenario with that route; empty without one."""
    for name, scenario in CATALOG.scenarios.items():
        verb, _, route = scenario.route.partition("?")[0].partition(" ")
        if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path):
            return name
    return ""


def _interface(server: str) -> str:
    known = servers.get(server)
    return known.interface if known else ""


@change("clear_profiles")
def clear(_request: HttpRequest) -> HttpResponse:
    """Delete every profile, and silk's records where silk is installed."""
    Profile.objects.all().delete()
    if apps.is_installed(SILK):
        from silk.models import Request

        Request.objects.all().delete()
    return HttpResponseRedirect(reverse("perfcompare:runs"))
