from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from perfcompare.models import Run
from tests.perfcompare.factories import make_measured_run
from tests.perfcompare.report.hostile import HOSTILE
from users.models import User

pytestmark = pytest.mark.django_db
ARGUMENTS = {"name": "json"}


def pages() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every page under /reports/, with the names of its arguments, from the URL resolver."""
    reports = next(one for one in get_resolver().url_patterns if str(one.pattern) == "reports/")
    assert isinstance(reports, URLResolver)
    for page in reports.url_patterns:
        assert isinstance(page, URLPattern)
        yield f"{reports.namespace}:{page.name}", tuple(page.pattern.converters)


def addresses(run: Run) -> list[str]:
    values = {**ARGUMENTS, "pk": run.pk}
    return [reverse(name, kwargs={argument: values[argument] for argument in arguments}) for name, arguments in pages()]


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada@people.example", "Ada", is_staff=True))
    return client


def test_the_resolver_holds_the_pages() -> None:
    assert len(list(pages())) >= 3


def test_staff_sees_every_page(staff: Client) -> None:
    run = make_measured_run()

    assert {staff.get(address).status_code for address in addresses(run)} == {200}


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_is_no_staff_sees_no_page(client: Client, signed_in: bool) -> None:
    run = make_measured_run()
    if signed_in:
        client.force_login(User.objects.create_user("eve@people.example", "Eve"))

    for address in addresses(run):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")


def test_pages_are_only_read(staff: Client) -> None:
    run = make_measured_run()

    assert {staff.post(address).status_code for address in addresses(run)} == {405}


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


def test_an_unknown_format_is_404(staff: Client) -> None:
    run = make_measured_run()

    assert staff.get(reverse("perfcompare:download", args=[run.pk, "xls"])).status_code == 404


def test_names_are_text(staff: Client) -> None:
    run = make_measured_run(label=HOSTILE)

    for address in (reverse("perfcompare:runs"), run.get_absolute_url()):
        assert "<script>alert" not in staff.get(address).content.decode()
