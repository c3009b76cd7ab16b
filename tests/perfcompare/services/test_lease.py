"""The life time of the embedded services: shared, counted, and ended with their last user however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import locations
from perfcompare.services.lease import Lease
from tests.waiting import until

from .conftest import is_gone, keeper, keeper_has_ended, pid_of

ROOT = Path(__file__).resolve().parents[3]
USER = """
import subprocess, sys, time
from perfcompare.services.lease import Lease
lease = Lease()
lease.ask("redis")
{then}
print("holding", flush=True)
time.sleep(60)
"""


@contextmanager
def user(then: str = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lease with Redis running."""
    with subprocess.Popen(
        [sys.executable, "-c", USER.format(then=then)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("holding")
        yield process
        process.kill()


@pytest.mark.usefixtures("state")
def test_the_last_user_stops_everything() -> None:
    with Lease() as lease:
        lease.ask("redis")
        lease.ask("upstream")
        pids = [keeper().pid, pid_of("redis"), pid_of("upstream")]
        assert not any(is_gone(pid) for pid in pids)

    until(lambda: all(map(is_gone, pids)), 5)


@pytest.mark.usefixtures("state")
def test_close_returns_when_the_services_are_gone() -> None:
    with Lease() as lease:
        lease.ask("redis")
        pid = pid_of("redis")

    assert is_gone(pid)


@pytest.mark.usefixtures("state")
def test_only_what_is_asked_for_is_started() -> None:
    with Lease() as lease:
        lease.ask("redis")
        children = [process.name() for process in keeper().children()]

    assert children == ["redis-server"]


@pytest.mark.usefixtures("state")
def test_a_second_user_shares_the_server() -> None:
    with Lease() as first, Lease() as second:
        url = first.ask("redis")
        pid = pid_of("redis")
        assert second.ask("redis") == url
        assert pid_of("redis") == pid

        first.close()
        assert redis.Redis.from_url(url).ping()
        assert pid_of("redis") == pid


@pytest.mark.usefixtures("state")
def test_many_users_at_once_start_one_keeper() -> None:
    argv = [sys.executable, "-c", USER.format(then="print('holding', flush=True); sys.stdin.read(); sys.exit()")]
    users = [
        subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    try:
        for process in users:
            assert process.stdout is not None
            assert process.stdout.readline() == "holding\n"
        keepers = [
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if "perfcompare.services.keeper" in (process.info["cmdline"] or [])
            and (process.info["environ"] or {}).get("PERFCOMPARE_STATE") == str(locations.services_folder().parent)
        ]
        assert [process.pid for process in keepers] == [keeper().pid]
    finally:
        for process in users:
            process.communicate()


@pytest.mark.usefixtures("state")
def test_a_killed_user_frees_its_lease() -> None:
    with user() as process:
        pids = [keeper().pid, pid_of("redis")]
        process.kill()
        process.wait()

        until(lambda: all(map(is_gone, pids)), 2)


@pytest.mark.usefixtures("state")
def test_a_program_started_by_a_user_holds_no_lease() -> None:
    with user(then="subprocess.Popen(['sleep', '30'], close_fds=False)") as process:
        (child,) = psutil.Process(process.pid).children()
        process.kill()
        process.wait()
        try:
            until(keeper_has_ended, 2)
            assert child.is_running()
        finally:
            child.kill()


@pytest.mark.usefixtures("state")
def test_a_forked_child_holds_no_lease() -> None:
    with Lease() as lease:
        lease.ask("redis")
        pid = pid_of("redis")
        child = os.fork()
        if child == 0:
            signal.pause()
        try:
            lease.close()
            assert is_gone(pid)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_keeper_told_to_end_stops_its_services(signum: signal.Signals) -> None:
    with Lease() as lease:
        lease.ask("redis")
        pid = pid_of("redis")
        keeper().send_signal(signum)

        until(lambda: is_gone(pid), 5)


@pytest.mark.usefixtures("state")
def test_a_killed_keeper_is_replaced_and_what_it_left_is_stopped() -> None:
    with Lease() as lease:
        url = lease.ask("redis")
        pid = pid_of("redis")
        keeper().kill()
        with Lease() as second:
            assert second.ask("redis") == url
            assert redis.Redis.from_url(url).ping()
            assert is_gone(pid)
            assert pid_of("redis") != pid


@pytest.mark.usefixtures("state")
def test_a_server_that_died_is_started_again_on_demand() -> None:
    with Lease() as lease:
        url = lease.ask("redis")
        pid = pid_of("redis")
        os.kill(pid, signal.SIGKILL)

        # The kernel tells the keeper only when the last thread has ended, after the first one is seen to be gone.
        until(lambda: lease.ask("redis") == url and pid_of("redis") != pid, 5)
        assert is_gone(pid)
        assert redis.Redis.from_url(url).ping()


@pytest.mark.usefixtures("state")
def test_a_keeper_that_cannot_start_says_why() -> None:
    locations.keeper_socket().mkdir(parents=True)  # nothing can listen there

    with pytest.raises(EnvironmentProblem, match=r"The keeper cannot be started(.|\n)*keeper.sock"):
        Lease()


def test_a_state_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", "/proc/perfcompare")

    with pytest.raises(EnvironmentProblem, match="PERFCOMPARE_STATE"):
        Lease()


def test_a_long_state_folder_works_through_a_short_socket_folder(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFCOMPARE_STATE", str(state / ("long" * 30)))
    with Lease() as lease:
        url = lease.ask("redis")
        assert redis.Redis.from_url(url).ping()
    assert len(str(locations.redis_socket())) < 100
    for folder in (locations.redis_socket().parent, locations.sockets_folder()):
        folder.rmdir()
