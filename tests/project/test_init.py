"""`init`: the shop's requests, with ids that exist."""

from __future__ import annotations

import json
import os
import re
from argparse import ArgumentParser
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.generics import CreateAPIView
from rest_framework.parsers import MultiPartParser

from perfcompare.core import env
from perfcompare.core.errors import UsageError
from perfcompare.core.http import Reply, Request
from perfcompare.project.commands import init
from perfcompare.project.initial import openapi, urlconf
from perfcompare.project.initial.candidate import Candidate
from perfcompare.project.initial.ids import Ids
from perfcompare.project.requests import FILE, Login, ProjectRequest, RequestFile, read, write
from tests.project.conftest import Shop


def test_the_shop_gets_requests_that_are_answered(shop: Shop) -> None:
    printed = shop.manage("perfcompare", "init", "--user", "ada@shop.example")
    found = {one.name: one for one in read(shop.folder / FILE).requests}
    text = (shop.folder / FILE).read_text(encoding="utf-8")
    assert found["GET /api/v1/products/{pk}/"].path == "/api/v1/products/1/"
    assert found["GET /api/v1/categories/{slug}/"].path.startswith("/api/v1/categories/category-")
    assert found["GET /api/v1/products/"].login == ""
    assert found["GET /api/v1/orders/{pk}/"].login == "user"
    assert "the user's existing token" in text
    assert '# method = "POST"' in text
    assert "category_id" in text
    assert re.search(r"POST \S+ and \d+ more: not tried: it changes data", printed)
    assert not any(one.path.startswith(("/admin", "/schema")) for one in found.values())
    assert "is there. Add --force" in shop.manage("perfcompare", "init", status=2)


def test_a_login_may_be_headers_whose_secret_is_in_the_environment(shop: Shop) -> None:
    header = "Authorization: Token ${SHOP_TOKEN}"
    assert "SHOP_TOKEN" in shop.manage("perfcompare", "init", "--header", header, status=2)
    printed = shop.manage("perfcompare", "init", "--header", header, more={"SHOP_TOKEN": "wrong"})
    assert "401" in printed
    assert "wrong" not in (shop.folder / FILE).read_text(encoding="utf-8")
    assert read(shop.folder / FILE).logins["user"].headers == {"Authorization": "Token ${SHOP_TOKEN}"}


@pytest.mark.parametrize(
    ("words", "status", "hint"),
    [
        ([], 403, "; name a user with --user, or say what is sent with --header"),
        (["--user", "ada"], 401, "; no login of the user is taken; say what is sent with --header"),
        (["--user", "ada"], 403, ""),
        (["--header", "A: b"], 401, ""),
        ([], 404, ""),
    ],
)
def test_a_refusal_says_which_login_would_help(words: list[str], status: int, hint: str) -> None:
    parser = ArgumentParser()
    init.arguments(parser)
    refused = init._Tried(request=ProjectRequest(name="a", path="/a"), said="x", status=status)
    assert init._hinted(refused, parser.parse_args(words)).said == f"x{hint}"


@pytest.mark.parametrize(("header", "said"), [("Authorization", "no colon"), ("A b: c", "not the name of a header")])
def test_a_header_that_cannot_be_sent_is_told(shop: Shop, header: str, said: str) -> None:
    assert said in shop.manage("perfcompare", "init", "--header", header, status=2)


def test_no_page_of_an_admin_is_measured_whoever_wrote_its_view(monkeypatch: pytest.MonkeyPatch) -> None:
    site = AdminSite()
    site.register(get_user_model(), UserAdmin)
    root = URLResolver(RegexPattern("^/"), [path("office/", site.urls)])
    monkeypatch.setattr(urlconf, "get_resolver", lambda: root)
    found, left_out = urlconf.candidates()
    assert not found
    assert "/office/users/user/{id}/password/" in left_out


def test_many_paths_that_begin_alike_are_left_out_as_one() -> None:
    pages = [f"/office/{number}/" for number in range(4)]
    assert [*init._folded([*pages, "/a/login/", "/b/login/", "cdn.example (another host)"])] == [
        "/office/… (4 paths)", "/a/login/", "/b/login/", "cdn.example (another host)",
    ]  # fmt: skip


