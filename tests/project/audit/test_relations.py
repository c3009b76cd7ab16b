"""Which relation a statement follows, and the way to it from the objects that were there first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Prefetch

from perfcompare.project.audit.look import Listening, Looked, Origin, watched_models
from users.models import Address, Post, Profile, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rows() -> None:
    """One of each."""
    user = User.objects.create(name="Ada", email="ada@example.com")
    group = Group.objects.create(name="editors")
    user.groups.add(group)
    group.permissions.add(Permission.objects.create(name="p", codename="p", content_type=ContentType.objects.all()[0]))
    Profile.objects.create(user=user)
    Address.objects.create(user=user, street="a", city="b", country="c")
    Post.objects.create(author=user, title="t", body="b")


def _looked(load: Callable[[], Any]) -> Looked:
    """What is seen of `load`."""
    looked = Looked()
    listening = Listening(looked)

    def told(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        listening.statement(sql, params)
        return execute(sql, params, many, context)

    with watched_models(looked), connection.execute_wrapper(told):
        load()
    return looked


def _last(load: Callable[[], Any]) -> Origin:
    """Where the last statement of `load` comes from."""
    return _looked(load).statements[-1][2]


def _post() -> Any:
    return Post.objects.get()


WAYS: Final[list[tuple[Callable[[], Any], str, str, str, str, bool]]] = [
    (lambda: _post().author, "Post.author", "users.Post", "author", "one", False),
    (lambda: _post().author.profile, "User.profile", "users.Post", "author__profile", "one", False),
    (
        lambda: list(_post().author.addresses.all()),
        "User.addresses",
        "users.Post",
        "author__addresses",
        "several",
        True,
    ),
    (
        lambda: Post.objects.select_related("author").get().author.addresses.count(),
        "User.addresses",
        "users.Post",
        "author__addresses",
        "several",
        True,
    ),
    (
        lambda: [list(one.permissions.all()) for one in User.objects.get().groups.all()],
        "Group.permissions",
        "users.User",
        "groups__permissions",
        "several",
        True,
    ),
    (
        lambda: [
            list(group.permissions.all())
            for one in User.objects.prefetch_related("groups")
            for group in one.groups.all()
        ],
        "Group.permissions",
        "users.User",
        "groups__permissions",
        "several",
        True,
    ),
    (lambda: list(Group.objects.get().user_set.all()), "Group.user_set", "auth.Group", "user_set", "several", True),
    (lambda: User.objects.get().posts.first(), "User.posts", "users.User", "posts", "own", True),
    (lambda: User.objects.get().posts.filter(title="t").exists(), "User.posts", "users.User", "posts", "own", True),
    (lambda: list(User.objects.get().posts.iterator()), "User.posts", "users.User", "posts", "own", True),
    (lambda: list(User.objects.get().posts.values("id")), "User.posts", "users.User", "posts", "own", True),
    (lambda: Post.objects.defer("body").get().body, "Post.body", "users.Post", "body", "column", True),
    (lambda: User.objects.count(), "", "", "", "", False),
    (
        lambda: [one.author.posts.all()[0].author for one in Post.objects.all()],
        "User.posts",
        "users.Post",
        "author__posts",
        "several",
        True,
    ),
]


@pytest.mark.parametrize(("load", "relation", "model", "path", "loading", "many"), WAYS)
def test_a_statement_follows_a_relation(
    load: Callable[[], Any], relation: str, model: str, path: str, loading: str, many: bool
) -> None:
    one = _last(load)

    assert (one.relation, one.model, one.path, one.loading, one.many) == (relation, model, path, loading, many)


def test_objects_that_lead_back_to_where_they_came_from_make_no_circle() -> None:
    def load() -> None:
        for post in User.objects.get().posts.all():
            assert post.author.posts.all()[0].author.profile

    assert _last(load).path == "profile"


def test_what_was_prefetched_by_a_queryset_of_its_own_has_a_way_too() -> None:
    def load() -> None:
        users = User.objects.prefetch_related(Prefetch("posts", Post.objects.defer("body")))
        assert users[0].posts.all()[0].body

    assert _last(load).path == "posts__body"


@pytest.mark.parametrize(
    ("load", "sources"),
    [
        (lambda: list(Post.objects.all()), {("users.Post", "", "users.Post"): 1}),
        (
            lambda: list(Post.objects.select_related("author__profile")),
            {
                ("users.Post", "", "users.Post"): 1,
                ("users.User", "author", "users.Post"): 1,
                ("users.Profile", "author__profile", "users.Post"): 1,
            },
        ),
    ],
)
def test_objects_are_known_by_their_statement_and_how_they_were_joined(
    load: Callable[[], Any], sources: dict[tuple[str, str, str], int]
) -> None:
    looked = _looked(load)

    assert {
        (model, path, root): number
        for (model, statement, path, root), number in looked.sources.items()
        if statement == len(looked.statements) - 1
    } == sources
