"""Listens to Locust and keeps a test's samples; writes the result when the test stops (`--result`)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import gevent
import locust
from locust.runners import MasterRunner, WorkerRunner

from locustfiles import _result, _session
from locustfiles._events import on
from locustfiles._options import Options
from locustfiles._recorder import Node, Sample, Samples, clock_offset, this_node
from locustfiles._result import Window

MESSAGE: Final = "perfcompare_samples"
TICK_S: Final = 1.0


class Recording:
    """One test as this process sees it."""

    def __init__(self, environment: Any, options: Options) -> None:
        self.environment = environment
        self.options = options
        self.samples = Samples()
        self.nodes: dict[str, Node] = {}
        self.users: list[tuple[float, int]] = []
        self.began_s = self.spawned_s = time.monotonic()
        self.began_at = datetime.now(UTC)
        self.ended_s: float | None = None
        self.counting = False
        """Whether all users have been there once: it is said again whenever a worker joins or goes."""
        self.complete = False
        """Whether the planned end was reached."""

    @property
    def runner(self) -> Any:
        """Locust's runner."""
        return self.environment.runner

    def heard_of(self, label: str, now_s: float, cpu_s: float, *, warned: bool) -> None:
        """Take a reading of a sending process."""
        node = self.nodes.setdefault(label, Node(label=label, first_heard_s=now_s))
        node.cpu.append((now_s, cpu_s))
        node.last_heard_s = now_s
        node.warned |= warned

    def observe(self) -> None:
        """Take this process's own readings."""
        now_s = time.monotonic()
        if not isinstance(self.runner, MasterRunner):
            self.heard_of(this_node(), now_s, time.process_time(), warned=self.runner.cpu_warning_emitted)
        if not isinstance(self.runner, WorkerRunner):
            self.users.append((now_s, self.runner.user_count))

    def window(self) -> Window:
        """What counts of the test so far."""
        asked = self.options
        start_s = self.spawned_s + asked.warmup_s
        end_s = self.ended_s or time.monotonic()
        return Window(start_s=start_s, end_s=min(end_s, start_s + asked.window_s) if asked.window_s else end_s)

    def content(self) -> dict[str, Any]:
        """The result as JSON."""
        window = self.window()
        options = self.options
        counted = [row for row in self.samples if window.start_s <= row.ended_s < window.end_s]
        is_open = options.rate is not None
        return {
            "schema_version": _result.SCHEMA_VERSION,
            "locust": locust.__version__,
            "began_at": self.began_at.isoformat(),
            "file": Path(self.environment.parsed_options.locustfile).stem,
            "host": options.host,
            "stacks": [target.stack for target in options.targets],
            "scenarios": list(options.scenarios),
            "seed": options.seed,
            "mode": "open" if is_open else "closed",
            "rate": options.rate,
            "due": round(options.rate * window.seconds) if options.rate else None,
            "users": max((count for _, count in self.users), default=0),
            "interrupted": not self.complete,
            "window": {"started_s": window.start_s, "ended_s": window.end_s, "seconds": window.seconds},
            "processes": [
                {"label": node.label, "cpu_share": _result.cpu_share(node, window)} for node in self.nodes.values()
            ],
            "warnings": _result.warnings(self.nodes.values(), counted, window),
            "total": _result.summary(counted, window, is_open=is_open),
            "names": _result.by_name(counted, window, is_open=is_open),
            "series": _result.series(counted, window, self.users),
            "targets": _result.by_stack(
                [target.stack for target in options.targets], counted, window, self.users, is_open=is_open
            ),
        }


_recordings: list[Recording] = []


def _recording() -> Recording | None:
    """The one of the latest test; None before the first, and when its options do not fit together."""
    return _recordings[0] if _recordings else None


@on("init")
def _listen(environment: Any, **_more: Any) -> None:
    # Locust sets the timer of --run-time next, from the time that the loop last knew: from before the imports.
    gevent.get_hub().loop.update_now()
    if isinstance(environment.runner, MasterRunner):
        environment.runner.register_message(MESSAGE, _absorb)
    environment.events.request.add_listener(_record)


