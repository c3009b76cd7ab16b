"""`perfcompare try` on the shop, and what it concludes."""

from __future__ import annotations

import importlib
import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.http import Reply
from perfcompare.core.statistics import Verdict
from perfcompare.levers._registry import levers
from perfcompare.project import answers
from perfcompare.project.answers import Answer
from perfcompare.project.changes import settings
from perfcompare.project.forecast.application import BARE, FORECAST, JSON, Written
from perfcompare.project.page import html, markdown
from perfcompare.project.page.findings import Findings
from perfcompare.project.page.gate import junit
from perfcompare.project.page.gate import markdown as gate_markdown
from perfcompare.project.page.traffic import Price
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest, RequestFile
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget
from perfcompare.project.trying import bounds, candidates, facts, gate, parity, results, session, together
from perfcompare.project.trying.facts import Facts
from perfcompare.project.trying.figures import Figures
from perfcompare.project.trying.measuring import Stage, connections
from perfcompare.project.trying.options import GATE, QUICK, Options
from perfcompare.project.trying.parity import Right
from perfcompare.project.trying.results import Asked, Counted, Kind, Refused, Results, State, Trial, Tried
from perfcompare.runner.processes import ServerProcess
from tests.project.conftest import Shop

REQUESTS = """
[[requests]]
name = "categories"
path = "/api/v1/categories/"

[[requests]]
name = "now"
path = "/api/v1/now"
"""
ONLY = "persistent_connections,json_only,smaller_pages,no_pages,compiled_writes"
OTHER_ANSWERS = """
from perfcompare.core.setting import Setting

def smaller(settings):
    settings["REST_FRAMEWORK"] = {**settings["REST_FRAMEWORK"], "PAGE_SIZE": SIZE}

CHANGE = Setting(label="smaller pages", changes="-", costs="-", source="-", lines=("-",), settings=smaller)
"""


@dataclass(frozen=True, kw_only=True)
class ShopWithSetting(Shop):
    """It can be tried with two settings more, which change answers."""

    def environ(self) -> dict[str, str]:
        changes = self.folder / "changes"
        changes.mkdir(exist_ok=True)
        for name, size in {"smaller_pages": 3, "no_pages": "no"}.items():
            (changes / f"{name}.py").write_text(OTHER_ANSWERS.replace("SIZE}", f"{size!r}}}"))
        start = f"import perfcompare.project.changes as found\nfound.__path__.append({str(changes)!r})\n"
        (self.folder / "sitecustomize.py").write_text(start)
        known = super().environ()
        return {**known, "PYTHONPATH": os.pathsep.join([str(self.folder), known["PYTHONPATH"]])}


def test_it_measures_what_is_right_refuses_what_is_not_and_writes_a_page(shop: Shop) -> None:
    (shop.folder / "perfcompare.toml").write_text(REQUESTS)
    mine = ShopWithSetting(url=shop.url, folder=shop.folder)

    said = mine.manage("perfcompare", "try", "--quick", "--rounds", "1", "--only", ONLY)

    place = shop.folder / "state" / "try" / "latest"
    found = results.read(place)
    refused = {one.name: one for one in found.refused}
    assert sorted(refused) == ["compiled_writes", "no_pages", "smaller_pages"]
    assert "status: 500 instead of 200 (ValueError: invalid literal" in refused["no_pages"].reason.splitlines()[0]
    assert "GET /api/v1/categories/ (categories): $.next: " in refused["smaller_pages"].reason
    assert "Refused: smaller_pages" in said
    assert refused["compiled_writes"].reason.startswith("Inactive for your requests")
    json_only = found.variant("json_only")
    assert json_only is not None
    assert json_only.differs[0].startswith("The header Vary of 2 of 2 answers lacks Accept, on purpose.")
    assert "about" in found.plan[0]
    assert found.plan[0] in said
    assert [one.hole for one in found.requests] == ["", ""], "a time that differs is no difference"
    assert "$.now" in found.requests[1].unstable
    measured = {(one.variant, one.request) for one in found.trials if one.cpu_us}
    assert {
        (name, one.name)
        for name in (AS_IS, ITS_TWIN, "persistent_connections", "json_only", "bare")
        for one in found.requests
    } <= measured
    assert len(found.others) == 2, "one look in each round"
    assert found.works(AS_IS)["categories"].statements == 2
    assert "smaller pages" in (place / "index.html").read_text()
    assert (shop.folder / "state" / ".gitignore").read_text() == "*\n"


