from __future__ import annotations

import pytest

from perfcompare.report.data.kinds import Kind, kind
from perfcompare.targets.demonstration.catalog import CATALOG


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("fastapi", Kind.REFERENCE),
        ("floor", Kind.FLOOR),
        ("drf", Kind.PLAIN),
        ("drf_settings", Kind.SETTINGS),
        ("ninja_async_settings", Kind.SETTINGS),
        ("drf_tuned", Kind.TUNED),
        ("drf_tuned@1", Kind.STEP),
        ("drf_settings~twin", Kind.VARIANT),
        ("drf_settings~proxied", Kind.PRACTICE),
        ("nobody", Kind.OTHER),
    ],
)
def test_a_stack_is_told_by_what_it_changes(stack: str, expected: Kind) -> None:
    assert kind(CATALOG, stack) is expected
