"""Generators that install without root beside wrk: `python -m tests.perfcompare.generators.pip_generators --help`.

Loads servers of this project with each generator that it is given the path of, and with Locust, and prints the median
of each figure and the interval of its ratio to wrk's of the same round. In turns: what an answer costs generator and
server, asked of the kernel in the middle of each load. Together: all load one server at the same time, over a few
connections each, so that they meet the same machine and their rates and latencies must be the same. `wrk again` says
how far two figures of one generator agree. docs/generators.md says what was found.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from perfcompare.core.generator import Generator, Latency, Load, LoadResult
from perfcompare.core.statistics import MIN_ROUNDS, ratio_interval
from perfcompare.generators import _traffic, locust, wrk
from perfcompare.runner import pinning, procfs
from perfcompare.runner.generating import begun, generate, launched, result_of, stop
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.timeline import Timeline
from perfcompare.services import environment
from tests.locustfiles.sending_cost import FAST
from tests.serving import serve

SERVERS: Final = ("floor/uvicorn", "drf/gunicorn_gthread")
"""One that answers as soon as Python can, and one that a framework's work slows down."""
SCENARIO: Final = "simple"
AGAIN: Final = "wrk again"
"""What this is compared with says how far the machine lets two figures agree."""
WARMUP_S: Final = 1.0
EDGE: Final = 0.2
"""The share of the load's seconds that is left out at each end, where a connection opens or a process ends."""
STEP_S: Final = 0.05
FEW: Final = 4
"""Connections of each generator when they load together; the others are the background's, whose end no figure feels."""
SLOW: Final = ("Locust", "FastHttpUser")
"""They need seconds to start: together with others they begin first, with a warm-up that is longer by AHEAD_S."""
AHEAD_S: Final = 0.5
CONNECTED_S: Final = 30.0

Figures = dict[str, float]
"""Of one load by one generator, by their names."""


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(words)
    generators = dict(_generators(options))
    place = pinning.place(1)
    os.sched_setaffinity(0, place.rest or os.sched_getaffinity(0))  # generators, sampler and services inherit it
    _say(f"{options.rounds} rounds of {options.seconds:g} s, {options.connections} connections. {place.describe()}")
    measure = _together if options.together else _in_turns
    with ExitStack() as stack:
        stack.enter_context(environment.provided(os.environ))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for served in options.servers:
            name, kind = served.split("/")
            found: dict[str, list[Figures]] = {label: [] for label in generators}
            log = folder / f"{name}.log"
            with serve(name, kind, environ=dict(os.environ), log=log, cpus=place.server) as server:
                for number in range(options.rounds):
                    order = dict(list(generators.items())[:: -1 if number % 2 else 1])
                    for label, figures in measure(order, server, folder / name / str(number), options, place.rest):
                        found[label].append(figures)
            _report(served, found)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrk", type=Path, help="the program wrk, which the others are compared with")
    parser.add_argument("--k9", type=Path, help="the program k9 of the package k9-load")
    parser.add_argument("--fast", action="store_true", help="Locust's FastHttpUser as well")
    parser.add_argument("--no-locust", action="store_true", help="not this project's Locust users")
    parser.add_argument(
        "--watch", action="append", default=[], metavar="LABEL=COMMAND",
        help="any other one, by what the kernel sees of it; {url}, {connections} and {seconds} are filled in",
    )  # fmt: skip
    parser.add_argument("--together", action="store_true", help="all at the same time instead of in turns")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--servers", nargs="+", default=SERVERS, metavar="STACK/SERVER")
    options = parser.parse_args(words)
    if options.rounds < MIN_ROUNDS:
        parser.error(f"{MIN_ROUNDS} rounds are the fewest that give an interval")
    if options.together and (not options.wrk or options.watch):
        parser.error("--together needs --wrk, and compares what generators tell: --watch does not fit")
    return options


def _generators(options: argparse.Namespace) -> Iterator[tuple[str, Generator]]:
    if options.wrk:
        os.environ["PATH"] = f"{options.wrk.resolve().parent}{os.pathsep}{os.environ['PATH']}"
        yield "wrk", wrk.GENERATOR
    if options.k9:
        yield "k9-load", _outside("k9-load", str(options.k9.resolve()), _k9_command, _k9_result)
    if options.wrk:
        yield AGAIN, wrk.GENERATOR
    if not options.no_locust:
        yield "Locust", locust.GENERATOR
    if options.fast:
        yield "FastHttpUser", replace(locust.GENERATOR, label="FastHttpUser", command=_fast_command)
    for text in options.watch:
        label, _, command = text.partition("=")
        yield label, _outside(label, "", _watched(command), _watched_result)