def test_a_dear_request_is_sent_over_few_connections() -> None:
    assert [connections(seconds) for seconds in (0.0001, 0.004, 0.1)] == [8, 5, 1]


def test_the_time_that_is_announced_grows_with_dear_requests_and_with_rounds() -> None:
    cheap, dear = {"a": 0.002}, {"a": 0.1}
    look = Stage(variants=8, rounds=1, options=QUICK, costs=cheap)
    many = replace(look, costs={str(number): 1.0 / number for number in range(1, 31)})

    assert look.servers == 8 + 2 * 2, "the project and its twin are beside each group"
    assert many.trials == 30 * 12
    once = look.expected_s(cheap, 1.0)
    assert replace(look, costs=dear).expected_s(dear, 1.0) > once + look.servers * 0.5
    assert replace(look, rounds=3).expected_s(cheap, 1.0) == pytest.approx(3 * once)
    paced = replace(many, variants=2, rounds=5, options=Options())
    assert paced.trials == 30 * 5 * 4 + 10 * 3 * 3, "latencies have no twin, and ten requests have them"
    assert sum(paced.options.shared(many.costs).values()) == pytest.approx(10 * Options().seconds)
    assert sum(GATE.shared(many.costs).values()) == pytest.approx(30 * GATE.seconds)


VARIES = Answer(status=200, headers={"vary": "accept, cookie", "allow": "get"}, body={"a": 1}, json=True)


@pytest.mark.parametrize(
    ("headers", "body", "difference"),
    [
        ({"vary": "cookie", "allow": "get"}, {"a": 1}, None),
        ({"vary": "accept, cookie", "allow": "get"}, {"a": 1}, None),
        ({"vary": "accept", "allow": "get"}, {"a": 1}, "header vary: "),
        ({"vary": "cookie, origin", "allow": "get"}, {"a": 1}, "header vary: "),
        ({"allow": "get"}, {"a": 1}, "header vary: "),
        ({"vary": "cookie"}, {"a": 1}, "header allow: "),
        ({"vary": "cookie", "allow": "get"}, {"a": 2}, "$.a: "),
    ],
)
def test_a_change_may_lose_the_words_of_a_header_that_it_declares_and_nothing_else(
    headers: dict[str, str], body: object, difference: str | None
) -> None:
    got = replace(VARIES, headers=headers, body=body)

    said = answers.difference(answers.losing(VARIES, got, settings["json_only"].loses), got)

    assert (said or "").startswith(difference or "")
    assert (said is None) is (difference is None)


def _results(costs: dict[str, float], **more: Any) -> Results:
    """Two requests, one nine times as frequent as the other, in five rounds; a variant's costs are its multiples."""
    tried = [Tried(name=name, kind=_kind(name), label=name, server="uvicorn") for name in costs]
    requests = [Asked(name=name, method="GET", path=f"/{name}", weight=weight) for name, weight in WEIGHTS.items()]
    trials = [
        Trial(round=number, variant=variant, request=request, cpu_us=cost * 1000 * (1 + number / 100))
        for number in range(5)
        for variant, cost in costs.items()
        for request in WEIGHTS
    ]
    return Results(requests=requests, tried=tried, trials=trials, **more)


def _kind(name: str) -> Kind:
    return {AS_IS: Kind.AS_IS, ITS_TWIN: Kind.AS_IS, "bare": Kind.BOUND, "settings": Kind.TOGETHER}.get(
        name, Kind.SETTING
    )


WEIGHTS = {"often": 9.0, "seldom": 1.0}


def test_a_cost_is_weighted_by_the_traffic_and_compared_within_rounds() -> None:
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.01, "half": 0.5})
    figures = Figures(
        Results(
            requests=found.requests,
            trials=[
                Trial(round=one.round, variant=one.variant, request=one.request, cpu_us=(one.cpu_us or 0) * 100)
                if (one.variant, one.request) == ("half", "seldom")
                else one
                for one in found.trials
            ],
        )
    )

    beside = figures.beside("half")

    assert beside is not None
    assert round(beside.ratio, 6) == 0.9 * 0.5 + 0.1 * 50
    assert beside.verdict is Verdict.SLOWER
    assert Figures(found).beside("half").verdict is Verdict.FASTER  # type: ignore[union-attr]


