"""Starts a run from a page, shows its progress, and cancels it. The run has its own process."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from perfcompare.core.errors import PerfcompareError
from perfcompare.models import Run, process
from perfcompare.models.storage import LABEL_LENGTH
from perfcompare.presets import PRESETS
from perfcompare.targets.demonstration.catalog import CATALOG
from perfcompare.views.access import change, form, page


class StartForm(forms.Form):
    """The options of `manage.py perfcompare run`."""

    preset = forms.ChoiceField(choices=[(name, name) for name in PRESETS])
    stacks = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    scenarios = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    rounds = forms.IntegerField(required=False, min_value=1, max_value=100)
    label = forms.CharField(required=False, max_length=LABEL_LENGTH)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["stacks"].choices = [(name, one.label) for name, one in CATALOG.stacks.items()]  # type: ignore[attr-defined]
        self.fields["scenarios"].choices = [(name, name) for name in CATALOG.scenarios]  # type: ignore[attr-defined]

    @property
    def words(self) -> list[str]:
        """The words of the command line. Each value is in one word with its option, so a value cannot become an
        option."""
        told = self.cleaned_data
        words = ["perfcompare", "run", f"--preset={told['preset']}"]
        words += [f"--{name}={','.join(told[name])}" for name in ("stacks", "scenarios") if told[name]]
        words += [f"--rounds={told['rounds']}"] if told["rounds"] else []
        return words + ([f"--label={told['label']}"] if told["label"] else [])


@form("start_run")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The form, and the action of its button."""
    asked = StartForm(request.POST if request.method == "POST" else None)
    if asked.is_bound and asked.is_valid():
        try:
            return redirect("perfcompare:starting", process.started(asked.words))
        except PerfcompareError as error:
            asked.add_error(None, str(error))
    return render(request, "perfcompare/start.html", {"form": asked})


@page
def starting(request: HttpRequest, pid: int) -> HttpResponse:
    """The page until the run is stored, while services and data are prepared."""
    return render(request, "perfcompare/starting.html", {"pid": pid, **_beginning(pid)})


@page
def begun(_request: HttpRequest, pid: int) -> JsonResponse:
    """The state of a started process, for the page that waits for it."""
    return JsonResponse(_beginning(pid))


@page
def progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """How far a run is, for the page that shows it."""
    run = get_object_or_404(Run, pk=pk)
    return JsonResponse(
        {
            "state": run.state,
            "under_way": run.under_way,
            "trials": run.measurements.count(),
            "planned": run.planned_trials,
        }
    )


@change("start_run")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the run to end. Its results stay."""
    run = get_object_or_404(Run, pk=pk)
    try:
        run.cancel()
    except PerfcompareError as error:
        return render(request, "perfcompare/problem.html", {"problem": str(error), "run": run}, status=409)
    return HttpResponseRedirect(run.get_absolute_url())


def _beginning(pid: int) -> dict[str, str | bool]:
    """Whether the process runs, the address of its run if it has begun, and the end of its output."""
    key = process.key_of(pid)
    run = Run.objects.filter(pid=pid, **({"pid_started": key[1]} if key else {})).first()
    return {
        "alive": key is not None,
        "run": reverse("perfcompare:run", args=[run.pk]) if run else "",
        "log": process.tail(pid),
    }
