"""`parity`: nothing between stock and stock, and what was changed by its name."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.http import Reply
from perfcompare.project import answers, parity
from perfcompare.project.commands.parity import as_junit, as_markdown
from perfcompare.project.parity import Compared, Side
from perfcompare.project.requests import Login, ProjectRequest, RequestFile, write
from tests.project.conftest import Shop

ONE = ProjectRequest(name="one", path="/api/v1/one?q=1")
USERS = [
    ProjectRequest(name="products", path="/api/v1/products/?category=3"),
    ProjectRequest(name="product", path="/api/v1/products/7/"),
    ProjectRequest(name="now", path="/api/v1/now"),
    ProjectRequest(name="orders", path="/api/v1/orders/", login="ada"),
    ProjectRequest(name="order", path="/api/v1/orders/7/", login="ada"),
    ProjectRequest(name="refused", path="/api/v1/me"),
    ProjectRequest(name="page", path="/api/v1/products/", headers={"Accept": "text/html"}),
]
Body = Callable[[str], object]


@contextmanager
def answering(
    body: Body, *, asked_as: str = "", hosts: list[str] | None = None, status: int = 200, **headers: str
) -> Iterator[Side]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hosts is not None:
                hosts.append(self.headers["Host"])
            content = json.dumps(body(self.path)).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Side(name="here", host="127.0.0.1", port=server.server_port, asked_as=asked_as)
        server.shutdown()


def compared(first: Side, second: Side, **more: Any) -> Compared:
    [found] = parity.compare((first, second), [ONE], {}, times=3, **more)
    return found


def wheres(found: Compared) -> list[str]:
    return [one.where for one in found.differences]


def test_one_field_of_one_answer_is_named() -> None:
    def wrong(_path: str) -> object:
        return {"results": [{"price": "1.00"}, {"price": "2.01"}]}

    with answering(lambda _path: {"results": [{"price": "1.00"}, {"price": "2.00"}]}) as a, answering(wrong) as b:
        assert [str(one) for one in compared(a, b).differences] == ['$.results[1].price: "2.01" instead of "2.00"']


@pytest.mark.parametrize("kind", ["application/json", "text/json; charset=utf-8", "application/ld+json", "Text/JSON"])
def test_every_media_type_of_json_is_compared_by_field(kind: str) -> None:
    of = [
        answers.of_reply(Reply(status=200, headers={"content-type": kind}, body=one))
        for one in (b'{"a": 1}', b'{"a":2}')
    ]

    assert [one.where for one in answers.differences(*of)] == ["$.a"]


def test_a_header_is_named() -> None:
    with answering(lambda _path: 1, Vary="Cookie, Accept") as a, answering(lambda _path: 1, Vary="accept") as b:
        assert wheres(compared(a, b)) == ["header vary"]
    with answering(lambda _path: 1, Vary="Cookie, Accept") as a, answering(lambda _path: 1, Vary="accept,cookie") as b:
        assert wheres(compared(a, b)) == []


def test_what_differs_from_itself_hides_nothing_beside_it() -> None:
    count = itertools.count()
    with (
        answering(lambda _path: {"asked": next(count), "name": "x"}) as a,
        answering(lambda _path: {"asked": next(count), "name": "y"}) as b,
    ):
        found = compared(a, b)
    assert wheres(found) == ["$.name"]
    assert found.ignored == ["$.asked"]


@pytest.mark.parametrize(
    ("own", "later"), [(("a 0.25", "a 0.75"), "a -0.5"), (("a 0.25", "a -0.75"), "a 0.5"), (("a 1", "a 2"), "a x y")]
)
def test_a_word_that_changes_by_itself_may_be_one_or_several(own: tuple[str, str], later: str) -> None:
    first, second, third, other = (
        answers.Answer(status=200, body=f"{line}\n{rest}")
        for line, rest in (*((one, "same") for one in (*own, later)), (later, "another"))
    )
    ignoring = answers.unstable(first, second)

    assert answers.difference(first, third, ignoring=ignoring) is None
    assert str(answers.difference(first, other, ignoring=ignoring)).startswith("line 2, word 1: ")


def test_a_twin_shows_what_differs_from_process_to_process() -> None:
    with (
        answering(lambda _path: {"pid": 1}) as a,
        answering(lambda _path: {"pid": 2}) as b,
        answering(lambda _path: {"pid": 3}) as twin,
    ):
        assert wheres(compared(a, b)) == ["$.pid"]
        assert wheres(compared(a, b, twin=twin)) == []


def test_both_are_asked_as_the_host_of_the_file_where_one_is_started_here() -> None:
    hosts: list[str] = []
    with answering(str, asked_as="shop.test", hosts=hosts) as started, answering(str, hosts=hosts) as named:
        compared(started, named)
    assert {*hosts} == {"shop.test"}


def test_a_login_of_another_host_is_asked_as_that_host() -> None:
    hosts: list[str] = []
    asked = [replace(ONE, login="other")]
    with answering(str, asked_as="shop.test", hosts=hosts) as side:
        [*parity.compare((side, side), asked, {"other": {"host": "other.test"}}, times=2)]
    assert {*hosts} == {"other.test"}


def test_the_host_of_a_url_is_that_of_the_url() -> None:
    hosts: list[str] = []
    with answering(str, asked_as="shop.test", hosts=hosts) as a, answering(str, hosts=hosts) as b:
        compared(a, replace(b, host="localhost"))
    assert hosts == ["shop.test", f"localhost:{b.port}"] * 3


def test_errors_of_both_are_told() -> None:
    with answering(str, status=400) as a, answering(str) as b:
        assert compared(a, a).failing
        assert not compared(a, b).failing


def test_an_address_of_the_server_is_no_difference() -> None:
    with answering(lambda _path: 0) as a, answering(lambda _path: 0) as b:
        links = {side.port: f"http://127.0.0.1:{side.port}/api/v1/one?page=2" for side in (a, b)}
        with answering(lambda _path: links[a.port]) as c, answering(lambda _path: links[b.port]) as d:
            assert wheres(compared(c, d)) == []


def test_a_mapped_prefix_is_asked_and_taken_back() -> None:
    paths: list[str] = []

    def second(path: str) -> object:
        paths.append(path)
        return {"next": "/api/v2/one?page=2"}

    with answering(lambda _path: {"next": "/api/v1/one?page=2"}) as a, answering(second) as b:
        mapped = Side(name="b", host=b.host, port=b.port, prefix="/below", mapped={"/api/v1": "/api/v2"})
        assert wheres(compared(a, mapped)) == []
    assert {*paths} == {"/below/api/v2/one?q=1"}


def test_a_place_may_be_ignored() -> None:
    with answering(lambda _path: {"a": [{"age": 1}]}) as a, answering(lambda _path: {"a": [{"age": 2}]}) as b:
        assert wheres(compared(a, b)) == ["$.a[0].age"]
        assert wheres(compared(a, b, ignoring=["$.a[*].age"])) == []


def test_the_files_name_request_and_place() -> None:
    with answering(lambda _path: {"a": "|"}) as a, answering(lambda _path: {"a": "<"}) as b:
        found = [compared(a, b)]
    assert 'failures="1"' in as_junit(found)
    assert "$.a" in as_junit(found)
    assert "1 of 1 requests differ" in as_markdown(("a", "b"), found)


@pytest.mark.parametrize("url", ["http://", "ftp://a/", "http://a:b/", "http://a/?q=1"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not http://host:port"):
        parity.of_url(url)


def requests_of(shop: Shop) -> Path:
    path = shop.folder / "perfcompare.toml"
    write(path, RequestFile(requests=USERS, logins={"ada": Login(user="ada@shop.example")}), comments={})
    return path


def test_stock_and_stock_differ_nowhere(shop: Shop) -> None:
    requests_of(shop)
    printed = shop.manage("perfcompare", "parity", "as_is", "persistent_connections", "--times", "10")
    assert f"The same answers to {len(USERS)} of {len(USERS)} requests, with an error in 1." in printed
    assert "now (200): same; differs from itself: $.now" in printed


def test_another_answer_of_the_shop_ends_with_status_1(shop: Shop) -> None:
    path = requests_of(shop)
    with answering(lambda _path: {"id": 7}) as other:
        url = f"http://127.0.0.1:{other.port}"
        printed = shop.manage("perfcompare", "parity", "as_is", url, "--json", "found.json", status=1)
    assert path.parent.joinpath("found.json").exists()
    assert "product (200): differs" in printed
    assert f"{len(USERS)} of {len(USERS)} requests are answered differently." in printed


def test_no_answer_is_a_difference_unless_neither_side_has_one() -> None:
    none, some = answers.unanswered(OSError("timed out")), answers.Answer(status=200)

    lost, both = (parity._compared("a", [pair, pair], frozenset()) for pair in ([some, none], [none, none]))

    assert [str(one) for one in lost.differences] == ['status: no answer instead of 200: "timed out"']
    assert (both.judged, both.unjudged) == (False, "neither side answers it")
    assert "not judged: neither side answers it" in as_markdown(("A", "B"), [both])
    assert "the same answers to 0 of 1 requests" in as_markdown(("A", "B"), [both])


def test_a_side_that_answers_nothing_is_no_comparison() -> None:
    nobody = Side(name="nobody", host="127.0.0.1", port=9)

    with pytest.raises(EnvironmentProblem, match="nobody answers nothing: "):
        [*parity.compare((nobody, nobody), [ONE], {}, times=2)]