def test_a_bound_is_no_dearer_than_what_it_bounds() -> None:
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.001, JSON: 0.4, FORECAST: 0.41, BARE: 0.1})
    figures = Figures(found)

    assert (
        "port to FastAPI, without your logic, about 2.50x; a perfect port to FastAPI at most 2.50x"
        in Findings(found, Price()).answer
    )
    assert figures.weighted(FORECAST) == figures.weighted(JSON)
    assert figures.of_request(FORECAST, "often").ratio == pytest.approx(0.4)  # type: ignore[union-attr]
    assert figures.beside(BARE).ratio == pytest.approx(0.1)  # type: ignore[union-attr]
    found.trials = [one for one in found.trials if (one.variant, one.request) != (JSON, "seldom")]
    assert Figures(found).beside(FORECAST).ratio == pytest.approx(0.41)  # type: ignore[union-attr]


def test_without_postgresql_the_server_alone_is_measured_and_no_port_is_spoken_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = Written(targets={BARE: "bare:app"}, environ={}, lacking={"a": ["Not sent: it is SQLite's."]}, absent={})
    monkeypatch.setattr(bounds, "record", lambda *_given, **_more: SimpleNamespace(requests={}))
    monkeypatch.setattr(bounds, "write_application", lambda *_given: written)
    monkeypatch.setattr(parity, "check", lambda _target, names, *_known: ((name, parity.Checked()) for name in names))
    trying, screen = _session(tmp_path)
    answers: Any = SimpleNamespace(without_headers=None)

    [bare] = trying.admit_bounds(
        session.Right(requests=[ProjectRequest(name="a", path="/a")], headers={}, answers=answers, witness=answers)
    )

    assert (bare.name, trying.results.notes) == (BARE, [])
    assert screen.lines == [trying.results.unbounded]
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.001, BARE: 0.1}, unbounded=trying.results.unbounded)
    said = " ".join(Findings(found, Price()).sentences)
    assert "There is no forecast of a port" in said
    assert "A port also needs" not in said


def test_after_one_round_changes_go_on_that_seemed_to_save_something_and_a_server_that_clearly_did() -> None:
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.05, "little": 0.97, "much": 0.9, "none": 1.1, "granian": 0.97})
    found.tried[-1] = replace(found.tried[-1], kind=Kind.SERVER)
    found.trials = [one for one in found.trials if one.round == 0]
    figures = Figures(found)

    assert [one.name for one in together.promising(figures, found.tried)] == ["granian", "much", "little"]
    assert together.best_server(figures, found.tried) is None, "its twin differs by more"
    assert "a first look: one round" in markdown.text(Findings(found, Price()))


@pytest.mark.parametrize(
    ("own", "other", "lacks"),
    [
        ("gunicorn_gthread", "granian_wsgi", ""),
        ("gunicorn_gthread", "gunicorn_sync", "it does not keep connections open"),
        ("uvicorn", "granian_wsgi", "it does not serve ASGI"),
        ("uvicorn", "granian_asgi", ""),
    ],
)
def test_a_server_that_does_not_all_that_the_own_one_does_is_measured_and_no_part_of_the_answer(
    own: str, other: str, lacks: str
) -> None:
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "other": 0.5, "worse": 0.9})
    found.tried[0] = replace(found.tried[0], server=own)
    found.tried[2:] = [
        replace(one, kind=Kind.SERVER, server=server) for one, server in zip(found.tried[2:], (other, own), strict=True)
    ]
    figures = Figures(found)
    best = together.best_server(figures, found.tried)

    assert best is not None
    assert best.name == ("worse" if lacks else "other")
    assert (found.tried[2] in together.promising(figures, found.tried)) is not bool(lacks)
    assert [one.reason for one in together.unfit(figures, found.tried)] == (
        [f"{lacks}, as the project's own server does."] if lacks else []
    )


def test_the_line_of_a_server_names_an_application_that_it_can_load() -> None:
    project = Project(
        settings="shop.settings.production",
        root=Path(),
        applications={"wsgi": "shop.serving:application", "asgi": "django.core.asgi:get_asgi_application()"},
        path=[],
    )
    [ours], [djangos] = (candidates._served(project, name).lines for name in ("gunicorn_gthread", "uvicorn"))

    assert ours.endswith(" shop.serving:application")
    assert djangos.endswith(" shop.asgi:application")


