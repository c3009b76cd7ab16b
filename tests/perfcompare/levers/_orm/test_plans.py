from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact

from perfcompare.levers._orm import plans, single_results
from perfcompare.levers._orm.plans import Statement, compiled, statement_for
from perfcompare.levers._orm.querysets import AnyQuerySet
from perfcompare.levers._orm.shapes import shape_of
from perfcompare.levers._orm.single_results import counted, existing
from tests.perfcompare.levers._orm.querysets import _MODELS, condition, querysets
from users.models import Post, User

Asked = tuple[str, tuple[Any, ...]] | None


def by_django(queryset: QuerySet[Any]) -> Asked:
    try:
        sql, parameters = queryset.query.clone().get_compiler(using=queryset.db).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(parameters)


def by_plan(queryset: AnyQuerySet) -> Asked:
    try:
        statement = statement_for(queryset)
        if statement is None:
            if shape_of(queryset.query) is not None:  # a value changes the SQL
                return by_django(queryset)
            plan, parameters = compiled(queryset, queryset.db)
            assert plan is not None, queryset.query
            low, high = queryset.query.low_mark, queryset.query.high_mark
            limit = None if high is None else high - low
            statement = Statement(using=queryset.db, plan=plan, parameters=parameters, limit=limit, offset=low or None)
    except EmptyResultSet:
        return None
    return statement.with_percents(), statement.parameters


def _typed(asked: Asked) -> Any:
    return asked and (asked[0], [(type(one), one) for one in asked[1]])


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("seed", range(8))
def test_a_remembered_plan_gives_djangos_sql_and_parameters(seed: int) -> None:
    for queryset in querysets(seed, 150):
        if not queryset.query.extra:
            assert _typed(by_plan(queryset)) == _typed(by_django(queryset))


@pytest.mark.usefixtures("remembering")
def test_plans_are_really_used_again() -> None:
    shaped = [one for one in querysets(1, 150) if shape_of(one.query) is not None]
    for queryset in shaped:
        by_plan(queryset)

    assert 0 < len(plans.plans.of) < len(shaped) / 2
    assert all(plans.plans.of.values())


def one_difference() -> list[Any]:
    """QuerySets of which each differs from another in a single thing."""
    users = User.objects.filter(id=1, name="a")
    return [
        users, User.objects.exclude(id=1, name="a"), User.objects.filter(Q(id=1) | Q(name="a")),
        User.objects.filter(~(Q(id=1) | Q(name="a"))), User.objects.exclude(Q(id=1) | Q(name="a")),
        User.objects.filter(Q(id=1) | ~Q(name="a", email="a")), User.objects.filter(Q(id=1) | Q(name="a", email="a")),
        User.objects.filter(~Q(id=1), name="a"), User.objects.filter(name="a", id__lt=1),
        User.objects.filter(id=1, email="a"), User.objects.filter(id=1, name="b"), User.objects.filter(id=1, name=""),
        User.objects.filter(Q(id=1) & Q(Q(name="a") | Q(email="a"))), User.objects.filter(id=1),
        User.objects.filter(is_active=True), User.objects.filter(is_active=False), User.objects.filter(is_staff=True),
        User.objects.filter(last_login__isnull=True), User.objects.filter(last_login__isnull=False),
        users.only("name"), users.defer("name"), users.only("email"), users.select_related("profile"),
        users.select_related("profile").only("name", "profile__bio"), users.order_by("id"), users.order_by("-id"),
        users.order_by("name"), users.order_by("id").reverse(), users.values("id"), users.values("name"),
        users.values("name", "id"), users.values_list("name"), users.values_list("id", flat=True), users[:1], users[1:],
        users[1:2], users[2:9], Post.objects.filter(id=1), Post.objects.filter(author=1),
        Post.objects.filter(author__gt=1),
        Post.objects.filter(author=User(id=1)), Post.objects.select_related("author").filter(id=1),
        users.distinct(), users.distinct("id"), users.distinct("id", "name"), users.filter(id__in=[1]),
        users.filter(id__in=[1, 2]), users.filter(id__in=(2, 3)), users.filter(id__in={7, 8}),
        users.filter(name__in=["a", "b"]), users.exclude(id__in=[1, 2]), Post.objects.filter(author__in=[1, 2]),
        Post.objects.filter(author__in=[User(id=1), User(id=2)]), Post.objects.filter(author__name="a"),
        Post.objects.filter(author__email="a"), Post.objects.filter(author__name__in=["a", "b"]),
        Post.objects.filter(author__name="a").select_related("author"),
        Post.objects.filter(author__name="a").select_related("author__profile"),
        Post.objects.filter(author__profile__bio="a"), Post.objects.filter(author__name="a").order_by("author__name"),
        Post.objects.filter(author__name="a").values("author__name"), Post.objects.filter(author__name="a").distinct(),
        User.objects.filter(posts__id=1, posts__title="a"), User.objects.filter(posts__id=1).filter(posts__title="a"),
        User.objects.filter(posts__id=1).filter(posts__title="a").filter(posts__body="a"),
        User.objects.filter(Q(posts__id=1) | Q(name="a")), User.objects.filter(Q(posts__id=1) & Q(name="a")),
        User.objects.filter(profile__isnull=True), User.objects.filter(profile__bio__isnull=True),
        User.objects.filter(groups=1), User.objects.filter(groups__id=1), User.objects.filter(groups__name="a"),
        User.objects.filter(groups=1, user_permissions=2), User.objects.filter(user_permissions=2, groups=1),
        Group.objects.filter(user__id=1), Group.objects.filter(user__name="a"),
    ]  # fmt: skip


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("seed", range(3))
def test_queries_that_differ_in_one_thing_keep_their_own_sql(seed: int) -> None:
    mixed = one_difference() + one_difference()
    random.Random(seed).shuffle(mixed)

    for queryset in mixed:
        assert shape_of(queryset.query) is not None, queryset.query
        assert _typed(by_plan(queryset)) == _typed(by_django(queryset))