def _outside(
    label: str,
    program: str,
    command: Callable[[Load, str], Sequence[str]],
    parse: Callable[[Load, str], LoadResult],
) -> Generator:
    return Generator(
        label=label,
        program=program,
        command=lambda load: command(load, program),
        parse=parse,
        installation="",
    )


def _in_turns(
    generators: Mapping[str, Generator],
    server: ServerProcess,
    folder: Path,
    options: argparse.Namespace,
    cpus: pinning.Cpus | None,
) -> Iterator[tuple[str, Figures]]:
    for label, generator in generators.items():
        load = _load(server, folder / label / "load", options, options.connections)
        result, sampler = generate(generator, load, server, services={}, cpus=cpus)
        span = _middle(sampler.requests, options.seconds)
        requests = sampler.requests.between(*span)
        generator_s, server_s = (sampler.trees[role].cpu.between(*span) for role in ("generator", "server"))
        yield (
            label,
            {
                "generator µs": generator_s / requests * 1e6,
                "generator's share of its processor": generator_s / (span[1] - span[0]),
                "server µs": server_s / requests * 1e6,
                **_told(generator, load, result),
            },
        )


def _together(
    generators: Mapping[str, Generator],
    server: ServerProcess,
    folder: Path,
    options: argparse.Namespace,
    _cpus: pinning.Cpus | None,
) -> Iterator[tuple[str, Figures]]:
    loads = {label: _load(server, folder / label / "load", options, FEW) for label in generators}
    processes = {}
    with ExitStack() as stack:
        connections = options.connections - FEW * len(generators)
        _background(stack, server, folder, connections, options)
        for group in (SLOW, ("wrk", AGAIN), tuple(generators)):  # each when those before are connected
            for label in [label for label in group if label in generators and label not in processes]:
                load = replace(loads[label], warmup_s=WARMUP_S + AHEAD_S) if label in SLOW else loads[label]
                processes[label] = begun(generators[label], load, folder / label / "output")
                stack.callback(stop, processes[label])
                connections += FEW
            _await(server, connections)
        for process in processes.values():
            process.wait()
    for label, generator in generators.items():
        result = result_of(generator, loads[label], processes[label], folder / label / "output")
        yield label, _told(generator, loads[label], result)


def _background(
    stack: ExitStack, server: ServerProcess, folder: Path, connections: int, options: argparse.Namespace
) -> None:
    """Load the server until the end of `stack`."""
    url = f"http://{server.host}:{server.port}{server.prefix}{SCENARIO}"
    argv = [str(options.wrk.resolve()), "-t1", f"-c{connections}", f"-d{CONNECTED_S + options.seconds:.0f}s", url]
    stack.callback(stop, launched(argv, folder / "background", folder))
    _await(server, connections)


def _await(server: ServerProcess, connections: int) -> None:
    """Return when the server has so many."""
    deadline = time.monotonic() + CONNECTED_S
    while procfs.server_connections(server.port)[0] < connections:
        if time.monotonic() > deadline:
            raise SystemExit(f"There are no {connections} connections after {CONNECTED_S:.0f} s.")
        time.sleep(STEP_S)


def _load(server: ServerProcess, folder: Path, options: argparse.Namespace, connections: int) -> Load:
    folder.mkdir(parents=True)
    return Load(
        host=server.host, port=server.port, prefix=server.prefix, scenario=SCENARIO,
        dataset_count=1000, dataset_seed=1, concurrency=connections, warmup_s=WARMUP_S,
        seconds=options.seconds, seed=1, folder=folder, check_rate=0.0,
    )  # fmt: skip


def _told(generator: Generator, load: Load, result: LoadResult) -> Figures:
    """What the generator itself says; nothing when it is only watched."""
    if result.errors:
        raise SystemExit(f"{generator.label}: {dict(result.failures)}")
    if result.latency is None:
        return {}
    rate = result.answers / (result.ended_s - result.started_s)
    return {
        "answers/s": rate,
        "mean ms": result.latency.mean_ms,
        "p50 ms": result.latency.p50_ms,
        "p99 ms": result.latency.p99_ms,
        "share of connections that wait": rate * result.latency.mean_ms / 1000 / load.concurrency,
    }