def test_a_request_without_an_answer_is_a_hole() -> None:
    found = Right(answers={"a": answers.unanswered(OSError("it does not end"))}, ignoring={"a": frozenset()})

    assert found.hole("a") == "The project gives no answer: it does not end."


def _states(active: Sequence[str]) -> dict[str, object]:
    return {name: {"state": "active" if name in active else "not used", "reasons": []} for name in levers}


def test_a_lever_whose_package_is_missing_does_not_keep_others_from_being_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, tuple[str, ...]] = {}

    def of_variants(target: ProjectTarget, names: Sequence[str], _folder: Path) -> dict[str, Facts]:
        asked.update({name: tuple(target.variants[name].changes) for name in names})
        known: dict[str, object] = {"same": [], "changed": {}, "databases": {}}
        return {name: Facts({**known, "levers": _states(asked[name])}) for name in names}

    monkeypatch.setattr(candidates, "installed", lambda name: name != "orjson")
    monkeypatch.setattr(facts, "of_variants", of_variants)
    project = Project(settings="s", root=Path(), applications={"wsgi": "m:a"}, path=[])
    own = candidates.as_is("gunicorn_gthread")
    found, _plain = candidates.offer(project, own, [], tmp_path, only=["orjson_rendering", "frozen_gc"])

    assert asked["all levers"] == ("frozen_gc",)
    assert [one.name for one in found.tried] == ["frozen_gc"]
    assert [(one.name, one.reason) for one in found.refused] == [("orjson_rendering", "orjson is not installed.")]


@pytest.mark.parametrize(("server", "offered"), [("gunicorn_gthread", True), ("uvicorn", False)])
def test_connections_that_stay_open_are_not_offered_under_asgi_where_they_are_soon_too_many(
    server: str, offered: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known: dict[str, object] = {"same": [], "changed": {}, "databases": {}, "levers": _states([])}
    monkeypatch.setattr(facts, "of_variants", lambda _target, names, _folder: dict.fromkeys(names, Facts(known)))
    project = Project(settings="s", root=Path(), applications={"wsgi": "m:a", "asgi": "m:a"}, path=[])
    found, _plain = candidates.offer(
        project, candidates.as_is(server), [], tmp_path, only=["persistent_connections", "connection_pool"]
    )

    refused = {one.name: one.reason for one in found.refused}
    assert "connection_pool" in {one.name for one in found.tried}
    assert ("persistent_connections" in {one.name for one in found.tried}) is offered
    assert refused == (
        {} if offered else {"persistent_connections": "It is for WSGI, and this project is served by ASGI."}
    )


def test_half_of_the_time_goes_where_the_traffic_spends_its_own() -> None:
    shared = Options(seconds=0.2).shared({"dear": 0.9, "cheap": 0.1})

    assert shared == pytest.approx({"dear": 0.28, "cheap": 0.12})


def test_the_page_says_the_answer_what_was_refused_and_which_figures_are_missing() -> None:
    refused = Refused(name="wrong", kind=Kind.LEVER, label="a wrong one", applies=True, reason="$.a: 1 instead of <2>")
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "settings": 0.5, "bare": 0.05}, refused=[refused])
    found.requests.append(Asked(name="gone", method="GET", path="/gone", weight=1, hole="The project answers 404."))
    findings = Findings(found, Price(rate=1000, core=20))

    found.tried.append(replace(found.tried[2], name="pool", kind=Kind.SETTING, lines=("first line", "second line")))
    found.tried[2] = replace(found.tried[2], changes=("pool",))
    found.plan.append("Left out: latencies.")
    found.tried[2] = replace(found.tried[2], differs=("The header Vary lacks Accept, on purpose.",))

    page, text = html.page(findings), markdown.text(findings)

    for written in (page, text):
        assert "As it is 1.0x; by settings 2.00x; the server alone 20.0x." in written
        assert "The project answers 404." in written
        assert "Left out: latencies." in written
        assert "The header Vary lacks Accept, on purpose." in written
    assert "$.a: 1 instead of &lt;2&gt;" in page
    assert "<pre>first line\nsecond line\n</pre>" in page
    assert "{{" not in page
    assert "<td>0.51</td><td>10</td>" in page, "cores and money at that price"


