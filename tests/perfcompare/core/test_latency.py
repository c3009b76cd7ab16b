from __future__ import annotations

from random import Random

import pytest

from perfcompare.core.latency import from_counts, from_samples, percentile


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile([1, 2, 3, 4], share) for share in (0, 0.25, 0.5, 0.51, 0.99, 1)] == [1, 1, 2, 3, 4, 4]


def test_the_999th_of_1000_is_the_99_9th_percentile() -> None:
    assert percentile(range(1, 1001), 0.999) == 999


def test_microseconds_become_milliseconds() -> None:
    latency = from_samples([1000.0, 3000.0])

    assert latency is not None
    assert (latency.mean_ms, latency.min_ms, latency.p50_ms, latency.p99_ms, latency.max_ms) == (2, 1, 1, 3, 3)


def test_counts_say_the_same_as_the_samples_they_count() -> None:
    random = Random(1)
    samples = [random.randint(100, 300) for _ in range(5000)]
    counts = {value: samples.count(value) for value in set(samples)}

    assert from_counts(counts) == from_samples(samples)


@pytest.mark.parametrize("latency", [from_samples([]), from_counts({}), from_counts({5: 0})])
def test_nothing_measured_is_no_latency(latency: object) -> None:
    assert latency is None
