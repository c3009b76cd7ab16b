from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from silk.models import Request, Response

from perfcompare.models import Profile, Run, process, profile_url
from perfcompare.presets import PRESETS
from tests.pages import filled, pages
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_profile, make_run
from tests.perfcompare.report.hostile import HOSTILE
from users.models import User

pytestmark = [pytest.mark.django_db(databases=["default", "profiles"])]
FORMS = {"perfcompare:start"}
"""Pages that are shown and posted to."""
BUTTONS = {"perfcompare:cancel", "perfcompare:clear_profiles"}
"""What is only posted to."""
OPEN = ("api/", "health", "admin/", "favicon.ico")
"""What is not for staff alone, and the admin, which guards itself."""


def addresses(run: Run) -> dict[str, tuple[str, str]]:
    """Name to address of every guarded page, with arguments that exist."""
    values: dict[str, Any] = {
        "pk": run.pk,
        "before": run.pk,
        "after": run.pk,
        "pid": 1,
        "name": "json",
        "request_id": "0d1b6f1e-7f8f-4a52-9d2c-1c0b9a0c8f01",
        "sql_id": 1,
        "profile_id": 1,
    }
    guarded = {
        filled(address, page, values): name
        for address, name, page in pages()
        if address and not address.removeprefix("^").startswith(OPEN)
    }
    return {address: (name, address) for address, name in guarded.items()}


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada@people.example", "Ada", is_staff=True))
    return client


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    return client


def test_the_resolver_holds_the_pages() -> None:
    names = {name for name, _address in addresses(make_measured_run()).values()}

    assert {"perfcompare:run", "perfcompare:start", "perfcompare:profile", "silk:request_sql"} <= names
    assert len(names) > 20


def test_staff_sees_every_page_of_the_reports(root: Client) -> None:
    run = make_measured_run()

    shown = {
        address: root.get(address).status_code
        for name, address in addresses(run).values()
        if name.startswith("perfcompare:") and name not in BUTTONS
    }

    assert set(shown.values()) == {200}


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("method", ["get", "post"])
def test_s1_who_is_no_staff_sees_no_page(client: Client, signed_in: bool, method: str) -> None:
    run = make_measured_run()
    if signed_in:
        client.force_login(User.objects.create_user("eve@people.example", "Eve"))

    for _name, address in addresses(run).values():
        response = getattr(client, method)(address)
        refused = response.status_code in (403, 405)
        sent_away = response.status_code == 302 and response.headers["Location"].startswith("/admin/login/")
        assert refused or sent_away, address
    assert Run.objects.filter(pk=run.pk).exists()


def test_pages_are_only_read(root: Client) -> None:
    run = make_measured_run()
    pages = [
        address
        for name, address in addresses(run).values()
        if name.startswith("perfcompare:") and name not in FORMS | BUTTONS
    ]

    assert {root.post(address).status_code for address in pages} == {405}


@pytest.mark.parametrize("name", ["start", "cancel", "clear_profiles"])
def test_what_changes_something_needs_its_permission(staff: Client, name: str) -> None:
    arguments = [make_measured_run().pk] if name == "cancel" else []

    assert staff.post(reverse(f"perfcompare:{name}", args=arguments)).status_code == 403


def test_clearing_silk_needs_the_permission(staff: Client, root: Client) -> None:
    assert staff.get("/silk/cleardb/").status_code == 403
    assert root.get("/silk/cleardb/").status_code == 200


def test_profiles_are_cleared(root: Client) -> None:
    make_profile()

    root.post(reverse("perfcompare:clear_profiles"))

    assert not Profile.objects.exists()


def test_the_list_leads_to_each_run_newest_first(staff: Client) -> None:
    old, new = make_measured_run(label="old"), make_measured_run(label="new")

    page = staff.get(reverse("perfcompare:runs")).content.decode()

    assert page.index(new.get_absolute_url()) < page.index(old.get_absolute_url())


def test_an_empty_list_names_the_way_to_a_run(staff: Client) -> None:
    assert "make compare" in staff.get(reverse("perfcompare:runs")).content.decode()


def test_a_run_leads_to_every_download(staff: Client) -> None:
    run = make_measured_run(cpu_us=310.0)

    page = staff.get(run.get_absolute_url()).content.decode()

    assert "3.10x" in page
    assert all(reverse("perfcompare:download", args=[run.pk, name]) in page for name in ("json", "csv", "md"))


def test_downloads_are_files_of_their_kind(staff: Client) -> None:
    run = make_measured_run()

    found = {name: staff.get(reverse("perfcompare:download", args=[run.pk, name])) for name in ("json", "csv", "md")}

    assert json.loads(found["json"].content)["run"]["id"] == run.pk
    assert len(list(csv.DictReader(io.StringIO(found["csv"].content.decode())))) == 2
    assert found["md"].content.decode().startswith(f"## Performance comparison: run {run.pk}")
    assert found["csv"].headers["Content-Disposition"] == f'attachment; filename="run-{run.pk}.csv"'
    assert [found[name].headers["Content-Type"].partition(";")[0] for name in found] == [
        "application/json",
        "text/csv",
        "text/markdown",
    ]


