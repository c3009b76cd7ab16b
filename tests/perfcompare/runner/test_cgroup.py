"""Folders of control groups as the kernel shows them, in version 1, in version 2, and seen from a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from perfcompare.runner import cgroup
from perfcompare.runner.cgroup import Throttling

Made = Callable[[str, str, Mapping[str, str]], Path]
V2 = "30 24 0:26 {root} {top} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
V1 = "\n".join(
    [
        "33 24 0:28 {root} {top}/cpu rw,nosuid shared:9 - cgroup cgroup rw,cpu",
        "34 24 0:29 {root} {top}/cpuacct rw,nosuid - cgroup cgroup rw,cpuacct",
        "35 24 0:30 / {top}/memory rw - cgroup cgroup rw,memory",
    ]
)
BOTH = "33 24 0:28 {root} {top}/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"
STAT_2 = "usage_usec 2500000\nuser_usec 1\nnr_periods 100\nnr_throttled 44\nthrottled_usec 1500000\n"
STAT_1 = "nr_periods 100\nnr_throttled 44\nthrottled_time 1500000000\n"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """The folder of a process in /proc, with the mounts and groups given and the files below its top."""

    def make(mounts: str, groups: str, files: Mapping[str, str]) -> Path:
        proc, top = tmp_path / "proc", tmp_path / "top"
        proc.mkdir()
        (proc / "mountinfo").write_text(f"24 1 0:20 / / rw - ext4 /dev/sda1 rw\n{mounts.replace('{top}', str(top))}\n")
        (proc / "cgroup").write_text(groups)
        for name, content in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(content)
        return proc

    return make


def test_version_2(made: Made) -> None:
    proc = made(
        V2.format(root="/", top="{top}"), "0::/a/b\n", {"a/b/cpu.max": "150000 100000\n", "a/b/cpu.stat": STAT_2}
    )

    assert cgroup.quota(proc) == 1.5
    assert cgroup.throttled(proc) == Throttling(periods=100, throttled=44, seconds=1.5)


@pytest.mark.parametrize(("mounts", "cpu"), [(V1, "cpu"), (BOTH, "cpu,cpuacct")])
def test_version_1(made: Made, mounts: str, cpu: str) -> None:
    groups = "5:memory:/m\n2:cpuacct:/a\n1:cpu:/a\n0::/\n" if mounts == V1 else "2:cpu,cpuacct:/a\n"
    files = {
        f"{cpu}/a/cpu.cfs_quota_us": "50000\n",
        f"{cpu}/a/cpu.cfs_period_us": "100000\n",
        f"{cpu}/a/cpu.stat": STAT_1,
    }
    proc = made(mounts.format(root="/", top="{top}"), groups, files)

    assert cgroup.quota(proc) == 0.5
    assert cgroup.throttled(proc) == Throttling(periods=100, throttled=44, seconds=1.5)


def test_the_least_of_all_above_counts_and_they_are_added_up(made: Made) -> None:
    files = {
        "a/cpu.max": "80000 100000",
        "a/cpu.stat": STAT_2,
        "a/b/cpu.max": "max 100000",
        "a/b/cpu.stat": "usage_usec 7000000\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0",
        "a/b/c/cpu.max": "200000 100000",
        "a/b/c/cpu.stat": "usage_usec 1000000\nnr_periods 10\nnr_throttled 1\nthrottled_usec 500000",
    }
    proc = made(V2.format(root="/", top="{top}"), "0::/a/b/c\n", files)

    assert cgroup.quota(proc) == 0.8
    assert cgroup.throttled(proc) == Throttling(periods=110, throttled=45, seconds=2.0)


@pytest.mark.parametrize(
    ("root", "path"),
    [
        ("/", "/"),  # a container with a namespace of its own
        ("/docker/abc", "/docker/abc"),  # one without
        ("/", "/../other"),  # a process outside of the namespace
        ("/docker/abc", "/elsewhere"),
    ],
)
def test_the_top_of_what_is_to_be_seen_is_the_group_of_a_container(made: Made, root: str, path: str) -> None:
    proc = made(V2.format(root=root, top="{top}"), f"0::{path}\n", {"cpu.max": "50000 100000", "cpu.stat": STAT_2})

    assert cgroup.quota(proc) == 0.5
    assert cgroup.throttled(proc) == Throttling(periods=100, throttled=44, seconds=1.5)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cpu.max": "max 100000", "cpu.stat": "usage_usec 1"},
        {"cpu.max": "", "cpu.stat": ""},
        {"cpu.max": "nonsense", "cpu.stat": "nr_throttled many"},
        {"cpu.max": "1 0"},
        {"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"},
        {"cpu.cfs_quota_us": "50000"},
    ],
    ids=str,
)
def test_what_is_not_there_limits_nothing(made: Made, files: Mapping[str, str]) -> None:
    proc = made(V2.format(root="/", top="{top}"), "0::/\n", files)

    assert cgroup.quota(proc) is None
    assert cgroup.throttled(proc) is None


def test_without_control_groups_nothing_is_known(tmp_path: Path) -> None:
    assert (cgroup.quota(tmp_path), cgroup.throttled(tmp_path)) == (None, None)
    assert cgroup.throttled_s(tmp_path) == 0.0


def test_a_folder_with_a_blank_in_its_name(made: Made, tmp_path: Path) -> None:
    (tmp_path / "with blank").mkdir()
    (tmp_path / "with blank" / "cpu.max").write_text("50000 100000")
    proc = made(f"30 24 0:26 / {tmp_path}/with\\040blank rw - cgroup2 cgroup2 rw", "0::/\n", {})

    assert cgroup.quota(proc) == 0.5
