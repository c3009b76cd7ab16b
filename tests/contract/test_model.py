"""The model that judges drawn requests says the same as the cases of the scenarios."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.http import Reply, Request
from perfcompare.core.scenario import Case
from perfcompare.registries import scenarios
from tests.contract.conftest import DATASET
from tests.contract.fuzzing.model import Model, wrong
from tests.contract.fuzzing.wire import PORT, RawRequest

MODEL: Final = Model(dataset=DATASET)
CASES: Final = [(name, case) for name in sorted(ENDPOINTS) for case in scenarios[name].cases(DATASET)]


def _raw(request: Request) -> RawRequest:
    headers = {"Host": f"127.0.0.1:{PORT}", **request.headers}
    return RawRequest(
        method=request.method,
        target=request.path,
        headers=tuple(headers.items()),
        body=request.body,
        framing="one chunk" if request.chunked else "length",
    )


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_it_agrees_with_every_case(name: str, case: Case) -> None:
    right = MODEL.right(_raw(case.request))

    assert case.expected in right


@pytest.mark.parametrize(
    ("status", "headers", "found"),
    [
        (200, {}, None),
        (200, {"location": "/"}, "a redirection to /"),
        (200, {"content-type": "application/jsonp"}, "content type 'application/jsonp'"),
        (200, {"retry-after": "1"}, "header retry-after: '1' with status 200"),
        (500, {}, 'status 500 instead of 200: \'{"message": "Hello World", "status": "success"}\''),
    ],
)
def test_a_reply_is_judged_by_status_and_headers(status: int, headers: dict[str, str], found: str | None) -> None:
    hello = _raw(Request(path="simple"))
    body = b'{"message": "Hello World", "status": "success"}'
    reply = Reply(status=status, headers={"content-type": "application/json", **headers}, body=body)

    assert wrong(hello, MODEL.right(hello), reply) == found


@pytest.mark.parametrize(("method", "path"), [("GET", "users"), ("DELETE", "users"), ("GET", "nothing-here")])
def test_django_may_refuse_very_many_parameters_whatever_is_asked(method: str, path: str) -> None:
    def statuses(parameters: int) -> set[int]:
        asked = Request(method=method, path=f"{path}?{'&'.join(['x=1'] * parameters)}")
        return {one.status for one in MODEL.right(_raw(asked))}

    assert statuses(1001) == {*statuses(1000), 400}
    assert 400 not in statuses(1000)


def test_what_follows_a_number_sign_is_no_parameter() -> None:
    (right,) = MODEL.right(_raw(Request(path="users?limit=1#&limit=x")))

    assert right == MODEL.right(_raw(Request(path="users?limit=1")))[0]


@pytest.mark.parametrize(("version", "framing", "allowed"), [("1.0", "length", True), ("1.0", "one chunk", False)])
def test_a_server_may_refuse_chunks_of_http_1_0(version: str, framing: str, allowed: bool) -> None:
    asked = RawRequest(method="POST", target="users", headers=(), body=b"{}", framing=framing, version=version)

    assert asked.allowed is allowed
    assert replace(asked, version="1.1").allowed
