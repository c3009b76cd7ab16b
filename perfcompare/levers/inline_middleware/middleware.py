"""The seven, each saying when its work may block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin

from perfcompare.levers._orm.own_code import is_own_class
from perfcompare.levers._replacing import Unpatched, fingerprint, installations, overriding, works
from perfcompare.levers._settings import setting
from perfcompare.levers.inline_middleware import LEVER

_KNOWN: Final = "c16ae5e69457" if works("inline_middleware", LEVER.tested, "middleware") else ""
_PASSED: Final = installations()["inline_middleware"].tally
_PRESENT: Final[Any] = vars(MiddlewareMixin).get("__acall__")
_ACALL: Final[Any] = _PRESENT if fingerprint(_PRESENT) == _KNOWN else None
"""Django's function, as long as it is the one that this was made for."""
_WORKING: Final = Unpatched(
    {
        SecurityMiddleware: "__acall__ process_request process_response",
        SessionMiddleware: "__acall__ process_request process_response",
        CommonMiddleware: "__acall__ process_request process_response should_redirect_with_slash "
        "get_full_path_with_slash",
        CsrfViewMiddleware: "__acall__ process_request process_response process_view",
        AuthenticationMiddleware: "__acall__ process_request",
        MessageMiddleware: "__acall__ process_request process_response",
        XFrameOptionsMiddleware: "__acall__ process_response get_xframe_options_value",
    },
    absent="process_request process_response",
)
"""What is called on the event loop: a function of somebody else's, in the place of one, may block."""
_NOT_FOUND: Final = 404
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def objections() -> Iterator[str]:
    """Why the work is done as by Django at this moment: sentences."""
    if MiddlewareMixin.__acall__ is not _ACALL:
        yield f"off everywhere: {overriding(MiddlewareMixin, '__acall__')}."
    elif said := _WORKING.objection():
        yield f"off everywhere: {said}."


class Inline:
    """Put before a MiddlewareMixin: its asynchronous side, without a thread for what does not block."""

    get_response: Any

    def __init_subclass__(cls) -> None:
        """Be called as Django's is: Sentry and Django's log name a middleware."""
        super().__init_subclass__()
        if Inline in cls.__bases__:
            stock = cls.__bases__[-1]
            cls.__module__, cls.__name__, cls.__qualname__ = stock.__module__, stock.__name__, stock.__qualname__

    def request_blocks(self, request: HttpRequest) -> bool:
        """Whether `process_request` may block."""
        return False

    def response_blocks(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether `process_response` may block."""
        return False

    async def __acall__(self, request: HttpRequest) -> Any:
        """What MiddlewareMixin does; its own code where it is not the one that this was made for."""
        next(_PASSED.calls)
        if MiddlewareMixin.__acall__ is not _ACALL or not _WORKING.holds():
            next(_PASSED.left)
            return await super().__acall__(request)  # type: ignore[misc]
        response = None
        before, after = getattr(self, "process_request", None), getattr(self, "process_response", None)
        if before is not None:
            if self.request_blocks(request):
                response = await sync_to_async(before, thread_sensitive=True)(request)
            else:
                response = before(request)
        response = response or await self.get_response(request)
        if after is None:
            return response
        if self.response_blocks(request, response):
            return await sync_to_async(after, thread_sensitive=True)(request, response)
        return after(request, response)


class InlineSecurityMiddleware(Inline, SecurityMiddleware):
    """Redirect to HTTPS, and headers."""


class InlineSessionMiddleware(Inline, SessionMiddleware):
    """A session that is read when somebody asks for it, and saved in the request's thread."""

    SessionStore: Any

    def request_blocks(self, request: HttpRequest) -> bool:
        """Whether a session of a project's own is made."""
        return not is_own_class(self.SessionStore)

    def response_blocks(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether the session will be asked for its age, and saved."""
        session: Any = getattr(request, "session", None)
        if self.request_blocks(request):
            return True
        return (
            session is not None
            and (session.modified or setting("SESSION_SAVE_EVERY_REQUEST"))
            and not session.is_empty()
        )


class InlineCommonMiddleware(Inline, CommonMiddleware):
    """Host and user agent, Content-Length; a missing slash is looked for in the thread, where converters may ask."""

    def request_blocks(self, request: HttpRequest) -> bool:
        """Whether paths may be resolved."""
        return bool(setting("PREPEND_WWW"))

    def response_blocks(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether paths will be resolved."""
        return response.status_code == _NOT_FOUND and setting("APPEND_SLASH") and not request.path_info.endswith("/")


class InlineCsrfViewMiddleware(Inline, CsrfViewMiddleware):
    """The cookie inline; the check of an unsafe method, which reads the form and may render a page, in the thread."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        if self.async_mode:
            vars(self)["process_view"] = self._process_view  # a coroutine function, which takes no hop

    def request_blocks(self, request: HttpRequest) -> bool:
        """Whether the secret is in the session."""
        return bool(setting("CSRF_USE_SESSIONS"))

    def response_blocks(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether a new secret goes into the session."""
        return bool(setting("CSRF_USE_SESSIONS")) and bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))

    async def _process_view(
        self, request: HttpRequest, callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        check = super().process_view
        if request.method in _SAFE or getattr(callback, "csrf_exempt", False):
            return check(request, callback, args, kwargs)
        return await sync_to_async(check, thread_sensitive=True)(request, callback, args, kwargs)


class InlineAuthenticationMiddleware(Inline, AuthenticationMiddleware):
    """A user that is fetched when somebody asks for it."""


class InlineMessageMiddleware(Inline, MessageMiddleware):
    """Messages, stored in the request's thread where there are any."""

    def request_blocks(self, request: HttpRequest) -> bool:
        """Whether a storage of a project's own is made."""
        return not setting("MESSAGE_STORAGE").startswith("django.")

    def response_blocks(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether anything is to be stored; a storage of somebody else's making always may."""
        storage: Any = getattr(request, "_messages", None)
        if storage is None:
            return False
        return type(storage).update is not BaseStorage.update or storage.used or storage.added_new


class InlineXFrameOptionsMiddleware(Inline, XFrameOptionsMiddleware):
    """X-Frame-Options."""
