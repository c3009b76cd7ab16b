"""Views that use what the default middleware give, and a URLconf with the project's way of answering 400."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt


async def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


def synchronous(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("synchronous")


async def write_session(request: HttpRequest) -> HttpResponse:
    await request.session.aset("name", "value")
    return HttpResponse("written")


async def read_session(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(await request.session.aget("name")))


async def flush_session(request: HttpRequest) -> HttpResponse:
    await request.session.aflush()
    return HttpResponse("flushed")


async def user(request: Any) -> HttpResponse:
    return HttpResponse(str(await request.auser()))


async def add_message(request: HttpRequest) -> HttpResponse:
    messages.info(request, "hello")
    return HttpResponse("added")


async def show_messages(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(await sync_to_async(lambda: [str(each) for each in messages.get_messages(request)])()))


async def token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


async def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("accepted")


async def own_headers(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("own", headers={"X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "origin"})


async def stream(_request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> Any:
        yield b"a"

    return StreamingHttpResponse(parts())


def error_400(_request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return JsonResponse({"detail": "Bad request."}, status=400)


urlpatterns = [
    path("plain", plain),
    path("slash/", plain),
    path("synchronous", synchronous),
    path("session/write", write_session),
    path("session/read", read_session),
    path("session/flush", flush_session),
    path("user", user),
    path("messages/add", add_message),
    path("messages", show_messages),
    path("token", token),
    path("form", form),
    path("exempt", csrf_exempt(form)),
    path("framed", xframe_options_exempt(plain)),
    path("own-headers", own_headers),
    path("stream", stream),
]
handler400 = error_400
