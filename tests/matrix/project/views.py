"""Django's own views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token

from perfcompare.levers.database_json.rows import JSONRows
from tests.matrix.project.models import Author

ROWS = JSONRows(Author.objects.order_by("id"), {"id": "id", "name": "name", "bio": "profile__bio"})


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"hello {request.GET.get('name', 'you')}")


def headers(request: HttpRequest) -> HttpResponse:
    return JsonResponse({name: value for name, value in request.META.items() if name.startswith("HTTP_X")})


async def asynchronous(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"names": [one.name async for one in Author.objects.order_by("id")[:2]]})


def session(request: HttpRequest) -> HttpResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    messages.info(request, f"Visit {request.session['visits']}")
    said = [str(one) for one in messages.get_messages(request)]
    return JsonResponse({"said": said, "user": str(request.user)})


def form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse(f"got {request.POST['text']}")
    get_token(request)
    return HttpResponse("a form")


def failing(request: HttpRequest) -> HttpResponse:
    raise LookupError("as told")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(["a", "b", "c"]), content_type="text/plain")


def cached(request: HttpRequest) -> HttpResponse:
    made = cache.get_or_set("made", {"text": "ü", "list": [1, None, True]}, 60)
    cache.set_many({"a": 1, "b": [1, 2]}, 60)
    found = cache.get_many(["a", "b", "missing"])
    return JsonResponse({"made": {**made}, "found": found, "missing": cache.get("missing"), "count": cache.incr("a")})


async def acached(request: HttpRequest) -> HttpResponse:
    await cache.aset("async", {"text": "y"}, 60)
    found: Any = await cache.aget("async")
    return JsonResponse({"found": {**found}, "deleted": await cache.adelete("async")})


def rows(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROWS.fetch(1, 4), content_type="application/json")


async def arows(request: HttpRequest) -> HttpResponse:
    return HttpResponse(await ROWS.afetch(1, 4), content_type="application/json")