@pytest.mark.parametrize(
    "shapeless",
    [
        lambda: User.objects.filter(id__in=[]),
        lambda: User.objects.filter(id__in=[1, 1]),
        lambda: User.objects.filter(id__in=[1, None]),
        lambda: User.objects.filter(id__in=[*range(31)]),
        lambda: User.objects.filter(id__in=User.objects.values("id")),
        lambda: User.objects.exclude(posts__title="a"),
        lambda: User.objects.annotate(some=FilteredRelation("posts", condition=Q(posts__id=1))).filter(some__id=2),
        lambda: User.objects.filter(Exists(Post.objects.filter(author=OuterRef("pk")))),
    ],
)
def test_what_may_be_one_thing_now_and_another_then_has_no_shape(shapeless: Callable[[], QuerySet[Any]]) -> None:
    assert shape_of(shapeless().query) is None


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("seed", range(8))
def test_a_remembered_get_gives_djangos_sql_and_parameters(seed: int) -> None:
    values = random.Random(seed)
    used = 0
    for place in range(300):
        chance = random.Random(f"{seed} {place // 3}")
        model, fields = chance.choice(_MODELS)
        queryset = model._default_manager.filter(**condition(fields, chance, values)).only(next(iter(fields)))
        arguments = {**condition(fields, chance, values), **condition(fields, chance, values)}
        statement = single_results._remembered_get(queryset, arguments)
        if statement is not None:
            used += 1
            narrowed = single_results._narrowed(queryset, (), arguments)
            assert _typed((statement.with_percents(), statement.parameters)) == _typed(by_django(narrowed))
    assert used > 30


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("seed", range(4))
def test_a_remembered_count_gives_djangos_sql_and_parameters(seed: int) -> None:
    for queryset in querysets(seed, 100):
        statement = next(counted(queryset), None)
        if statement is None or queryset.query.is_empty():
            continue
        assert isinstance(statement, Statement)
        again = next(counted(queryset), None)
        expected = single_results._count(queryset.query, "default")
        assert again is not None
        assert _typed((again.plan.sql, again.parameters)) == _typed((expected.plan.sql, expected.parameters))
        assert again.plan.sql.startswith('SELECT COUNT(*) AS "__count" FROM')


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("seed", range(4))
def test_a_remembered_exists_gives_djangos_sql_and_parameters(seed: int) -> None:
    for queryset in querysets(seed, 100):
        statement = next(existing(queryset), None)
        if statement is None:
            continue
        sql, parameters = queryset.query.exists().get_compiler(using="default").as_sql()
        assert statement.with_percents() == sql.replace("%s", "1", 1)
        assert _typed(("", statement.parameters)) == _typed(("", parameters[1:]))


def test_a_lookup_or_an_attribute_that_nobody_knows_has_no_shape() -> None:
    class Strange(Exact[Any] if hasattr(Exact, "__class_getitem__") else Exact):  # type: ignore[misc]
        lookup_name = "strange"

    column = User._meta.get_field("name").get_col("users_user")
    known, strange, later = User.objects.filter(name="a"), User.objects.all(), User.objects.filter(name="a")
    strange.query.where.add(Strange(column, "a"), "AND")
    later.query.fetch_mode = "peers"  # type: ignore[attr-defined]

    assert shape_of(known.query) is not None
    assert shape_of(strange.query) is None
    assert shape_of(later.query) is None
    assert shape_of(User.objects.filter(name=Value("a")).query) is None


def test_a_value_that_changes_the_sql_is_part_of_the_shape() -> None:
    shapes = [shape_of(User.objects.filter(is_active=value).query) for value in (True, False)]

    assert shapes[0] is not None
    assert shapes[0] != shapes[1]
