from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import FileField, ImageField, Model, Prefetch, Q
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext, isolate_apps
from pytest_django import DjangoAssertNumQueries
from rest_framework.authtoken.models import Token

from perfcompare.levers._orm.plans import plans
from tests.perfcompare.levers.compiled_queries.conftest import applied
from tests.perfcompare.levers.orm_results import QUERYSETS, written
from users import seeding
from users.models import Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    seeding.seed(count=5, seed=1)


@pytest.mark.parametrize("name", QUERYSETS)
def test_results_are_djangos(name: str) -> None:
    expected = written(list(QUERYSETS[name]()))

    with applied():
        first, again = written(list(QUERYSETS[name]())), written(list(QUERYSETS[name]()))

    assert first == again == expected


@pytest.mark.parametrize("name", QUERYSETS)
def test_no_more_statements_than_django_asks(name: str) -> None:
    with CaptureQueriesContext(connection) as django:
        list(QUERYSETS[name]())

    with applied(), CaptureQueriesContext(connection) as lever:
        list(QUERYSETS[name]())

    assert len(lever) == len(django)


@pytest.mark.usefixtures("compiled")
def test_a_listing_is_remembered_with_what_it_prefetches() -> None:
    for start in range(3):
        list(User.objects.listing()[start : start + 2])

    assert len(plans.of) == 2
    assert all(plan is not None and plan.builder is not None for plan in plans.of.values())


GETS: list[dict[str, Any]] = [
    {"id": 1}, {"pk": 2}, {"id": "3"}, {"email": "user4@seeded.example"}, {"id": 4, "is_active": True},
    {"name__startswith": "A", "id__lt": 2**70}, {"id": -1}, {"id": 2**70}, {"id__gt": 0}, {"id": "x"}, {"pk": None},
    {"nothing": 1}, {"profile__user": 3}, {"id": 2.0},
]  # fmt: skip


@pytest.mark.parametrize("arguments", GETS, ids=str)
def test_get_is_djangos(arguments: dict[str, Any]) -> None:
    def outcome() -> Any:
        try:
            return written(User.objects.detail().get(**arguments))
        except Exception as error:
            return type(error), str(error)

    expected = outcome()

    with applied():
        assert outcome() == outcome() == expected