def test_the_answer_says_what_is_no_difference_why_there_is_no_bound_and_each_loss_once() -> None:
    lost = "The header Vary lacks Accept, on purpose."
    found = _results({AS_IS: 1.0, ITS_TWIN: 1.05, "settings": 1.01, "levers": 0.5}, others=[0.9])
    found.unbounded = "There is no forecast and no bound: orjson not installed."
    found.tried[2:] = [replace(one, kind=Kind.TOGETHER, differs=(lost,)) for one in found.tried[2:]]
    findings = Findings(found, Price())
    sentences = [*findings.sentences]

    assert findings.answer == "As it is 1.0x; by settings 0.99x (no difference); with levers 2.00x."
    assert sentences[1].startswith("Other programs used 90%")
    assert found.unbounded in sentences
    assert [one for one in sentences if lost in one] == [
        f"By settings and with levers: some answers differ on purpose. {lost}"
    ]
    assert 'class="bar loss"' not in html.page(findings)


def test_what_an_interrupted_run_has_not_measured_is_in_no_sentence() -> None:
    found = _results({AS_IS: 1.0}, state=State.INTERRUPTED)
    found.tried.append(Tried(name="bare", kind=Kind.BOUND, label="bare", server="uvicorn"))
    findings = Findings(found, Price(rate=1000, core=20))

    assert findings.answer == "As it is 1.0x; nothing else has a valid figure."
    assert not [one for one in findings.sentences if "no valid figure" in one or "A port" in one]
    assert "This `try` was interrupted: what was not measured is missing." in findings.sentences


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    found = _results({AS_IS: 1.0}, work=[Counted(variant=AS_IS, request="often", statements=2, body_bytes=4)])

    results.write(found, tmp_path)

    assert results.read(tmp_path) == found


def _counted(statements: float) -> list[Counted]:
    return [Counted(variant=AS_IS, request="often", statements=statements, body_bytes=10)]


def test_the_gate_fails_for_one_statement_more_and_for_a_dearer_request_and_not_for_a_slower_machine() -> None:
    before = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1}, work=_counted(2))
    slower = _results({AS_IS: 3.0, ITS_TWIN: 3.003, "bare": 0.3}, work=_counted(2))
    dearer = _results({AS_IS: 1.2, ITS_TWIN: 1.201, "bare": 0.1}, work=_counted(3))

    assert [one.failures for one in gate.changes(before, slower, tolerance=0.05)] == [(), ()]
    found = gate.changes(before, dearer, tolerance=0.05)
    assert [len(one.failures) for one in found] == [2, 1]
    assert "3 statements instead of 2." in found[0].failures[0]
    assert 'failures="2"' in junit(found)


def test_a_machine_that_was_slower_for_one_request_does_not_fail_the_gate() -> None:
    before = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    now = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    now.trials = [replace(one, cpu_us=(one.cpu_us or 0) * 1.3) if one.request == "often" else one for one in now.trials]

    found = gate.changes(before, now, tolerance=0.1)

    assert [one.dearer for one in found] == [False, False]


@pytest.mark.parametrize(("others", "judged"), [([0.0, 0.1, 0.9], True), ([0.1, 0.3, 0.9], False)])
def test_a_machine_that_was_busy_most_of_the_time_fails_the_gate_and_no_cost_is_judged(
    others: list[float], judged: bool
) -> None:
    before = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1}, work=_counted(2))
    dearer = _results({AS_IS: 1.5, ITS_TWIN: 1.501, "bare": 0.1}, work=_counted(3), others=others)

    often, seldom, *machine = gate.changes(before, dearer, tolerance=0.05)

    assert "3 statements instead of 2." in often.failures
    assert (often.dearer, seldom.dearer) == (judged, judged)
    assert bool(machine) is not judged
    if machine:
        assert "Other programs used 30% of this machine's processors" in machine[0].failures[0]
        assert len(gate.changes(before, dearer, tolerance=0.05, any_load=True)) == 2


def test_a_baseline_from_a_busy_machine_is_refused_before_anything_is_measured(shop: Shop) -> None:
    results.write(_results({AS_IS: 1.0}, others=[0.5]), shop.folder)

    said = shop.manage("perfcompare", "gate", "--baseline", "results.json", status=1)

    assert "results.json is no baseline. Other programs used 50% of this machine's processors" in said


