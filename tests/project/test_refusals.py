from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from perfcompare.core.http import Reply
from perfcompare.project.refusals import Printed, said

HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html>\n<html lang=en><title>Server Error</title>"
CHAIN = """\
Traceback (most recent call last):
  File "prices.py", line 3, in price
KeyError: 'price'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "views.py", line 9, in get

shop.errors.PriceError: no price
of this product
10.0.0.1 - - "GET /"
"""


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason"),
    [
        (500, HTML, PAGE, "500: Internal Server Error"),
        (404, HTML, PAGE, "404: Not Found"),
        (599, HTML, PAGE, "599"),
        (403, {}, b'{"detail":\n "no"}', '403: {"detail": "no"}'),
        (302, {"location": "/login/?next=/a", **HTML}, PAGE, "302: /login/"),
    ],
)
def test_a_page_for_people_says_its_status_and_another_answer_itself(
    tmp_path: Path, status: int, headers: Mapping[str, str], body: bytes, reason: str
) -> None:
    assert said(Reply(status=status, headers=headers, body=body), Printed.after(tmp_path / "log")) == reason


def test_a_fault_is_the_exception_that_was_printed_since_then(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Traceback (most recent call last):\nOldError: before\n")
    printed = Printed.after(log)
    fault, missing = (Reply(status=status, headers=HTML, body=PAGE) for status in (500, 404))
    assert said(fault, printed) == "500: Internal Server Error"
    log.write_text(log.read_text() + CHAIN)
    assert said(fault, printed) == "500: shop.errors.PriceError: no price"
    assert said(missing, printed) == "404: Not Found"
