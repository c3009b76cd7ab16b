"""Full collections, charged to the requests that bring them nearer."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from perfcompare.runner.collector import Collections, read


def test_the_processes_of_a_server_are_added_up(tmp_path: Path) -> None:
    (tmp_path / "17").write_bytes(struct.pack("=2q", 100, 40_000_000))
    (tmp_path / "18").write_bytes(struct.pack("=2q", 20, 0))

    assert read(tmp_path) == Collections(younger=120, full_ns=40_000_000)


def test_a_file_that_has_just_been_made_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "17").touch()

    assert read(tmp_path) == Collections()


@pytest.mark.parametrize("full_ns", [0, 50, 100])
def test_the_charge_does_not_depend_on_how_many_full_collections_a_window_has(full_ns: int) -> None:
    known = Collections(younger=1000, full_ns=500)

    assert Collections(younger=60, full_ns=full_ns).charged(known) == 30


def test_what_all_windows_are_charged_is_what_full_collections_cost() -> None:
    windows = [Collections(30, 0), Collections(70, 50), Collections(45, 0), Collections(55, 50)]

    known = sum(windows, Collections())

    assert sum(window.charged(known) for window in windows) == pytest.approx(100)


def test_where_no_younger_collection_is_known_full_ones_count_where_they_came() -> None:
    assert Collections(younger=0, full_ns=50).charged(Collections(younger=0, full_ns=50)) == 50


def test_what_came_between_two_readings_is_their_difference() -> None:
    assert Collections(7, 90) - Collections(5, 40) == Collections(2, 50)
