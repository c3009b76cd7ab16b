from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.generator import Load, LoadResult
from perfcompare.core.http import ANYTHING, Expected
from perfcompare.generators import _bodies, _wrk_result
from perfcompare.generators.wrk import GENERATOR
from perfcompare.runner import generation
from tests.perfcompare.generators.conftest import HELLO, Site, load, serving

STUB = f"""#!{sys.executable}
# Stands in for wrk where it is not installed: sends one request after another, and writes what _wrk.lua writes.
import http.client, json, pathlib, sys, time; from collections import Counter
words = sys.argv[1:]
folder, kind, every, right = words[words.index("--") + 1:]
folder, right = pathlib.Path(folder), {{int(status) for status in right.split(",")}}
source = sys.stdin.buffer if kind == "stream" else (folder / "requests").open("rb")
url = words[words.index("--") - 1]
connection = http.client.HTTPConnection(url.split("/")[2], timeout=5)
began, answered, wrong, latencies, total = time.monotonic(), 0, {{}}, [], 0
with (folder / "bodies").open("wb") as bodies:
    while time.monotonic() < began + 1:
        line = source.readline()
        if not line:
            source.seek(0)
            continue
        head, _, body = source.read(int(line)).partition(b"\\r\\n\\r\\n")
        first, *headers = head.decode().split("\\r\\n")
        sent = time.monotonic()
        connection.request(*first.split()[:2], body, dict(one.split(": ") for one in headers[1:]))
        reply = connection.getresponse()
        content = reply.read()
        latencies.append(round((time.monotonic() - sent) * 1e6))
        total += len(content)
        if reply.status not in right:
            wrong[reply.status] = wrong.get(reply.status, 0) + 1
            continue
        if int(every) and answered % int(every) == 0 and answered < 200 * int(every):
            bodies.write(b"%d\\n%s" % (len(content), content))
        answered += 1
lines = [f"started_s {{began}}", f"duration {{(time.monotonic() - began) * 1e6:.0f}}", f"requests {{len(latencies)}}",
         f"bytes {{total}}", *(f"error {{name}} 0" for name in ("connect", "read", "write", "status", "timeout")),
         *(f"status {{status}} {{count}}" for status, count in wrong.items()), f"sent {{len(latencies)}}",
         f"answered {{answered}}", *(f"latency {{a}} {{b}}" for a, b in sorted(Counter(latencies).items())), "end"]
(folder / "result").write_text("\\n".join(lines) + "\\n")
"""
RECORDED = {
    "started_s": "1061.274101", "duration": "2000841", "requests": "4", "bytes": "700", "error connect": "0",
    "error read": "0", "error write": "0", "error status": "0", "error timeout": "0", "sent": "6", "answered": "4",
    "latency 900": "1", "latency 1000": "2", "latency 1400": "1",
}  # fmt: skip
"""What the script writes, by what stands before the last word of a line; the histogram is as it was measured."""
REAL = [found] if (found := shutil.which("wrk")) else []


@pytest.fixture(params=["stub", *REAL])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with the program `wrk` to be found first: the stand-in, and the real one where it is installed."""
    place = tmp_path / "bin"
    place.mkdir()
    if request.param == "stub":
        (place / "wrk").write_text(STUB)
        (place / "wrk").chmod(0o755)
    else:
        (place / "wrk").symlink_to(request.param)
    return place


def run(program: Path, asked: Load) -> LoadResult:
    """What a run of the generator gives."""
    environ = {**os.environ, "PYTHONPATH": str(env.ROOT), "PATH": f"{program}:{os.environ['PATH']}"}
    done = subprocess.run(list(GENERATOR.command(asked)), env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return GENERATOR.parse(asked, done.stdout)


def recorded(folder: Path, **changes: str) -> Load:
    """A load whose folder holds a recorded result, with these lines changed."""
    lines = {**RECORDED, **{name.replace("_", " ") if " " not in name else name: v for name, v in changes.items()}}
    lines["started_s"] = RECORDED["started_s"]
    (folder / "result").write_text("\n".join([*(f"{name} {value}" for name, value in lines.items()), "end\n"]))
    body = json.dumps(HELLO).encode()
    (folder / "bodies").write_bytes(b"%d\n%s" % (len(body), body))
    (folder / "fed").write_text("0")
    return load(folder, 1)


def test_right_answers_are_counted_and_timed(program: Path, folder: Path) -> None:
    before = time.monotonic()
    with serving(Site()) as site:
        found = run(program, load(folder, site.port))

    assert before < found.started_s < found.ended_s < time.monotonic()
    assert 0.9 < found.ended_s - found.started_s < 1.5
    assert found.answers > 10
    assert found.errors == 0
    assert found.latency is not None
    assert 0 < found.latency.min_ms <= found.latency.p50_ms <= found.latency.p99_ms <= found.latency.max_ms


def test_the_warm_up_is_no_part_of_the_window(program: Path, folder: Path) -> None:
    with serving(Site()) as site:
        found = run(program, load(folder, site.port, warmup_s=1.0))

    assert len(site.asked) > found.answers * 1.2


def test_a_wrong_status_is_an_error_and_spoils_the_latency(program: Path, folder: Path) -> None:
    with serving(Site(answer=lambda n, _body: (500, {"detail": "oops"}) if n % 10 == 0 else (200, HELLO))) as site:
        found = run(program, load(folder, site.port))

    assert found.failures == {"status 500": found.errors}
    assert 0 < found.errors < found.answers
    assert found.latency is None


def test_another_2xx_than_the_contracts_is_an_error(program: Path, folder: Path) -> None:
    with serving(Site(answer=lambda _n, _body: (201, HELLO))) as site:
        found = run(program, load(folder, site.port))

    assert found.answers == 0
    assert set(found.failures) == {"status 201"}


def test_a_wrong_body_in_the_sample_is_an_error(program: Path, folder: Path) -> None:
    with serving(Site(answer=lambda n, _body: (200, {**HELLO, "status": "bad"} if n == 5 else HELLO))) as site:
        found = run(program, load(folder, site.port, check_rate=1.0))

    assert found.errors == 1
    assert "another body than the contract's" in next(iter(found.failures))
    assert found.latency is None


def test_requests_that_write_are_all_different_and_their_answers_are_checked(program: Path, folder: Path) -> None:
    def create(number: int, body: bytes) -> tuple[int, object]:
        return 201, {"id": number, **json.loads(body)}

    with serving(Site(answer=create)) as site:
        found = run(program, load(folder, site.port, scenario="user_create", warmup_s=1.0, check_rate=1.0))

    assert found.errors == 0
    assert found.answers > 5
    assert Counter(site.asked).most_common(1)[0][1] == 1


def test_its_own_guesses_are_taken_out_of_the_histogram() -> None:
    """Against wrk's correction as its source has it (stats_correct in stats.c), on random histograms."""
    random = Random(4)
    for _ in range(50):
        measured = Counter(min(3000, int(random.paretovariate(1.2) * 100)) for _ in range(300))
        asked = replace(load(Path(), 1), concurrency=random.randint(1, 20))
        numbers = {"requests": 300.0, "duration": float(random.randint(20_000, 400_000))}
        interval = int(numbers["duration"]) // (300 // asked.concurrency)
        corrected = Counter(measured)
        for value in range(2 * interval, max(measured) + 1):
            for step in range(value - interval, interval, -interval):
                corrected[step] += corrected[value]

        assert +Counter(_wrk_result._measured(dict(corrected), asked, numbers)) == measured


