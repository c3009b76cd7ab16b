"""The form in which a reader describes the expected traffic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from perfcompare.report.data import traffic
from perfcompare.report.findings.costs import Requirements

MAX_RATE = 1e7
MAX_SHARE = 1e6


class TrafficForm(forms.Form):
    """Requests per second, the least saving that justifies a change, the latency limit, and a share for each scenario.

    The shares may come from a run of Locust instead (`mix_run`). It may contain scenarios that the run lacks.
    """

    rate = forms.FloatField(label="Requests per second", min_value=0.1, max_value=MAX_RATE)
    worth = forms.FloatField(label="Cores that a change must save", min_value=0.0, max_value=MAX_RATE)
    p99 = forms.FloatField(label="p99 at most, ms (or empty)", min_value=0.001, max_value=MAX_RATE, required=False)
    mix_run = forms.ChoiceField(label="Shares from a run of Locust", required=False)

    def __init__(self, data: QueryDict | None, *, requirements: Requirements) -> None:
        found = _mix(data)
        names = dict.fromkeys([*requirements.mix, *found])
        shares = {_field(name): requirements.mix.get(name, 0.0) for name in names}
        initial = {"rate": requirements.rate, "worth": requirements.worth_cores, **shares}
        super().__init__(_filled(data, names, found, initial), initial=initial)
        self._scenarios = tuple(names)
        self.fields["mix_run"].choices = [  # type: ignore[attr-defined]
            ("", "none, those given here"),
            *((str(run.pk), str(run)) for run in traffic.journeys()),
        ]
        for name in names:
            self.fields[_field(name)] = forms.FloatField(label=name, min_value=0.0, max_value=MAX_SHARE, required=False)

    def clean(self) -> dict[str, Any]:
        """At least one scenario must be asked for."""
        cleaned = super().clean() or {}
        if self._scenarios and not any(cleaned.get(_field(name)) for name in self._scenarios):
            raise ValidationError("Give at least one scenario a share of the traffic.")
        return cleaned

    @property
    def requirements(self) -> Requirements:
        """The requirements. Call it when the form is valid."""
        mix = {name: self.cleaned_data[_field(name)] or 0.0 for name in self._scenarios}
        told = self.cleaned_data
        return Requirements(mix=mix, rate=told["rate"], worth_cores=told["worth"], p99_ms=told["p99"])


def _field(scenario: str) -> str:
    return f"share_{scenario}"


def _mix(data: QueryDict | None) -> Mapping[str, float]:
    """The shares of the chosen run as percentages; empty without one."""
    chosen = data.get("mix_run", "") if data else ""
    run = next((run for run in traffic.journeys() if str(run.pk) == chosen), None)
    counts = traffic.measured_mix(run) if run else {}
    total = sum(counts.values())
    return {name: round(100 * count / total, 2) for name, count in counts.items()}


def _filled(
    data: QueryDict | None, names: Iterable[str], mix: Mapping[str, float], initial: Mapping[str, Any]
) -> QueryDict | None:
    """The form's data. With `mix_run`, the shares are those of that run, even if the address holds nothing else."""
    if not data or not mix:
        return data
    filled = data.copy()
    for name in ("rate", "worth"):
        filled.setdefault(name, str(initial[name]))
    for name in names:
        filled[_field(name)] = str(mix.get(name, 0.0))
    return filled