@on("test_start")
def _begin(environment: Any, **_more: Any) -> None:
    session = _session.found()
    _recordings[:] = [Recording(environment, session.options)] if session else []
    for recording in _recordings:
        gevent.spawn(_tick, recording)


def _tick(recording: Recording) -> None:
    while recording.ended_s is None:
        recording.observe()
        if isinstance(recording.runner, WorkerRunner):
            _send(recording)
        gevent.sleep(TICK_S)


def _record(
    request_type: str,
    name: str,
    response_time: float | None,
    response_length: int,
    context: dict[str, Any],
    exception: Exception | None,
    **_more: Any,
) -> None:
    recording = _recording()
    if recording is None:
        return
    recording.samples.add(
        Sample(
            ended_s=context.get("ended_s") or time.monotonic(),  # a user class of somebody's own sets none
            latency_us=0.0 if response_time is None else response_time * 1000,
            late_us=context.get("late_ms", 0.0) * 1000,
            received=response_length,
            method=request_type,
            name=name,
            failure=None if exception is None else str(exception),
        )
    )


def _send(recording: Recording) -> None:
    """Pass on to the master what this worker has, and forget it."""
    samples, recording.samples = recording.samples, Samples()
    reading = recording.nodes[this_node()]
    message = {
        "label": reading.label,
        "offset": clock_offset(),
        "cpu": reading.cpu[-1],
        "warned": reading.warned,
        "samples": samples.packed(),
    }
    recording.runner.send_message(MESSAGE, message)


def _absorb(msg: Any, **_more: Any) -> None:
    """On the master: add what a worker sent, its times in this machine's."""
    recording, data = _recording(), msg.data
    if recording is None:
        return
    shift_s = data["offset"] - clock_offset()
    now_s, cpu_s = data["cpu"]
    recording.heard_of(data["label"], now_s + shift_s, cpu_s, warned=data["warned"])
    recording.samples.extend(Samples.unpacked(data["samples"]), shift_s=shift_s)


@on("spawning_complete")
def _count_from_now(**_more: Any) -> None:
    recording = _recording()
    if recording is None or recording.counting or isinstance(recording.runner, WorkerRunner):
        return
    if recording.environment.shape_class is not None:
        return  # it spawns all the time
    recording.counting = True
    recording.spawned_s = time.monotonic()
    if recording.options.window_s:
        gevent.spawn_later(recording.options.warmup_s + recording.options.window_s, _end, recording)


def _end(recording: Recording) -> None:
    """The window is over."""
    if recording.ended_s is None:
        recording.complete = True
        recording.runner.stop()
        recording.runner.quit()


@on("test_stopping")
def _note_end(**_more: Any) -> None:
    recording = _recording()
    if recording is not None and recording.ended_s is None:
        recording.ended_s = time.monotonic()
        recording.complete |= _planned_end_reached(recording, recording.ended_s - recording.began_s)


def _planned_end_reached(recording: Recording, elapsed_s: float) -> bool:
    """Whether nothing ended the test before its time; a test without a planned end ends when somebody says so."""
    shape = recording.environment.shape_class
    if shape is not None:
        return bool(shape.ended)
    if recording.options.window_s:
        return False  # `_end` knows
    run_time = recording.environment.parsed_options.run_time
    return not run_time or elapsed_s >= run_time - TICK_S


@on("test_stop")
def _finish(**_more: Any) -> None:
    recording = _recording()
    if recording is None:
        return
    recording.observe()
    if isinstance(recording.runner, WorkerRunner):
        _send(recording)
    else:
        _store(recording)


@on("quit")
def _store_again(**_more: Any) -> None:
    """A master that quits hears of its workers' last samples only after its own test has stopped."""
    recording = _recording()
    if recording is not None and isinstance(recording.runner, MasterRunner):
        _store(recording)


def _store(recording: Recording) -> None:
    if recording.options.result:
        _result.write(Path(recording.options.result), recording.content(), recording.samples)