def test_a_recorded_result_is_read(folder: Path) -> None:
    found = GENERATOR.parse(recorded(folder), "")

    assert (found.answers, found.errors, found.received_bytes) == (4, 0, 700)
    assert found.ended_s - found.started_s == pytest.approx(2.000841)
    assert found.latency is not None
    assert (found.latency.p50_ms, found.latency.max_ms, found.latency.mean_ms) == (1.0, 1.4, 1.075)


def test_late_answers_are_errors_and_no_latency(folder: Path) -> None:
    found = GENERATOR.parse(recorded(folder, **{"error timeout": "1", "latency 1000": "1"}), "")

    assert (found.answers, found.errors) == (3, 1)
    assert found.failures == {"no answer in time": 1}
    assert found.latency is not None


def test_connections_that_close_without_an_answer_are_errors(folder: Path) -> None:
    found = GENERATOR.parse(recorded(folder, sent="20"), "")

    assert found.failures == {"closed without an answer": 14}  # of the 16 unanswered 2 may be under way


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latency 900": "5"}, "does not hold the latencies of its 4 answers"),
        ({"unknown": "layout"}, "keeps its histogram in another form"),
    ],
)
def test_a_histogram_that_is_not_understood_gives_no_figure(folder: Path, change: dict[str, str], message: str) -> None:
    with pytest.raises(_wrk_result.ResultError, match=message):
        GENERATOR.parse(recorded(folder, **change), "")


def test_a_result_that_is_cut_off_gives_no_figure(folder: Path) -> None:
    asked = recorded(folder)
    file = folder / "result"
    file.write_text(file.read_text().removesuffix("end\n"))

    with pytest.raises(_wrk_result.ResultError, match="cut off"):
        GENERATOR.parse(asked, "")


def test_no_result_gives_no_figure(folder: Path) -> None:
    with pytest.raises(_wrk_result.ResultError, match="left no result"):
        GENERATOR.parse(load(folder, 1), "")


@pytest.mark.parametrize("change", [{"rate": 10.0}, {"processes": 2}])
def test_what_it_does_not_offer_is_refused(folder: Path, change: dict[str, float]) -> None:
    assert GENERATOR.modes == {"closed"}
    with pytest.raises(UsageError, match="use the generator locust"):
        GENERATOR.command(load(folder, 1, **change))


def test_without_wrk_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentProblem, match="apt install wrk"):
        generation.find(GENERATOR)


def test_the_order_of_keys_and_spaces_do_not_make_a_body_wrong() -> None:
    expected = [Expected(json={"id": ANYTHING, "name": name}) for name in ("a", "b")]
    bodies = [b'{"name":"b" , "id": 5}', b'{"id": 1, "name": "c"}', b'{"name": "a"}', b"junk", b"[]"]

    assert list(_bodies.wrong(bodies, expected)) == bodies[1:]


def test_a_number_is_not_its_fraction_and_true_is_not_one() -> None:
    assert list(_bodies.wrong([b'{"a": 1.0}', b'{"a": true}'], [Expected(json={"a": 1})])) != []