def test_an_access_log_gives_weights_and_one_request_for_all_ids(shop: Shop) -> None:
    log = shop.folder / "access.log"
    line = '127.0.0.1 - - [28/Nov/2026:04:00:00 +0000] "GET {} HTTP/1.1" 200 10 "-" "x"\n'
    paths = ["/api/v1/products/999999/", "/api/v1/products/23/", "/api/v1/now", "/admin/login/", "/api/v1/me"]
    log.write_text("".join(line.format(path) for path in paths), encoding="utf-8")
    printed = shop.manage("perfcompare", "init", "--from", str(log), "--output", "logged.toml")
    [product, now] = read(shop.folder / "logged.toml").requests
    assert (product.name, product.path, product.weight) == ("GET /api/v1/products/{pk}/", "/api/v1/products/23/", 2)
    assert now.weight == 1
    assert "GET /api/v1/me: 401" in printed
    assert "name a user with --user" in printed


def test_a_stream_without_an_end_is_told_after_one_wait_and_an_error_behind_a_login_is_the_reason(
    tmp_path: Path,
) -> None:
    class Server:
        """Knows one login."""

        sent: ClassVar[list[str]] = []

        def send(self, request: Request, _prefix: str) -> Reply:
            self.sent.append(request.path)
            if request.path == "stream":
                raise OSError("the answer does not end")
            return Reply(status=500 if "Authorization" in request.headers else 401, headers={}, body=b"x")

    client: Any = Server()
    login = {"Authorization": "Token t"}
    stream, broken = (
        init._try(
            Candidate(method="GET", template=path), client, Ids([], None), {"": {}, "user": login}, tmp_path / "log"
        )
        for path in ("/stream", "/broken")
    )

    assert (stream.said, stream.good) == ("no answer: the answer does not end", False)
    assert broken.said == "500: x"
    assert broken.request.login == "user"
    assert client.sent == ["stream", "broken", "broken"]


def test_each_request_has_the_first_login_that_it_takes(tmp_path: Path) -> None:
    class Server:
        """An API that knows a token, and pages that know a session."""

        def send(self, request: Request, _prefix: str) -> Reply:
            wanted = {"open": "", "api": "Authorization", "page": "Cookie"}[request.path]
            return Reply(status=200 if not wanted or wanted in request.headers else 403, headers={}, body=b"")

    client: Any = Server()
    known = {"": {}, "user": {"Authorization": "Bearer t"}, "session": {"Cookie": "sessionid=s"}}
    tried = [
        init._try(Candidate(method="GET", template=f"/{path}"), client, Ids([], None), known, tmp_path / "log")
        for path in ("open", "api", "page")
    ]

    assert [(one.good, one.request.login) for one in tried] == [(True, ""), (True, "user"), (True, "session")]


BROKEN = """
from shop.settings.development import *

MIDDLEWARE = [*MIDDLEWARE, "broken.failing"]


def failing(get_response):
    def asked(request):
        if request.path == "/api/v1/now":
            raise LookupError("no clock")
        return get_response(request)

    return asked
"""


