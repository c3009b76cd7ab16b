"""Every page that people read, with figures as ugly as measured ones are: no page shows all their digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from silk.models import Profile as SilkProfile
from silk.models import Request, Response, SQLQuery

from perfcompare.core.measurement import Cell, Sample, Work
from perfcompare.models import Run, profile_url, side_results
from perfcompare.models.connections import CONNECTIONS
from perfcompare.models.side_results import Anatomy, Group, Part, Serialising, Way
from perfcompare.models.sockets import SOCKETS
from perfcompare.models.streams import STREAMS
from perfcompare.runner.held_connections import Level
from tests.pages import filled, pages
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_measurement,
    make_profile,
    make_run,
    make_sockets,
    make_streams,
    objection,
)
from users.models import Profile, User

pytestmark = pytest.mark.django_db(databases=["default", "profiles"])

UGLY: Final = 1.0372186870002824
MOST_DIGITS: Final = 6
NUMBER: Final = re.compile(r"\d[\d,]*\.\d+")
UNSEEN: Final = {"script", "style"}
JSON: Final = "pre"
"""JSON is shown as it is, and always there."""
NO_PAGES: Final = {
    "perfcompare:download",
    "perfcompare:progress",
    "perfcompare:begun",
    "perfcompare:cancel",
    "perfcompare:clear_profiles",
    "silk:raw",
    "silk:request_profile_download",
    "silk:request_profile_dot",
}
"""Files, JSON for scripts, buttons, and what needs a profile in a file."""


class Seen(HTMLParser):
    """The text of a page, and what stands in its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in UNSEEN | {JSON}:
            self._within.append(tag)
        if tag == "input" and given.get("type") != "hidden":
            self.text.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.text.append(data)


def unrounded(page: str) -> list[str]:
    """The numbers with a fraction and more digits than anybody reads."""
    found = NUMBER.findall(" \n".join(Seen(page).text))
    return [number for number in found if len(re.sub(r"\D", "", number).lstrip("0")) > MOST_DIGITS]


def measured(cells: list[Cell], rounds: int = 5, **given: Any) -> Run:
    """A run of these cells in which no figure is a round one."""
    run = make_run(cells, rounds=rounds, label="ugly", **given)
    for number in range(1, rounds + 1):
        for place, cell in enumerate(cells, 1):
            cost = 100 * UGLY * place * (1 + number * UGLY / 100)
            paced = {"rate": 500 * UGLY} if cell.share else {}
            run.record(
                replace(
                    make_measurement(
                        cell,
                        round=number,
                        cpu_us=cost,
                        load={"p50_ms": 2 * UGLY, "seconds": 2 * UGLY, "due": 1001, "late_p99_ms": UGLY},
                        usage={"samples": (_sample(),), "pss_peak_kib": 51_237, "pss_idle_kib": 49_991},
                        warmup_s=UGLY,
                        work=Work(statements=UGLY, rows=10 * UGLY, body_bytes=1000 * UGLY),
                        configuration={"share": UGLY},
                        **paced,
                    ),
                    start_s=UGLY,
                    series=[_second(0), _second(1)],
                    objections=(objection("errors", "3.14 % of the answers"),) if number == rounds else (),
                )
            )
    run.end(Run.State.FINISHED)
    return run


def _sample() -> Sample:
    return Sample(at_s=UGLY, threads=9, files=20, connections=32, database_connections=4, pss_kib=51_237)


def _second(number: int) -> dict[str, Any]:
    return {"second": number, "answers": 99, "failures": 1, "p50_ms": 2 * UGLY, "p99_ms": 5 * UGLY, "users": 4}


def compared() -> Run:
    """Plain, tuned, at several concurrencies, at a fixed rate, with a second generator, taken apart, serialised."""
    stacks = [FASTAPI, DRF, replace(DRF, stack="drf_tuned", server="granian_wsgi")]
    levels = [replace(cell, concurrency=level, scenario=name) for cell in stacks for level in (1, 8) for name in NAMES]
    more = [replace(levels[0], instrument="locust"), replace(levels[0], share=75), replace(levels[-1], share=75)]
    run = measured([*levels, *more])
    side_results.keep_anatomies(run, [_anatomy(levels[0]), _anatomy(levels[4])])
    side_results.keep_serialising(run, Serialising(users=1000, ways=(Way(name="drf", seconds=(UGLY, 2 * UGLY)),)))
    return run


NAMES: Final = ("simple", "user_list")


def _anatomy(cell: Cell) -> Anatomy:
    return Anatomy(
        cell=cell,
        under_server=300 * UGLY,
        valid=3,
        floor=40 * UGLY,
        in_process=220 * UGLY,
        layers=(Part(name="rendering", cpu_us=50 * UGLY), Part(name="ORM", cpu_us=150 * UGLY)),
        by_difference=(Part(name="middleware", cpu_us=-3 * UGLY),),
        groups=(Group(name="inside the view", by_difference=180 * UGLY, by_sampling=200 * UGLY),),
        disagreement=0.09 * UGLY,
        hops=UGLY,
        threads=UGLY / 3,
        statements=2 * UGLY,
    )


def laddered() -> Run:
    """Steps of a ladder."""
    return measured([FASTAPI, *(replace(DRF, stack=f"drf_tuned@{number}") for number in range(3))])


def held_open() -> Run:
    """A run that holds connections only."""
    level = {"wanted": 1000, "opened": 1000, "held": 999, "in_server": 997, "asked": 10, "answered": 9, "threads": 3}
    found = [Level(**level, pss_kib=51_237, idle_pss_kib=40_001)]
    run = make_run(
        [], options=CONNECTIONS.as_options({("drf", "gunicorn_gthread"): found, ("fastapi", "uvicorn"): found})
    )
    run.end(Run.State.FINISHED)
    return run


