from __future__ import annotations

from perfcompare.levers.native_async import LEVER


def test_its_label_does_not_leave_out_that_it_writes_too() -> None:
    assert LEVER.label == "native asynchronous ORM"
