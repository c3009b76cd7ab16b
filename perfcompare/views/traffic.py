"""The form in which a reader describes the traffic that is to be served."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from perfcompare.report.costs import Wishes

MAX_RATE = 1e7
MAX_SHARE = 1e6


class TrafficForm(forms.Form):
    """Requests per second, what a change must save, and a share for each scenario of the run."""

    rate = forms.FloatField(label="Requests per second", min_value=0.1, max_value=MAX_RATE)
    worth = forms.FloatField(label="Cores that a change must save", min_value=0.0, max_value=MAX_RATE)

    def __init__(self, data: QueryDict | None, *, wishes: Wishes) -> None:
        initial = {"rate": wishes.rate, "worth": wishes.worth_cores}
        super().__init__(data, initial={**initial, **{_field(name): share for name, share in wishes.mix.items()}})
        self._scenarios = tuple(wishes.mix)
        for name in wishes.mix:
            self.fields[_field(name)] = forms.FloatField(label=name, min_value=0.0, max_value=MAX_SHARE, required=False)

    def clean(self) -> dict[str, Any]:
        """At least one scenario must be asked for."""
        cleaned = super().clean() or {}
        if self._scenarios and not any(cleaned.get(_field(name)) for name in self._scenarios):
            raise ValidationError("Give at least one scenario a share of the traffic.")
        return cleaned

    @property
    def wishes(self) -> Wishes:
        """What was asked for; call it when the form is valid."""
        mix = {name: self.cleaned_data[_field(name)] or 0.0 for name in self._scenarios}
        return Wishes(mix=mix, rate=self.cleaned_data["rate"], worth_cores=self.cleaned_data["worth"])


def _field(scenario: str) -> str:
    return f"share_{scenario}"
