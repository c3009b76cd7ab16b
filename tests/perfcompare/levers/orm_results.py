"""What QuerySets give, written out so that two ways of asking can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, F, Model, Prefetch, QuerySet

from users.models import Address, Post, Profile, User

QUERYSETS: dict[str, Callable[[], QuerySet[Any]]] = {
    "all columns": lambda: User.objects.order_by("id"),
    "only": lambda: User.objects.detail().order_by("id"),
    "listing": lambda: User.objects.listing()[1:4],
    "join": lambda: Profile.objects.select_related("user").order_by("id"),
    "join of a join": lambda: Address.objects.select_related("user__profile").order_by("id"),
    "no joined row": lambda: User.objects.filter(id__gte=1).select_related("profile").order_by("-id"),
    "values": lambda: User.objects.values("name", "id", "profile__metadata").order_by("id"),
    "values_list": lambda: Profile.objects.values_list("metadata", "user_id").order_by("id"),
    "flat": lambda: User.objects.values_list("email", flat=True).order_by("id"),
    "named": lambda: Post.objects.values_list("title", "created_at", named=True).order_by("id"),
    "annotation": lambda: User.objects.annotate(n=Count("posts"), twice=F("id") * 2).order_by("id"),
    "distinct": lambda: Address.objects.values("country").distinct().order_by("country"),
    "union": lambda: User.objects.filter(id=1).union(User.objects.filter(id=2)).order_by("id"),
    "extra": lambda: User.objects.extra(select={"n": "id + 1"}).order_by("id"),
    "filtered by a join": lambda: User.objects.filter(posts__title__contains="and").order_by("id", "posts__id"),
    "json key": lambda: Profile.objects.filter(metadata__theme="dark").order_by("id"),
    "prefetched forward": lambda: Post.objects.prefetch_related("author").order_by("id"),
    "prefetched over two relations": lambda: User.objects.prefetch_related("posts__author__profile").order_by("id"),
    "prefetched in a prefetch": lambda: User.objects.order_by("id").prefetch_related(
        Prefetch("posts", Post.objects.order_by("-id").select_related("author").prefetch_related("author__addresses"))
    ),
    "prefetched into a list": lambda: User.objects.order_by("id").prefetch_related(
        Prefetch("posts", Post.objects.filter(title__contains="a"), to_attr="some")
    ),
    "prefetched many to many": lambda: User.objects.prefetch_related("groups__permissions").order_by("id"),
    "prefetched and cut": lambda: User.objects.order_by("id").prefetch_related(
        Prefetch("posts", Post.objects.order_by("id")[:1], to_attr="first")
    ),
    "nothing": lambda: User.objects.none(),
    "an empty slice": lambda: User.objects.order_by("id")[2:2],
}


def written(result: Any, depth: int = 4) -> Any:
    """`result` as plain values: of instances every attribute and whatever is cached on them."""
    if isinstance(result, Model):
        if depth == 0:
            return type(result).__name__, result.pk
        state = result._state
        return (
            type(result).__name__, state.db, state.adding,
            {name: written(value, depth - 1) for name, value in sorted(state.fields_cache.items())},
            {
                name: written(value, depth - 1)
                for name, value in sorted(vars(result).items())
                # Django leaves an empty one where it has prefetched something else.
                if name != "_state" and (value or name != "_prefetched_objects_cache")
            },
        )  # fmt: skip
    if isinstance(result, QuerySet):
        return [written(one, depth) for one in result._result_cache or ()], result._prefetch_done  # type: ignore[attr-defined]
    if isinstance(result, dict):
        return {key: written(value, depth) for key, value in result.items()}
    if isinstance(result, list | tuple):
        return type(result).__name__, [written(one, depth) for one in result]
    return type(result), result
