"""A small project for the handlers' tests: its views, and a URLconf."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import get_script_prefix, path, re_path, reverse

events: list[Any] = []


async def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


def synchronous(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


async def row(_request: HttpRequest, id: int) -> HttpResponse:
    return HttpResponse(str(id))


async def threads(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"names": [await sync_to_async(lambda: threading.current_thread().name)() for _ in range(3)]})


def database(_request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [[pid]] = cursor.fetchall()
    return JsonResponse({"pid": pid})


async def database_from_async(request: HttpRequest) -> JsonResponse:
    return await sync_to_async(database)(request)


async def loop_and_thread(_request: HttpRequest) -> JsonResponse:
    thread = await sync_to_async(threading.get_ident)()
    return JsonResponse({"loop": id(asyncio.get_running_loop()), "thread": thread})


def caller_thread(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"thread": threading.get_ident()})


async def slow(_request: HttpRequest) -> HttpResponse:
    events.append("started")
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        events.append("cancelled")
        raise
    return HttpResponse("slow")


async def failing(_request: HttpRequest) -> HttpResponse:
    raise ValueError("a defect")


async def missing(_request: HttpRequest) -> HttpResponse:
    raise Http404


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def upload(request: HttpRequest) -> JsonResponse:
    files: Any = request.FILES
    return JsonResponse({name: file.size for name, file in files.items()})


def sync_stream(_request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for number in range(3):
            events.append(threading.current_thread().name)
            yield b"%d" % number

    return StreamingHttpResponse(parts())


async def async_stream(_request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number

    return StreamingHttpResponse(parts())


def file(_request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(b"x" * 200_000), filename="x.bin")


async def prefix(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"prefix": get_script_prefix(), "url": reverse("plain")})


async def described(request: HttpRequest) -> JsonResponse:
    meta = {name: value for name, value in request.META.items() if isinstance(value, str | bool | int)}
    more = {"GET": request.GET, "COOKIES": request.COOKIES, "type": request.content_type, "path": request.path}
    return JsonResponse({"META": meta, **more, "scheme": request.scheme, "headers": dict(request.headers)})


async def cookies(_request: HttpRequest) -> HttpResponse:
    response = HttpResponse("cookies", headers={"X-Own": "a"})
    response.set_cookie("one", "1")
    response.set_cookie("two", "2", httponly=True)
    return response


urlpatterns = [
    path("plain", plain, name="plain"),
    path("synchronous", synchronous),
    path("rows/<int:id>", row),
    path("threads", threads),
    path("database", database),
    path("database-from-async", database_from_async),
    path("loop-and-thread", loop_and_thread),
    path("caller-thread", caller_thread),
    path("slow", slow),
    path("failing", failing),
    path("missing", missing),
    path("echo", echo),
    path("upload", upload),
    path("sync-stream", sync_stream),
    path("async-stream", async_stream),
    path("file", file),
    path("prefix", prefix),
    path("described", described),
    path("cookies", cookies),
    re_path(r"^any/", plain),
]