def test_an_unknown_run_is_404(staff: Client) -> None:
    assert staff.get(reverse("perfcompare:run", args=[12345])).status_code == 404
    assert staff.get(reverse("perfcompare:download", args=[12345, "json"])).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "xls",
        "../../etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/etc/passwd",
        "json\x00",
        "json%00",
        "..",
        "j%73on/",
    ],
)
def test_s4_a_name_that_is_no_format_is_404(staff: Client, name: str) -> None:
    run = make_measured_run()

    assert staff.get(f"{run.get_absolute_url()}run.{name}").status_code == 404


def test_s5_names_are_text(root: Client) -> None:
    run = make_measured_run(label=HOSTILE)
    run.remark = HOSTILE
    run.save()
    make_profile(stack=HOSTILE, scenario=HOSTILE, frames={"name": HOSTILE, "file": HOSTILE, "seconds": 1.0})
    hostile = urlencode({"stack": HOSTILE, "scenario": HOSTILE})
    make_profile(statements=[{"sql": HOSTILE, "ms": 1.0, "place": HOSTILE}])
    pages = [address for name, address in addresses(run).values() if name.startswith("perfcompare:")]

    profiles = [f"{reverse('perfcompare:profile')}?{hostile}", profile_url("drf", "simple")]
    for address in [one for one in pages if not one.endswith(("json", "cancel/", "clear/"))] + profiles:
        assert "<script>alert" not in root.get(address).content.decode()


def test_a_run_under_way_shows_how_far_it_is_and_can_be_cancelled(root: Client) -> None:
    run = make_run([FASTAPI, DRF], rounds=2)

    page = root.get(run.get_absolute_url()).content.decode()
    told = root.get(reverse("perfcompare:progress", args=[run.pk])).json()

    assert "0 of 4 trials" in page
    assert reverse("perfcompare:cancel", args=[run.pk]) in page
    assert told == {"state": "running", "under_way": True, "trials": 0, "planned": 4}


def test_a_killed_run_says_so(root: Client) -> None:
    run = make_run()
    Run.objects.filter(pk=run.pk).update(pid_started=1)

    page = root.get(run.get_absolute_url()).content.decode()

    assert "so it was killed" in page
    assert f"Run {run.pk}, interrupted" in page


def test_a_run_that_is_not_under_way_is_not_cancelled(root: Client) -> None:
    response = root.post(reverse("perfcompare:cancel", args=[make_measured_run().pk]))

    assert response.status_code == 409
    assert "nothing to cancel" in response.content.decode()