@pytest.mark.usefixtures("compiled")
def test_get_of_a_related_manager_knows_its_owner(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.get(id=2)
    posts = list(user.posts.order_by("id"))

    with django_assert_num_queries(2):
        found = [user.posts.get(id=post.id) for post in posts]
        assert all(post.author is user for post in found)
    with pytest.raises(Post.DoesNotExist):
        User.objects.get(id=1).posts.get(id=posts[0].id)


@pytest.mark.usefixtures("compiled")
def test_get_joins_and_prefetches(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key = Token.objects.get(user_id=1).key

    with django_assert_num_queries(1):
        assert Token.objects.select_related("user").get(key=key).user.id == 1
    with django_assert_num_queries(2):
        assert len(User.objects.listing().get(id=1).addresses.all()) == 2


@pytest.mark.usefixtures("compiled")
def test_get_on_a_slice_is_refused() -> None:
    with pytest.raises(TypeError, match="slice"):
        User.objects.all()[:3].get(id=1)


@pytest.mark.usefixtures("compiled")
def test_count_counts() -> None:
    counted = [User.objects.count(), User.objects.filter(id__gt=2).count(), User.objects.order_by("id")[1:3].count()]

    assert counted == [5, 3, 2]
    assert User.objects.none().count() == 0
    assert Post.objects.values("author").distinct().count() == 5


@pytest.mark.usefixtures("compiled")
def test_a_prefetched_relation_can_be_asked_further(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.listing()[0]
    addresses = user.addresses.all()
    first = addresses[0]

    assert addresses.filter(id=first.id).get() == first
    assert not addresses.exclude(id__in=[one.id for one in addresses]).exists()
    assert addresses._known_related_objects  # type: ignore[attr-defined]
    assert user.addresses.create(street="a", city="b", country="c").user is user
    assert user.addresses.count() == 3


@pytest.mark.usefixtures("compiled")
def test_prefetched_instances_survive_pickling_and_copying(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.listing()[0]

    with django_assert_num_queries(0):
        pickled = pickle.loads(pickle.dumps(user))  # noqa: S301
        assert [one.city for one in pickled.addresses.all()] == [one.city for one in user.addresses.all()]
    with django_assert_num_queries(1):  # a deep copy of a QuerySet has no results, by Django's design
        copied = copy.deepcopy(user)
        assert [one.city for one in copied.addresses.all()] == [one.city for one in user.addresses.all()]


@pytest.mark.usefixtures("compiled")
def test_whoever_listens_to_post_init_sees_every_instance() -> None:
    list(User.objects.all())
    seen: list[int] = []

    def listen(instance: User, **_signal: Any) -> None:
        seen.append(instance.id)

    post_init.connect(listen, sender=User)
    try:
        list(User.objects.order_by("id"))
    finally:
        post_init.disconnect(listen, sender=User)

    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("compiled")
def test_a_model_with_a_constructor_of_its_own_is_built_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    original = User.__init__

    def constructor(self: User, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        made.append(self.id)

    monkeypatch.setattr(User, "__init__", constructor)

    assert [user.id for user in User.objects.order_by("id")] == made


@pytest.fixture
def groups() -> list[Group]:
    made = [Group.objects.create(name=name) for name in ("readers", "writers", "nobody")]
    for user in User.objects.order_by("id"):
        user.groups.set(made[: user.id % 3])
    return made


RELATED: dict[str, Callable[[], Any]] = {
    "many to many": lambda: [list(user.groups.order_by("id")) for user in User.objects.order_by("id")],
    "owners": lambda: [(one.author.name, one.author.profile.bio) for one in Post.objects.order_by("id")],
    "a condition": lambda: [User.objects.get(Q(id=1)), User.objects.get(~Q(id__gt=1)), User.objects.get(Q(Q(id=1)))],
    "many to many, all": lambda: [sorted(one.id for one in user.groups.all()) for user in User.objects.order_by("id")],
    "many to many, the other way": lambda: [list(one.user_set.order_by("id")) for one in Group.objects.order_by("id")],
    "counts": lambda: [(one.groups.count(), one.posts.count()) for one in User.objects.order_by("id")],
    "exists": lambda: [(one.groups.exists(), one.posts.filter(id=1).exists()) for one in User.objects.order_by("id")],
    "all of an owner": lambda: [one.author.name for user in User.objects.all() for one in user.posts.all()],
    "columns of an owner": lambda: [list(user.posts.all().values("id")) for user in User.objects.order_by("id")],
    "sticky": lambda: [list(one.groups.filter(user__id=2).values_list("id")) for one in User.objects.order_by("id")],
    "a name": lambda: [list(one.groups.filter(name__in=["readers", "x"])) for one in User.objects.order_by("id")],
    "prefetched": lambda: list(User.objects.order_by("id").prefetch_related("groups")),
    "prefetched, chosen": lambda: list(
        User.objects.order_by("id").prefetch_related(Prefetch("groups", Group.objects.filter(name="readers")))
    ),
    "prefetched, with more below": lambda: list(
        User.objects.order_by("id").prefetch_related(Prefetch("groups", Group.objects.prefetch_related("permissions")))
    ),
    "prefetched twice": lambda: list(User.objects.order_by("id").prefetch_related("groups", "groups__permissions")),
    "prefetched the other way": lambda: list(Group.objects.order_by("id").prefetch_related("user_set")),
    "prefetched and asked": lambda: [
        (len(one.groups.all()), one.groups.count(), [*one.groups.all().filter(name="readers")])
        for one in User.objects.order_by("id").prefetch_related("groups")
    ],
    "prefetched and changed": lambda: [
        one.groups.remove(*one.groups.all()) or one.groups.count()  # type: ignore[func-returns-value]
        for one in User.objects.order_by("id").prefetch_related("groups")
    ],
}


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("name", RELATED)
def test_related_managers_give_what_djangos_do_by_the_same_statements(name: str) -> None:
    def asked() -> tuple[Any, list[str]]:
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            result = written(RELATED[name]())
            transaction.set_rollback(True)
        return result, [one["sql"] for one in captured]

    expected = asked()

    with applied():
        assert asked() == asked() == expected


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("name", RELATED)
def test_without_anybody_who_looks_the_results_are_the_same(name: str) -> None:
    def asked() -> Any:
        with transaction.atomic():
            result = written(RELATED[name]())
            transaction.set_rollback(True)
        return result

    expected = asked()

    with applied():
        assert asked() == asked() == expected


@pytest.mark.usefixtures("groups", "compiled")
def test_the_filter_of_a_related_manager_is_added_once_for_all_instances() -> None:
    users = list(User.objects.order_by("id"))
    list(users[0].groups.all())

    querysets = [one.groups.all() for one in users]
    plan = len(plans.of)
    found = [[one.id for one in queryset] for queryset in querysets]

    assert [len(one) for one in found] == [user.id % 3 for user in users]
    assert len(plans.of) == plan
    assert all(queryset._deferred_filter for queryset in querysets), "nobody has added it"  # type: ignore[attr-defined]


def test_a_model_with_files_is_built_without_its_constructor() -> None:
    with isolate_apps("users"):

        class Document(Model):
            kept = FileField()
            shown = ImageField(null=True)

            class Meta:
                app_label = "users"

    with connection.schema_editor() as editor:
        editor.create_model(Document)
    Document._default_manager.create(kept="a.txt", shown="b.png")
    Document._default_manager.create(kept="", shown=None)
    expected = written(list(Document._default_manager.order_by("id")))

    with applied():
        list(Document._default_manager.order_by("id"))
        found = list(Document._default_manager.order_by("id"))
        assert all(plan is not None and plan.builder is not None for plan in plans.of.values())

    assert written(found) == expected
    assert (found[0].kept.name, found[0].shown.name, bool(found[1].shown)) == ("a.txt", "b.png", False)
    assert found[0].kept.instance is found[0]