def streamed() -> Run:
    """A run of streams and of WebSockets only."""
    found = [make_streams(500, first_p50_ms=UGLY, gap_p99_ms=21 * UGLY, late_p99_ms=UGLY, cpu_us=33 * UGLY)]
    held = [make_sockets(500, p50_ms=UGLY, p99_ms=21 * UGLY, cpu_us=33 * UGLY, redis_us=UGLY, per_s=UGLY * 1000)]
    options = {
        **STREAMS.as_options({("drf", "gunicorn_gthread"): found}),
        **SOCKETS.as_options({("channels", "uvicorn"): held}),
    }
    run = make_run([], options=options)
    run.end(Run.State.FINISHED)
    return run


def journey() -> Run:
    """A run of Locust."""
    return measured([replace(DRF, scenario=f"mixed{name}") for name in ("", " GET simple", " GET user_list")])


@pytest.fixture
def runs() -> list[Run]:
    return [compared(), laddered(), held_open(), streamed(), journey()]


@pytest.fixture
def root() -> Client:
    client = Client()
    user = User.objects.create_superuser("root@people.example", "Root")
    Profile.objects.create(user=user)
    client.force_login(user)
    return client


@pytest.fixture
def recorded() -> dict[str, Any]:
    """What silk keeps of a request whose times are no round ones."""
    request = Request.objects.create(path="/api/drf/users", method="GET", view_name="users")
    Response.objects.create(request=request, status_code=200)
    ended = request.start_time + timedelta(microseconds=196_218_687)
    query = SQLQuery.objects.create(
        query='SELECT "users_user"."id" FROM "users_user"',
        start_time=request.start_time,
        end_time=request.start_time + timedelta(microseconds=12_004),
        request=request,
        traceback='File "users/models.py", line 1, in x\n  pass\n',
        analysis="Seq Scan on users_user",
    )
    assert query.time_taken != round(query.time_taken, MOST_DIGITS)
    request.end_time = ended
    request.save()
    profile = SilkProfile.objects.create(name="x", request=request, start_time=request.start_time, end_time=ended)
    profile.queries.set([query])
    make_profile(
        plain_ms=196.21868700028244,
        silk_ms=1234.21868700028244,
        flame_ms=UGLY,
        frames={
            "name": "wsgi",
            "file": "config/profiled.py:1",
            "seconds": UGLY,
            "children": [{"name": "view", "file": "views.py:2", "seconds": UGLY / 3, "children": []}],
        },
        silk_requests=[str(request.pk)],
        statements=[{"sql": "SELECT 1", "ms": UGLY, "place": "users/models.py:1"}],
    )
    return {"request_id": request.pk, "sql_id": query.pk, "profile_id": profile.pk}


def test_a_number_with_too_many_digits_is_found() -> None:
    page = '<p>0.0012345 12,345.6 <b>196.21868700028244</b></p><input value="12.345678"><pre>196.21868700028244</pre>'

    assert unrounded(page) == ["196.21868700028244", "12.345678"]


def test_pages_of_the_project_and_of_silk_show_rounded_numbers(
    root: Client, runs: list[Run], recorded: dict[str, Any]
) -> None:
    wrong = {}
    for run in runs:
        values = {**recorded, "pk": run.pk, "before": runs[0].pk, "after": run.pk, "pid": 1}
        found = [
            filled(address, page, values)
            for address, name, page in pages()
            if name.startswith(("perfcompare:", "silk:")) and name not in NO_PAGES
        ]
        assert len(found) > 20
        for address in [*dict.fromkeys(found), "/", profile_url("drf", "simple")]:
            wrong[address] = _shown(root, address)

    assert {address: numbers for address, numbers in wrong.items() if numbers} == {}


def test_a_recommendation_for_odd_traffic_shows_rounded_numbers(root: Client, runs: list[Run]) -> None:
    address = reverse("perfcompare:recommendation", args=[runs[0].pk])

    for query in (
        f"rate={1000 * UGLY}&worth={UGLY}&p99={UGLY}&share_simple=1&share_user_list=2",
        f"mix_run={runs[3].pk}",
    ):
        page = root.get(f"{address}?{query}").content.decode()
        assert unrounded(re.sub(r"<form.*?</form>", "", page, flags=re.DOTALL)) == []


def test_the_admin_shows_rounded_numbers(root: Client, runs: list[Run], recorded: dict[str, Any]) -> None:
    found = {model: list(_admin(model)) for model in admin.site._registry}
    wrong = {address: _shown(root, address) for addresses in found.values() for address in addresses}

    assert {address: numbers for address, numbers in wrong.items() if numbers} == {}
    unseen = [model for model, addresses in found.items() if len(addresses) == 1]
    assert [model for model in unseen if model._meta.app_label == "perfcompare"] == []
    assert (len(runs), len(recorded)) == (5, 3)


def _admin(model: Any) -> Iterator[str]:
    """The list, and the pages of the first and the last rows."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    yield reverse(f"{name}_changelist")
    for row in {*model.objects.order_by("pk")[:3], *model.objects.order_by("-pk")[:3]}:
        yield reverse(f"{name}_change", args=[row.pk])
        yield reverse(f"{name}_history", args=[row.pk])
        yield reverse(f"{name}_delete", args=[row.pk])


def _shown(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code in (200, 403), address
    return unrounded(response.content.decode())