def test_a_request_that_has_lost_its_figure_fails_the_gate_and_one_that_never_had_one_has_not_passed() -> None:
    whole = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    lost = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    lost.trials = [
        replace(one, cpu_us=None, trouble="It timed out.") if (one.request, one.variant) == ("often", AS_IS) else one
        for one in lost.trials
    ]

    found = gate.changes(whole, lost, tolerance=0.05)
    assert [one.result for one in found] == ["failed", "passed"]
    assert found[0].failures == ("Its processor time is no longer measured. It timed out.",)

    found = gate.changes(lost, whole, tolerance=0.05)
    assert [one.result for one in found] == ["not judged", "passed"]
    assert '<skipped message="Its statements' in junit(found)
    assert "1 not judged, 1 passed" in gate_markdown(found)


def test_an_interval_that_hides_a_slowdown_has_not_passed() -> None:
    whole = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    busy = _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1})
    busy.trials = [
        replace(one, cpu_us=(one.cpu_us or 0) * (1 + one.round))
        if one.request == "often" and one.variant == "bare"
        else one
        for one in busy.trials
    ]
    [often, seldom] = gate.changes(busy, whole, tolerance=0.05, any_load=True)

    assert (often.result, seldom.result) == ("not judged", "passed")
    assert often.notes[-1].endswith("too uncertain to judge.")


def test_a_baseline_with_which_nothing_can_be_compared_fails_the_gate() -> None:
    found = gate.changes(_results({AS_IS: 1.0}), _results({AS_IS: 1.0, ITS_TWIN: 1.001, "bare": 0.1}), tolerance=0.05)

    assert [one.result for one in found] == ["not judged", "not judged", "failed"]
    assert found[-1].request == gate.BASELINE


def test_a_request_that_is_no_longer_measured_fails_the_gate() -> None:
    before = _results({AS_IS: 1.0, "bare": 0.1})
    now = json.loads(json.dumps(before.requests[:0]))

    found = gate.changes(before, Results(requests=now), tolerance=0.05)

    assert all("It is not measured now." in one.failures[0] for one in found)


