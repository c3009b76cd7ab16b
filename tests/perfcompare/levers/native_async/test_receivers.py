from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save

from perfcompare.levers.native_async import receivers
from tests.perfcompare.levers.native_async.conftest import Run
from users import generation
from users.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("native")]

Configure = Callable[[dict[str, str]], None]
NAMES = f"{__name__}."
USERS = {"users.generation.bump_after_commit": "users.generation.abump"}

calls: list[Any] = []


def first(**named: Any) -> None:
    calls.append(("first", threading.current_thread(), named))


def second(**named: Any) -> None:
    calls.append(("second", threading.current_thread(), named))


async def afirst(**named: Any) -> None:
    await asyncio.sleep(0.01)
    calls.append(("afirst", threading.current_thread(), named))


async def asecond(**named: Any) -> None:
    calls.append(("asecond", threading.current_thread(), named))


async def arefused(**_named: Any) -> None:
    raise RuntimeError("refused")


async def aslow(instance: User, **_named: Any) -> None:
    calls.append("begun")
    await asyncio.sleep(0.05)
    calls.append(instance.id)


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


@pytest.fixture
def configure(settings: Any) -> Iterator[Configure]:
    def given(twins: dict[str, str]) -> None:
        settings.NATIVE_RECEIVERS = twins
        receivers.install()

    yield given
    given({})


@pytest.fixture
def _no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("A receiver took a thread.")

    monkeypatch.setattr(receivers, "sync_to_async", refused)


@pytest.fixture
def connect() -> Iterator[Callable[..., None]]:
    """Connects receivers of saved users, in their order, instead of those that the project has."""
    before, post_save.receivers = post_save.receivers, []

    def connected(*functions: Any) -> None:
        for function in functions:
            post_save.connect(function, sender=User)

    post_save.sender_receivers_cache.clear()
    yield connected
    post_save.receivers = before
    post_save.sender_receivers_cache.clear()


async def create() -> User:
    return await User.objects.acreate(name="Ada", email="ada@created.example")


def names() -> list[str]:
    return [one[0] for one in calls]


@pytest.mark.usefixtures("_no_thread")
def test_twins_are_awaited_on_the_loop_in_the_order_of_their_receivers(
    run: Run[Any], configure: Configure, connect: Callable[..., None]
) -> None:
    configure({f"{NAMES}first": f"{NAMES}afirst", f"{NAMES}second": f"{NAMES}asecond"})
    connect(first, second)

    user = run(create())

    assert names() == ["afirst", "asecond"]
    assert {one[1] for one in calls} == {threading.current_thread()}
    expected = {"created": True, "raw": False, "using": "default", "update_fields": None, "instance": user}
    assert [one[2] for one in calls] == [{"signal": post_save, "sender": User, **expected}] * 2


def test_a_receiver_without_a_twin_takes_all_synchronous_ones_into_one_thread(
    run: Run[Any], configure: Configure, connect: Callable[..., None]
) -> None:
    configure({f"{NAMES}first": f"{NAMES}afirst"})
    connect(first, second)

    run(create())

    assert names() == ["first", "second"]
    assert len({one[1] for one in calls}) == 1
    assert calls[0][1] is not threading.current_thread()


@pytest.mark.usefixtures("_no_thread")
def test_asynchronous_receivers_come_after_twins(
    run: Run[Any], configure: Configure, connect: Callable[..., None]
) -> None:
    configure({f"{NAMES}first": f"{NAMES}afirst"})
    connect(asecond, first)

    run(create())

    assert names() == ["afirst", "asecond"]


@pytest.mark.usefixtures("_no_thread")
def test_an_error_of_a_twin_is_raised_and_ends_the_sending(
    run: Run[Any], configure: Configure, connect: Callable[..., None]
) -> None:
    configure({f"{NAMES}first": f"{NAMES}arefused", f"{NAMES}second": f"{NAMES}asecond"})
    connect(first, second)

    with pytest.raises(RuntimeError, match="refused"):
        run(create())

    assert calls == []
    assert User.objects.filter(email="ada@created.example").exists()  # it was committed before, as with save()


def test_django_goes_on_calling_the_synchronous_receiver(configure: Configure, connect: Callable[..., None]) -> None:
    configure({f"{NAMES}first": f"{NAMES}afirst"})
    connect(first)

    User.objects.create(name="Ada", email="ada@created.example")

    assert names() == ["first"]


def test_a_view_that_is_cancelled_leaves_no_row_without_its_receivers(
    run: Run[Any], configure: Configure, connect: Callable[..., None]
) -> None:
    configure({f"{NAMES}first": f"{NAMES}aslow"})
    connect(first)

    async def left() -> None:
        view = asyncio.create_task(create())
        while not calls:
            await asyncio.sleep(0.001)
        view.cancel()
        with pytest.raises(asyncio.CancelledError):
            await view
        await asyncio.sleep(0.1)

    run(left())

    assert calls == ["begun", User.objects.get(email="ada@created.example").id]


@pytest.mark.usefixtures("_no_thread")
def test_creating_a_user_takes_no_thread_and_makes_cached_pages_stale(run: Run[Any], configure: Configure) -> None:
    configure(USERS)
    cache.clear()

    run(create())

    assert generation.current() == 1


@pytest.mark.parametrize(
    ("twins", "problem"),
    [
        ({"users.generation.nothing": "users.generation.abump"}, "cannot be imported"),
        ({"users.generation.bump_after_commit": "users.nothing.abump"}, "cannot be imported"),
        ({"users.generation.abump": "users.generation.abump"}, "is not a synchronous function"),
        ({"users.generation.bump": "users.generation.bump"}, "is not an asynchronous function"),
        ({"users.generation.KEY": "users.generation.abump"}, "is not a synchronous function"),
    ],
    ids=str,
)
def test_what_the_setting_names_wrongly_is_said_at_the_start(
    twins: dict[str, str], problem: str, settings: Any
) -> None:
    settings.NATIVE_RECEIVERS = twins

    with pytest.raises(ImproperlyConfigured, match=problem):
        receivers.install()