def test_a_run_is_started_as_a_process_of_its_own(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[list[str]] = []

    def started(told: list[str]) -> int:
        words.append(told)
        return 4242

    monkeypatch.setattr(process, "started", started)

    chosen = {"preset": "quick", "stacks": ["drf", "fastapi"], "scenarios": ["simple"], "label": "--note=x"}
    response = root.post(reverse("perfcompare:start"), chosen)

    assert response.headers["Location"] == reverse("perfcompare:starting", args=[4242])
    assert words == [
        ["perfcompare", "run", "--preset=quick", "--stacks=drf,fastapi", "--scenarios=simple", "--label=--note=x"]
    ]


def test_nothing_but_known_names_is_started(root: Client) -> None:
    response = root.post(reverse("perfcompare:start"), {"preset": "quick", "stacks": ["; rm -rf /"]})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()


def test_a_started_process_leads_to_its_run(root: Client) -> None:
    run = make_run()

    told = root.get(reverse("perfcompare:begun", args=[run.pid])).json()

    assert (told["alive"], told["run"]) == (True, run.get_absolute_url())


def test_the_recommendation_follows_the_traffic_in_the_address(root: Client) -> None:
    run = make_measured_run(rounds=3, cpu_us=300.0)
    address = reverse("perfcompare:recommendation", args=[run.pk])

    small = root.get(address, {"rate": "10", "worth": "1", "share_simple": "1"}).content.decode()
    large = root.get(address, {"rate": "100000", "worth": "1", "share_simple": "1"}).content.decode()

    assert "Stay: no measured change" in small
    assert "No recommendation yet: enough could be saved on simple" in large
    assert "To tell: manage.py perfcompare run --stacks fastapi,drf,drf_settings,drf_tuned --scenarios simple" in large


def test_a_traffic_that_makes_no_sense_is_refused(root: Client) -> None:
    address = reverse("perfcompare:recommendation", args=[make_measured_run().pk])

    page = root.get(address, {"rate": "nan", "worth": "-1"}).content.decode()

    assert "errorlist" in page


def test_two_runs_are_compared(root: Client) -> None:
    before, after = make_measured_run(rounds=3, cpu_us=300.0), make_measured_run(rounds=3, cpu_us=150.0)

    page = root.get(reverse("perfcompare:compare", args=[before.pk, after.pk])).content.decode()

    assert "3.00 x FastAPI" in page
    assert "0.50x" in page


def test_a_figure_leads_to_the_sql_and_the_profile(root: Client) -> None:
    run = make_measured_run()
    profile = make_profile()

    report = root.get(run.get_absolute_url()).content.decode()
    page = root.get(profile.get_absolute_url()).content.decode()

    assert escape(profile.get_absolute_url()) in report
    assert "users_user" in page
    assert "/silk/request/0d1b6f1e-7f8f-4a52-9d2c-1c0b9a0c8f01/sql/" in page
    assert run.get_absolute_url() in page


def test_without_a_profile_the_way_to_one_is_named(root: Client) -> None:
    page = root.get(profile_url("drf", "simple")).content.decode()

    assert "manage.py perfcompare profile --stacks drf --scenarios simple" in page


def test_the_gap_is_drawn_from_run_to_run(root: Client) -> None:
    for cost in (300.0, 200.0):
        make_measured_run(cpu_us=cost)

    page = root.get(reverse("perfcompare:runs")).content.decode()

    assert page.index("3.00x") < page.index("2.00x")


def test_a_request_in_silk_leads_back_to_its_profile(root: Client) -> None:
    recorded = Request.objects.create(path="/api/drf/simple", method="GET", num_sql_queries=0)
    Response.objects.create(request=recorded, status_code=200)
    profile = make_profile(silk_requests=[str(recorded.pk)])
    back = f"{reverse('perfcompare:profile')}?silk={recorded.pk}"

    page = root.get(reverse("silk:request_detail", args=[recorded.pk])).content.decode()

    assert back in page
    assert root.get(back).headers["Location"] == profile.get_absolute_url()
    assert root.get(f"{reverse('perfcompare:profile')}?silk=none").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/api/drf/users/7", profile_url("drf", "user_detail")),
        ("POST", "/api/ninja/users", profile_url("ninja", "user_create")),
        ("GET", "/api/drf/nothing", "/admin/perfcompare/profile/"),
        ("GET", "/", "/admin/perfcompare/profile/"),
    ],
)
def test_a_request_of_no_profile_leads_to_that_of_what_it_asked_for(
    root: Client, method: str, path: str, wanted: str
) -> None:
    recorded = Request.objects.create(path=path, method=method)

    answered = root.get(f"{reverse('perfcompare:profile')}?silk={recorded.pk}")

    assert answered.headers["Location"] == wanted


def journey() -> Run:
    """A run of Locust that asked `simple` three times for each `user_list`, and something that this project lacks."""
    whole = replace(DRF, scenario="mixed")
    run = make_run([whole])
    for name, answers in (("", 4000), (" GET simple", 3000), (" GET user_list", 1000), (" GET gone", 500)):
        cell = replace(whole, scenario=f"mixed{name}")
        run.record(make_measurement(cell, generator="locust", load={"answers": answers}))
    return run


def test_the_mix_of_a_locust_run_takes_the_place_of_the_shares(root: Client) -> None:
    address = reverse("perfcompare:recommendation", args=[make_measured_run(rounds=3).pk])
    source = journey()

    page = root.get(address, {"mix_run": source.pk}).content.decode()

    assert "simple 75%" in page
    assert "user_list 25%" in page
    assert f"in the mix of run {source.pk}" in page
    assert "gone" not in page


def test_a_run_that_is_no_journey_gives_no_mix(root: Client) -> None:
    run = make_measured_run(rounds=3)

    page = root.get(reverse("perfcompare:recommendation", args=[run.pk]), {"mix_run": str(run.pk), "rate": "10"})

    assert "Select a valid choice" in page.content.decode()


def test_a_latency_target_in_the_address_marks_what_is_over_it(root: Client) -> None:
    run = make_measured_run(rounds=3)
    address = reverse("perfcompare:recommendation", args=[run.pk])
    traffic = {"rate": "10", "worth": "1", "share_simple": "1"}

    assert "so not recommended" not in root.get(address, traffic).content.decode()
    page = root.get(address, {**traffic, "p99": "0.5"}).content.decode()
    assert "Over 0.5 ms, so not recommended" in page
    assert "is over 0.5 ms on simple (all of the traffic), and whether settings and levers would help" in page


def test_the_form_offers_the_presets_of_the_command(root: Client) -> None:
    page = root.get(reverse("perfcompare:start")).content.decode()

    assert all(f'<option value="{name}"' in page for name in PRESETS)