def test_what_the_project_answers_otherwise_by_now_is_no_difference_and_another_field_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A clock in a page moves each minute, long after the first answers were compared."""
    now = {"clock": 1, "price": 5}
    headers = {"content-type": "application/json"}
    answered = [200]
    started: list[str] = []
    time_: Any = SimpleNamespace(s=0.0, monotonic=lambda: time_.s)

    def fetch(*_asked: Any) -> dict[str, Answer]:
        return {"a": Answer(status=answered[0], headers=headers, body=dict(now), json=True)}

    def start(_target: Any, names: Sequence[str], *_place: Any) -> dict[str, Any]:
        started.extend(names)
        time_.s += 2.0
        return dict.fromkeys(names, server)

    server: Any = object.__new__(ServerProcess)
    monkeypatch.setattr(ServerProcess, "host", "h", raising=False)
    monkeypatch.setattr(ServerProcess, "port", 1, raising=False)
    monkeypatch.setattr(parity, "fetch", fetch)
    monkeypatch.setattr(parity, "_started", start)
    monkeypatch.setattr(parity, "time", time_)
    request = ProjectRequest(name="a", path="/a")
    target: Any = None
    recorded = Answer(status=200, headers=headers, body=dict(now), json=True)
    witness = parity.Witness(target=target, headers={}, folder=tmp_path, requests=[request], answers={"a": recorded})
    expected = answers.Recorded(status=200, judge=partial(witness.difference, request, frozenset()))
    body = partial(json.dumps, separators=(",", ":"))

    def told(after_s: float, status: int = 200, **fields: int) -> str | None:
        time_.s += after_s
        return expected.difference(Reply(status=status, headers=headers, body=body({**now, **fields}).encode()))

    assert told(9) is None
    assert not started, "nothing was in doubt"
    now["clock"] = 2
    assert told(9) is None
    assert witness.moved == {"a": {"$.clock"}}
    assert told(0.5, price=6) == "$.price: 6 instead of 5"
    assert len(started) == 1, "it was asked a moment ago"
    assert told(1, price=6) == "$.price: 6 instead of 5"
    assert len(started) == 2
    assert told(30, price=7) == "$.price: 7 instead of 5"
    assert len(started) == 2, "a change that goes wrong again and again takes a twentieth of the time"
    assert told(0, other=1) == '$ (keys): with ["other"]'
    assert len(started) == 3, "another place may be a clock"
    answered[0] = 500
    assert told(40, price=6) == "$.price: 6 instead of 5"
    assert started == [AS_IS] * 4
    assert str(told(9, status=500)).startswith("status")
    assert len(started) == 4, "another status is no clock"


class Screen:
    """What a person reads who looks at no terminal."""

    terminal = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, text: str = "", *, end: str = "\n") -> None:
        self.lines.append(text)


def _session(place: Path) -> tuple[session.Session, Screen]:
    screen = Screen()
    project = Project(settings="s", root=Path(), applications={"wsgi": "m:a"}, path=[])
    file = RequestFile(requests=[])
    return session.Session(project=project, file=file, options=Options(), place=place, screen=screen), screen


@pytest.mark.parametrize(("share", "told"), [(0.01, False), (0.9, True)])
def test_the_plan_says_that_other_programs_make_it_longer(share: float, told: bool, tmp_path: Path) -> None:
    trying, screen = _session(tmp_path)
    trying.results.facts = {"busy": {"other": share * (os.cpu_count() or 1)}}
    answers: Any = SimpleNamespace(seconds={"a": 0.01}, start_s=1.0)
    right: Any = SimpleNamespace(requests=[ProjectRequest(name="a", path="/a")], answers=answers)

    trying.plan(
        [("The answer", Stage(variants=1, rounds=1, options=QUICK, costs={"a": 1.0}))], ["Left out."], right=right
    )

    assert screen.lines[0].startswith("1 requests, 3 starts of a server: about ")
    assert screen.lines[-1] == "Left out."
    assert ("Other programs use 90% of this machine's processors now: other." in "".join(screen.lines)) is told


def test_the_plan_names_the_request_that_takes_most_of_its_time(tmp_path: Path) -> None:
    trying, screen = _session(tmp_path)
    seconds = {"waits": 1.0, "quick": 0.005, "also quick": 0.005}
    answers: Any = SimpleNamespace(seconds=seconds, start_s=1.0)
    right: Any = SimpleNamespace(requests=[ProjectRequest(name=one, path="/a") for one in seconds], answers=answers)
    stage = Stage(variants=5, rounds=1, options=QUICK, costs=seconds)

    trying.plan([("The answer", stage)], right=right)

    assert stage.shares_s(seconds)["waits"] == pytest.approx(7 * (8 * 1.0 + 0.02 + 0.06 + 0.1))
    assert [one for one in screen.lines if "of it" in one] == [
        "1 min 0 s of it go to waits, because each answer takes 1.0 s."
    ]


def test_how_many_changes_were_compared_is_said_now_and_then(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock: Any = SimpleNamespace(s=0.0, monotonic=lambda: clock.s)

    def check(_target: Any, names: Sequence[str], *_known: Any) -> Any:
        for name in names:
            clock.s += session.SAID_S * 0.6
            yield name, parity.Checked()

    monkeypatch.setattr(session, "time", clock)
    monkeypatch.setattr(parity, "check", check)
    trying, screen = _session(tmp_path)
    tried = [Tried(name=str(number), kind=Kind.SETTING, label="-", server="uvicorn") for number in range(6)]
    right: Any = SimpleNamespace(requests=[], answers=None, witness=None)

    assert [*trying.check(tried, right)] == ["0", "1", "2", "3", "4", "5"]
    assert screen.lines == ["Compared the answers of 2 of 6.", "Compared the answers of 4 of 6."]


def test_a_try_without_a_valid_figure_of_the_project_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = importlib.import_module("perfcompare.project.commands.try")
    measured = [replace(one, cpu_us=None, trouble="It timed out.") for one in _results({AS_IS: 1.0}).trials]

    def run(trying: session.Session) -> None:
        trying.place.mkdir(parents=True)
        trying.results = _results({AS_IS: 1.0})
        trying.results.trials = measured

    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path))
    monkeypatch.setattr(command, "read", lambda _file: RequestFile(requests=[]))
    monkeypatch.setattr(
        command, "current", lambda *_named: Project(settings="s", root=tmp_path, applications={}, path=[])
    )
    monkeypatch.setattr(session, "run", run)
    parser, screen = ArgumentParser(), Screen()
    command.arguments(parser)

    with pytest.raises(PerfcompareError, match="No request has a valid figure of the project as it is") as failed:
        command.run(parser.parse_args([]), screen)

    assert failed.value.exit_code == 1
    assert "Nothing is known yet: no request has a valid figure" in "".join(screen.lines)
    [page] = tmp_path.glob("try/*/index.html")
    assert "It timed out." in page.read_text()
    measured[:] = _results({AS_IS: 1.0}).trials
    command.run(parser.parse_args([]), screen)