def _middle(requests: Timeline, seconds: float) -> tuple[float, float]:
    """The middle of the load, which lasted so long until no more requests came."""
    first, last = requests.within(0, float("inf"))
    total, ended = requests.at(last), last
    while requests.at(ended) >= total and ended - STEP_S > first:
        ended -= STEP_S
    return ended - (1 - EDGE) * seconds, ended - EDGE * seconds


def _k9_command(load: Load, program: str) -> Sequence[str]:
    """Two scenarios, as it cannot leave a warm-up out of one; thresholds, as it tells only of what they ask about."""
    rows = [{"path": load.prefix + exchange.request.path} for exchange in _traffic.cycle(load)]
    steady = {"executor": "constant-vus", "vus": load.concurrency, "gracefulStop": "0s", "exec": "main"}
    request = {
        "url": f"http://{load.host}:{load.port}{{{{cycle.path}}}}",
        "name": load.scenario,
        "checks": {"status": {"status": sorted(_traffic.statuses(load))}},
    }
    plan = {
        "options": {
            "userAgent": "",
            "summaryTrendStats": ["avg", "min", "med", "p(90)", "p(99)", "p(99.9)", "max", "count"],
            "scenarios": {
                "warmup": {**steady, "duration": f"{load.warmup_s}s"},
                "window": {**steady, "duration": f"{load.seconds}s", "startTime": f"{load.warmup_s}s"},
            },
            "thresholds": {
                "http_req_duration{scenario:window}": ["max>=0"],
                "checks{scenario:window}": ["rate>=0"],
                "data_received{scenario:window}": ["count>=0"],
            },
        },
        "feeders": {"cycle": {"rows": rows}},
        "flows": {"main": [{"request": request}]},
    }
    (load.folder / "plan.json").write_text(json.dumps(plan))
    return [program, "run", "--quiet", "--no-color", "--summary-export", "summary.json", "plan.json"]


def _k9_result(load: Load, _output: str) -> LoadResult:
    metrics: Any = json.loads((load.folder / "summary.json").read_text())["metrics"]
    times = metrics["http_req_duration{scenario:window}"]
    checks = metrics["checks{scenario:window}"]
    ended_s = time.monotonic()  # it does not say when the window was
    return LoadResult(
        started_s=ended_s - load.seconds,
        ended_s=ended_s,
        answers=checks["passes"],
        errors=checks["fails"],
        latency=Latency(
            mean_ms=times["avg"], min_ms=times["min"], p50_ms=times["med"], p90_ms=times["p(90)"],
            p99_ms=times["p(99)"], p999_ms=times["p(99.9)"], max_ms=times["max"],
        ),
        received_bytes=metrics["data_received{scenario:window}"]["count"],
        failures={"another status": checks["fails"]},
    )  # fmt: skip


def _fast_command(load: Load) -> Sequence[str]:
    file = load.folder / "fast.py"
    file.write_text(FAST.replace("/api/floor/simple", load.prefix + load.scenario))
    words = list(locust.command(load))
    words[words.index("--locustfile") + 1] = str(file)
    return words


def _watched(command: str) -> Callable[[Load, str], Sequence[str]]:
    def words(load: Load, _program: str) -> Sequence[str]:
        url = f"http://{load.host}:{load.port}{load.prefix}{load.scenario}"
        return shlex.split(command.format(url=url, connections=load.concurrency, seconds=f"{load.seconds:g}"))

    return words


def _watched_result(load: Load, _output: str) -> LoadResult:
    return LoadResult(started_s=0, ended_s=load.seconds, answers=0, errors=0, latency=None, received_bytes=0)


def _report(server: str, found: Mapping[str, Sequence[Figures]]) -> None:
    _say(f"\n{server}: median [least, most]; ratio to wrk with its 95 % interval")
    for label, rounds in found.items():
        _say(label)
        for name in rounds[0]:
            values = [figures[name] for figures in rounds]
            text = f"    {name}: {median(values):.5g} [{min(values):.5g}, {max(values):.5g}]"
            others = [figures[name] for figures in found.get("wrk", ()) if name in figures]
            ratio = (
                ratio_interval(list(zip(values, others, strict=True)), seed=1) if others and label != "wrk" else None
            )
            _say(text if ratio is None else f"{text}; {ratio.middle:.4f} [{ratio.low:.4f}, {ratio.high:.4f}]")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
