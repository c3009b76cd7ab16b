"""Django's WSGIRequest, with everything that few views ask for built when it is asked for."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from django.core.handlers.wsgi import LimitedStream, WSGIRequest, get_bytes_from_wsgi, get_path_info, get_script_name
from django.http import QueryDict
from django.utils.functional import cached_property

from perfcompare.core.content_type import without_parameters
from perfcompare.levers._handling.options import type_parameters
from perfcompare.levers._handling.refusals import REFUSAL, Refusal
from perfcompare.levers._handling.settings import DEFAULT_CHARSET, FORCE_SCRIPT_NAME
from perfcompare.levers._handling.whole import Whole

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TYPE_PARAMETERS: Final = type_parameters("lean_wsgi")
_FEW: Final = 50
"""So many parameters are far below any DATA_UPLOAD_MAX_NUMBER_FIELDS that lets an API work."""


def script_name(environ: WSGIEnvironment) -> str:
    """What `django.core.handlers.wsgi.get_script_name` answers."""
    if FORCE_SCRIPT_NAME.get() is None and not (
        environ.get("SCRIPT_NAME") or environ.get("SCRIPT_URL") or environ.get("REDIRECT_URL")
    ):
        return ""
    return get_script_name(environ)


class LeanWSGIRequest(Whole, WSGIRequest):
    """The same attributes as WSGIRequest; the body's stream and the content type cost only requests that have one."""

    refusal: Refusal | None = None
    """What is answered in the place of the view."""

    def __init__(self, environ: WSGIEnvironment, name: str | None = None) -> None:  # no super(): it builds everything
        """Who knows the script name of `environ` may give it."""
        if REFUSAL in environ:
            self.refusal = environ[REFUSAL]
        if name is None:
            name = script_name(environ)
        path_info = environ.get("PATH_INFO") or "/"
        if not path_info.isascii():
            path_info = get_path_info(environ) or "/"
        self.environ = environ
        self.path_info = path_info
        # Only the first slash: http://test/something is not http://test//something (RFC 3986).
        self.path = f"{name.rstrip('/')}/{path_info.replace('/', '', 1)}" if name or path_info[0] != "/" else path_info
        self.META = environ
        environ["PATH_INFO"], environ["SCRIPT_NAME"] = path_info, name
        self.method = environ["REQUEST_METHOD"].upper()
        if kind := environ.get("CONTENT_TYPE"):
            if ";" in kind and not _TYPE_PARAMETERS.get():
                environ["CONTENT_TYPE"] = without_parameters(kind)
            self._set_content_type_params(environ)  # type: ignore[attr-defined]  # missing in the stubs
        else:
            self.content_type, self.content_params = "", {}
        self._read_started = False
        self.resolver_match = None

    def complete(self) -> None:
        """WSGIRequest has a stream from the beginning."""
        _ = self._stream

    def close(self) -> None:
        """Close uploaded files, and a body that `bodies.limited` has put into a file."""
        if "_files" in self.__dict__:
            super().close()
        body = self.environ.get("wsgi.input")
        if type(body) is SpooledTemporaryFile:
            body.close()

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]
        """The query parameters; a string without escapes is taken apart here, any other by QueryDict."""
        text: str = self.environ.get("QUERY_STRING") or ""
        encoding: str | None = self._encoding  # type: ignore[attr-defined]  # private
        # An encoding that somebody chose need not agree with ASCII, or be one of text.
        if encoding or not text.isascii() or "%" in text or "+" in text or text.count("&") >= _FEW:
            return QueryDict(get_bytes_from_wsgi(self.environ, "QUERY_STRING", ""), encoding=encoding)
        found = _no_parameters()
        for part in text.split("&"):
            if part:
                name, _, value = part.partition("=")
                dict.setdefault(found, name, []).append(value)
        return found  # type: ignore[no-any-return]

    @cached_property
    def _stream(self) -> Any:  # type: ignore[override]  # it can be written
        try:
            length = int(self.environ["CONTENT_LENGTH"])
        except (KeyError, ValueError, TypeError):
            length = 0
        return LimitedStream(self.environ["wsgi.input"], length)


def _no_parameters() -> Any:
    """An immutable QueryDict without parameters; its constructor would take an empty string apart."""
    found = QueryDict.__new__(QueryDict)
    found.encoding = DEFAULT_CHARSET.get()
    found._mutable = False
    return found


LeanWSGIRequest.__name__ = WSGIRequest.__name__  # it is part of what a request says about itself
