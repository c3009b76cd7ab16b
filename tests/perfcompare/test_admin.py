from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from perfcompare.models import Environment, Measurement, Run, profile_url
from tests.perfcompare.factories import (
    DRF,
    make_failure,
    make_measured_run,
    make_measurement,
    make_profile,
    make_run,
    objection,
)
from tests.perfcompare.report.hostile import HOSTILE, HOSTILE_CELL
from users.models import User

pytestmark = pytest.mark.django_db
MODELS = ("run", "measurement", "environment", "profile")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    return client


def changelist(staff: Client, model: str, query: str = "") -> list[object]:
    """The rows of a list."""
    response = staff.get(reverse(f"admin:perfcompare_{model}_changelist") + query)
    assert response.status_code == 200
    assert response.context_data is not None
    return list(response.context_data["cl"].result_list)


def newest(model: str) -> Model:
    """The row that was stored last."""
    row = apps.get_model("perfcompare", model)._default_manager.latest("pk")
    assert isinstance(row, Model)
    return row


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("query", ["", "?o=1", "?q=Imaginary"])
def test_a_list_is_shown_in_few_statements(
    staff: Client, model: str, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_profile()
    for _ in range(3):
        make_measured_run(rounds=3)

    with django_assert_max_num_queries(16):
        changelist(staff, model, query)


@pytest.mark.parametrize("model", MODELS)
def test_a_row_is_shown_and_cannot_be_changed(staff: Client, model: str) -> None:
    make_measured_run(label="first")
    make_profile()
    row = newest(model)
    url = reverse(f"admin:perfcompare_{model}_change", args=[row.pk])

    assert staff.get(url).status_code == 200
    assert staff.post(url, {"label": "other"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_by_hand(staff: Client, model: str) -> None:
    assert staff.get(reverse(f"admin:perfcompare_{model}_add")).status_code == 403


def test_deleting_a_run_asks_and_takes_its_measurements_with_it(staff: Client) -> None:
    run = make_measured_run()
    other = make_measured_run()
    url = reverse("admin:perfcompare_run_delete", args=[run.pk])

    asked = staff.get(url)
    assert "Are you sure" in asked.content.decode()
    assert Run.objects.count() == 2
    staff.post(url, {"post": "yes"})

    assert Run.objects.get() == other
    assert {row.run for row in Measurement.objects.all()} == {other}


def test_several_runs_are_deleted_at_once(staff: Client) -> None:
    runs = [make_measured_run(), make_measured_run()]
    chosen = {"action": "delete_selected", "_selected_action": [run.pk for run in runs], "post": "yes"}

    staff.post(reverse("admin:perfcompare_run_changelist"), chosen)

    assert not Run.objects.exists()


def test_deleting_runs_needs_the_permission(client: Client) -> None:
    run = make_measured_run()
    viewer = User.objects.create_user("ada@people.example", "Ada", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_run"))
    client.force_login(viewer)

    assert client.get(reverse("admin:perfcompare_run_changelist")).status_code == 200
    assert client.post(reverse("admin:perfcompare_run_delete", args=[run.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["measurement", "environment"])
def test_only_whole_runs_are_deleted(staff: Client, model: str) -> None:
    make_measured_run()
    row = newest(model)

    response = staff.post(reverse(f"admin:perfcompare_{model}_delete", args=[row.pk]), {"post": "yes"})

    assert response.status_code == 403


@pytest.mark.parametrize("kind", ["valid", "invalid", "failed"])
def test_measurements_are_filtered_by_validity(staff: Client, kind: str) -> None:
    run = make_run(rounds=3)
    rows = {
        "valid": run.record(make_measurement(round=1)),
        "invalid": run.record(make_measurement(round=2, objections=(objection("errors"),))),
        "failed": run.record(make_failure(round=3)),
    }

    assert changelist(staff, "measurement", f"?validity={kind}") == [rows[kind]]


@pytest.mark.parametrize(
    "query",
    [
        "scenario=simple",
        "stack=drf",
        "server=gunicorn_gthread",
        "concurrency=32",
        "generator=locust",
        "run__id__exact={run}",
        "q=gthread",
    ],
)
def test_measurements_are_found_by_every_dimension(staff: Client, query: str) -> None:
    make_run([HOSTILE_CELL]).record(make_measurement(HOSTILE_CELL))
    wanted = make_run([DRF]).record(make_measurement(DRF, generator="locust"))

    assert changelist(staff, "measurement", f"?{query.format(run=wanted.run_id)}") == [wanted]


def test_every_dimension_has_a_filter_beside_the_list(staff: Client) -> None:
    for cell, generator in ((DRF, "wrk"), (HOSTILE_CELL, "locust")):
        make_run([cell]).record(make_measurement(cell, generator=generator))

    page = staff.get(reverse("admin:perfcompare_measurement_changelist")).content.decode()

    titles = ("validity", "scenario", "stack", "server", "concurrency", "generator", "run")
    assert [title for title in titles if f'data-filter-title="{title}"' not in page] == []


def test_runs_are_found_by_label_and_filtered_by_state(staff: Client) -> None:
    run = make_run(label="nightly")
    make_measured_run(label="other")

    assert changelist(staff, "run", "?q=nightly") == [run]
    assert changelist(staff, "run", "?state=running") == [run]


def test_a_run_leads_to_its_report_and_its_measurements(staff: Client) -> None:
    run = make_measured_run()

    page = staff.get(reverse("admin:perfcompare_run_changelist")).content.decode()

    assert f'href="{run.get_absolute_url()}"' in page
    assert f"run__id__exact={run.pk}" in page


@pytest.mark.parametrize("model", ["run", "measurement"])
def test_s5_names_are_text(staff: Client, model: str) -> None:
    run = make_run([HOSTILE_CELL], label=HOSTILE)
    run.record(make_measurement(HOSTILE_CELL))

    page = staff.get(reverse(f"admin:perfcompare_{model}_changelist")).content.decode()

    assert "<script>alert" not in page


def test_every_model_is_in_the_admin() -> None:
    assert {Run, Measurement, Environment} <= set(admin.site._registry)


def act(client: Client, model: str, action: str, rows: Iterable[Model], **given: str) -> HttpResponse:
    """What an action answers."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **given}
    response = client.post(reverse(f"admin:perfcompare_{model}_changelist"), chosen)
    assert isinstance(response, HttpResponse)
    return response


def test_two_runs_lead_to_their_comparison(staff: Client) -> None:
    old, new = make_measured_run(), make_measured_run()

    response = act(staff, "run", "compare", [new, old])

    assert response.headers["Location"] == reverse("perfcompare:compare", args=[old.pk, new.pk])


def test_a_run_is_marked_as_the_baseline(staff: Client) -> None:
    run = make_measured_run()

    act(staff, "run", "mark_baseline", [run])

    assert Run.objects.baseline() == run


def test_a_remark_is_asked_for_and_kept_beside_the_note(staff: Client) -> None:
    run = make_measured_run(note="as it began")

    asked = act(staff, "run", "annotate", [run])
    act(staff, "run", "annotate", [run], text="the fan was broken")

    run.refresh_from_db()
    assert "textarea" in asked.content.decode()
    assert (run.note, run.remark) == ("as it began", "the fan was broken")


@pytest.mark.parametrize("model", ["run", "measurement"])
def test_figures_are_invalidated_with_a_reason_and_come_back(staff: Client, model: str) -> None:
    row = make_run().record(make_measurement())
    rows: list[Model] = [row.run if model == "run" else row]

    assert "textarea" in act(staff, model, "withdraw", rows).content.decode()
    assert Measurement.objects.get().valid
    act(staff, model, "withdraw", rows, text="the wrong cable")
    assert (Measurement.objects.get().withdrawn, Measurement.objects.get().goodput) == ("the wrong cable", row.goodput)
    act(staff, model, "bring_back", rows)

    assert Measurement.objects.get().valid


@pytest.mark.parametrize("action", ["mark_baseline", "annotate", "withdraw", "bring_back"])
def test_judging_needs_the_permission(client: Client, action: str) -> None:
    run = make_measured_run()
    viewer = User.objects.create_user("ada@people.example", "Ada", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_run"))
    client.force_login(viewer)

    act(client, "run", action, [run], text="x")

    run.refresh_from_db()
    assert (run.baseline, run.remark) == (False, "")
    assert not Measurement.objects.exclude(withdrawn="").exists()


def test_runs_are_exported(staff: Client) -> None:
    runs = [make_measured_run(), make_measured_run()]

    one, several = act(staff, "run", "export", runs[:1]), act(staff, "run", "export", runs)

    assert json.loads(one.content)["run"]["id"] == runs[0].pk
    assert sorted(ZipFile(BytesIO(several.content)).namelist()) == [f"run-{run.pk}.json" for run in runs]


def test_the_page_of_a_run_has_charts(staff: Client) -> None:
    run = make_measured_run(cpu_us=310.0)

    page = staff.get(reverse("admin:perfcompare_run_change", args=[run.pk])).content.decode()

    assert "3.10x" in page
    assert 'class="chart"' in page


def test_what_is_shown_elsewhere_is_left_out(staff: Client) -> None:
    profile = make_profile(plain_ms=196.21868700028244)

    page = staff.get(reverse("admin:perfcompare_profile_change", args=[profile.pk])).content.decode()

    assert "196</div>" in page
    assert "Median time of a request without a profiler." in page
    assert "field-frames" not in page


def test_starting_a_run_is_offered_to_who_may(client: Client, staff: Client) -> None:
    viewer = User.objects.create_user("ada@people.example", "Ada", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_run"))
    client.force_login(viewer)
    pages = [one.get(reverse("admin:perfcompare_run_changelist")).content.decode() for one in (staff, client)]

    assert [reverse("perfcompare:start") in page for page in pages] == [True, False]


def test_a_measurement_leads_to_its_profile(staff: Client) -> None:
    make_run().record(make_measurement())

    page = staff.get(reverse("admin:perfcompare_measurement_changelist")).content.decode()

    assert escape(profile_url("drf", "simple")) in page
