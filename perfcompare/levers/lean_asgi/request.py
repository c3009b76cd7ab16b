"""Django's ASGIRequest, with everything that few views ask for built when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import IO, Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property

from perfcompare.core.content_type import without_parameters
from perfcompare.levers._handling.options import type_parameters
from perfcompare.levers._handling.refusals import Refusal
from perfcompare.levers._handling.settings import FORCE_SCRIPT_NAME
from perfcompare.levers._handling.whole import Whole
from perfcompare.levers.lean_asgi.bodies import Scope

_TYPE_PARAMETERS: Final = type_parameters("lean_asgi")
_MOST_NAMES: Final = 512
_meta_names: dict[bytes, str | None] = {}


def get_script_name(scope: Mapping[str, Any]) -> str:
    """The prefix of all paths, from the setting or from the server; django.core.handlers.asgi.get_script_prefix."""
    return FORCE_SCRIPT_NAME.get() or scope.get("root_path", "") or ""


class LeanASGIRequest(Whole, ASGIRequest):
    """The same attributes as ASGIRequest; META, content type and encoding are worked out at their first use.

    A subclass that defines META itself gets it assigned at once, as Django's request does.
    """

    _assigns_meta = False
    refusal: Refusal | None = None
    """What is answered in the place of the view."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "META" in vars(cls):
            cls._assigns_meta = True

    def __init__(self, scope: Scope, body_file: IO[bytes]) -> None:  # no super(): it builds everything
        self.scope = scope
        self._post_parse_error = False
        self._read_started = False
        self.resolver_match = None
        path = self.path = scope["path"]
        script_name = self.script_name = get_script_name(scope)
        # Which part of the path a prefix is depends on Django's version.
        self.path_info = _stock(scope).path_info if script_name else path
        self.method = scope["method"].upper()
        query = scope.get("query_string", "")
        # Here and not later: a query that is no UTF-8 is answered with 400 before any view.
        self._query_string = query.decode() if isinstance(query, bytes) else query
        self._stream: Any = body_file
        if self._assigns_meta:
            self.META = self._build_meta()
        for name, _ in scope.get("headers", ()):
            if name == b"content-type":
                meta = self.META
                if ";" in meta.get("CONTENT_TYPE", "") and not _TYPE_PARAMETERS.get():
                    meta["CONTENT_TYPE"] = without_parameters(meta["CONTENT_TYPE"])
                self._set_content_type_params(meta)  # type: ignore[attr-defined]  # its charset decides how forms are decoded
                return
        self.content_type = ""
        self.content_params = {}

    @cached_property
    def META(self) -> dict[str, Any]:  # type: ignore[override]
        """What ASGIRequest has."""
        return self._build_meta()

    def _build_meta(self) -> dict[str, Any]:
        scope = self.scope
        meta = {
            "REQUEST_METHOD": self.method,
            "QUERY_STRING": self._query_string,
            "SCRIPT_NAME": self.script_name,
            "PATH_INFO": self.path_info,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
        }
        if client := scope.get("client"):
            meta["REMOTE_ADDR"] = meta["REMOTE_HOST"] = client[0]
            meta["REMOTE_PORT"] = client[1]
        server = scope.get("server")
        meta["SERVER_NAME"], meta["SERVER_PORT"] = (server[0], str(server[1])) if server else ("unknown", "0")
        meta.update(_header_meta(scope))
        cookies = str(meta.get("HTTP_COOKIE", ""))
        if "," in cookies or cookies.endswith((";", " ")):
            # HTTP/2 may send them one by one; how they are joined depends on Django's version.
            meta["HTTP_COOKIE"] = _stock(scope, b"cookie").META["HTTP_COOKIE"]
        return meta

    def complete(self) -> None:
        """ASGIRequest has META from the beginning."""
        _ = self.META

    def close(self) -> None:
        """Close uploaded files and the body."""
        if "_files" in self.__dict__:
            super().close()
        self._stream.close()

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]
        """The query; of META where somebody has asked for that, and may have changed it."""
        meta = self.__dict__.get("META")
        return QueryDict(self._query_string if meta is None else meta["QUERY_STRING"])


def _stock(scope: Mapping[str, Any], *names: bytes) -> ASGIRequest:
    """Django's request with these headers alone: at the content type it may fail."""
    headers = [(name, value) for name, value in scope.get("headers", ()) if name in names]
    return ASGIRequest({**scope, "headers": headers}, BytesIO())


def _header_meta(scope: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str | list[str]] = {}
    for raw_name, raw_value in scope.get("headers", ()):
        try:
            name = _meta_names[raw_name]
        except KeyError:
            name = _remember(raw_name)
        if name is None:
            continue
        value = raw_value.decode("latin1")
        if name not in found:
            found[name] = value
        elif isinstance(earlier := found[name], list):
            earlier.append(value)
        else:
            found[name] = [earlier, value]
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in found.items()}


def _remember(raw_name: bytes) -> str | None:
    """The name in META of a header; None for one that Django leaves out."""
    text = raw_name.decode("latin1")
    name: str | None = f"HTTP_{text.upper().replace('-', '_')}"
    if "_" in text and _leaves_out_underscores():
        name = None
    elif text in {"content-length", "content-type"}:
        name = text.upper().replace("-", "_")
    if len(_meta_names) < _MOST_NAMES:  # clients choose the names
        _meta_names[raw_name] = name
    return name


@cache
def _leaves_out_underscores() -> bool:
    # A name with an underscore could pass for one with a hyphen; the first releases of Django 5.2 and 6.0 let it.
    scope = {"method": "GET", "path": "/", "headers": [(b"a_b", b"")]}
    return "HTTP_A_B" not in ASGIRequest(scope, BytesIO()).META


LeanASGIRequest.__name__ = ASGIRequest.__name__  # it is part of what a request says about itself