def test_what_the_project_raises_is_the_reason_and_not_the_page_that_says_so(shop: Shop) -> None:
    (shop.folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    more = {"PYTHONPATH": f"{shop.folder}{os.pathsep}{env.ROOT}"}
    printed = shop.manage("perfcompare", "init", "--settings-module", "broken", more=more)
    assert "GET /api/v1/now: 500: LookupError: no clock" in printed


def test_headers_and_a_user_are_logins_of_their_own(shop: Shop) -> None:
    words = ("--user", "ada@shop.example", "--header", "Authorization: Token wrong")
    shop.manage("perfcompare", "init", *words)
    found = read(shop.folder / FILE)
    assert found.logins == {
        "header": Login(headers={"Authorization": "Token wrong"}),
        "user": Login(user="ada@shop.example"),
    }
    assert {one.login for one in found.requests} == {"", "user"}


def test_paths_and_descriptions_have_every_version_of_the_api(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    versioning = "rest_framework.versioning.URLPathVersioning"
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK, "DEFAULT_VERSIONING_CLASS": versioning, "ALLOWED_VERSIONS": ["v1", "v2"],
        "DEFAULT_VERSION": "v1",
    }  # fmt: skip
    root = URLResolver(
        RegexPattern("^/"), [path("api/<str:version>/things/<int:pk>/", lambda _request: HttpResponse())]
    )
    monkeypatch.setattr(urlconf, "get_resolver", lambda: root)
    found, _left_out = urlconf.candidates()

    assert [one.template for one in found] == ["/api/v1/things/{pk}/", "/api/v2/things/{pk}/"]
    assert urlconf.versions() == ["v1", "v2"]


def test_what_was_recorded_without_a_body_has_an_example_and_a_recorded_one_is_kept() -> None:
    described = [Candidate(method="POST", template="/a/{id}/", body="{}", content_type="application/json")]
    plain, sent = (
        Candidate(method="POST", template="/a/{pk}/", body=body, content_type="text/x") for body in ("", "b")
    )

    assert [(one.body, one.content_type) for one in openapi.joined([plain, sent], described)] == [
        ("{}", "application/json"),
        ("b", "text/x"),
    ]


FILES = [
    ("", "has no"),
    ("[[requests]]\nname='a'", "not a `path`"),
    ("[[requests]]\nname='a'\npath='/'\nwait=1", "no key 'wait'"),
    ("[[requests]]\nname='a'\npath='/'\nlogin='x'", "no login 'x'"),
    ("[[requests]]\nname='a'\npath='/'\nweight=0", "not a `weight`"),
    ("[[requests]]\nname='a'\npath='/'\n[[requests]]\nname='a'\npath='/'", "several requests"),
    ("[logins.a]\n[[requests]]\nname='a'\npath='/'", "either `headers` or `user`"),
    ("[logins.a]\nheaders={A='b'}\nsession=true\n[[requests]]\nname='a'\npath='/'", "no `user` whose"),
    ("[logins.a]\nuser='a'\nsession='b'\n[[requests]]\nname='a'\npath='/'", "true or false"),
    ("host='a b'\n[[requests]]\nname='a'\npath='/'", "not a `host`"),
    ("requests = 1", "not a list of tables"),
    ("a b", "line 1"),
]


@pytest.mark.parametrize(("text", "said"), FILES)
def test_a_wrong_file_is_told_by_its_entry(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    body = json.dumps({"a": "'\"\\", "b": [1]}, indent=1)
    requests = [
        ProjectRequest(name="one", path="/a?b=%20", method="POST", headers={"X-A": "b"}, body=body, weight=2.5),
        ProjectRequest(name="two", path="/", login="l", body="\n\nx"),
        ProjectRequest(name="three", path="/"),
    ]
    logins = {"l": Login(headers={"Authorization": "Token ${T}"}), "u": Login(user="a b")}
    file = RequestFile(requests=requests, logins=logins, settings="a.b", environ={"A": "1"})
    write(tmp_path / FILE, file, comments={"one": "said\nmore"}, introduction="head")
    assert read(tmp_path / FILE) == file
    write(tmp_path / FILE, file, comments={}, unused={"one"})
    assert [one.name for one in read(tmp_path / FILE).requests] == ["two", "three"]


def test_a_form_with_a_file_has_an_example_that_django_understands_from_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    form = {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}, "note": {"type": "string"}},
    }
    content = {"multipart/form-data": {"schema": form}}
    paths = {"/upload": {"post": {"requestBody": {"content": content}}}}
    monkeypatch.setattr(openapi, "_documents", lambda: [{"paths": paths}])
    [one] = openapi.operations()
    written = ProjectRequest(
        name="upload", path="/upload", method="POST", headers={"Content-Type": one.content_type}, body=one.body
    )
    write(tmp_path / FILE, RequestFile(requests=[written]), comments={})
    sent = read(tmp_path / FILE).requests[0].request({})
    assert sent.body is not None
    asked = RequestFactory().generic("POST", "/upload", sent.body, content_type=sent.headers["Content-Type"])
    [file] = asked.FILES.getlist("file")

    assert (asked.POST["note"], file.name, file.read()) == ("text", "example.txt", b"example.txt")


def test_an_upload_is_a_file_also_where_the_document_has_one_component_for_both_directions(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    class Upload(serializers.Serializer[Any]):
        file = serializers.FileField()

    class Uploads(CreateAPIView[Any]):
        serializer_class = Upload
        parser_classes = (MultiPartParser,)
        schema = AutoSchema()

    urls: Any = ModuleType("urls")
    urls.urlpatterns = [path("uploads/", Uploads.as_view())]
    settings.ROOT_URLCONF = urls
    monkeypatch.setattr(apps, "is_installed", lambda name: name == "drf_spectacular")
    [one] = openapi.operations()

    assert 'name="file"; filename="example.txt"' in one.body


def test_a_form_without_files_is_an_encoded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"type": "object", "properties": {"a": {"type": "string"}, "n": {"type": "integer"}}}
    content = {"application/x-www-form-urlencoded": {"schema": form}}
    monkeypatch.setattr(
        openapi, "_documents", lambda: [{"paths": {"/f": {"post": {"requestBody": {"content": content}}}}}]
    )
    [one] = openapi.operations()

    assert (one.body, one.content_type) == ("a=text&n=1", "application/x-www-form-urlencoded")
