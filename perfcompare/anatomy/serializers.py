"""Converts 10,000 users to JSON in each of the frameworks' ways, in one process without a server or database.

`manage.py perfcompare serialize` runs it as a program, in a timed stack's own settings. The users are read beforehand.
The timed part is validation, conversion and encoding. https://pyperf.readthedocs.io
"""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any, Final

Serialize = Callable[[], bytes]
MODULE: Final = "perfcompare.anatomy.serializers"


def drf() -> Serialize:
    """DRF: ModelSerializer and JSONRenderer."""
    from rest_framework.renderers import JSONRenderer

    from perfcompare.stacks.drf.serializers import UserPageSerializer

    users, renderer = _users(), JSONRenderer()
    return lambda: renderer.render(_page(UserPageSerializer(users, many=True).data))


def drf_compiled() -> Serialize:
    """The same with the lever compiled_serializers."""
    from perfcompare.levers.compiled_serializers.install import install

    install()
    return drf()


def ninja() -> Serialize:
    """Django Ninja: a response schema of model objects, encoded as its JSONRenderer does."""
    from ninja.responses import NinjaJSONEncoder

    from perfcompare.contract.ninja_schemas import UserPage

    users = _users()
    return lambda: json.dumps(UserPage.model_validate(_page(users)).model_dump(), cls=NinjaJSONEncoder).encode()


def pydantic() -> Serialize:
    """FastAPI: a model of rows in asyncpg's form, encoded by pydantic."""
    from perfcompare.contract.fastapi.models import UserPage

    rows = [_row(user) for user in _users()]
    return lambda: UserPage.model_validate(_page(rows)).model_dump_json().encode()


WAYS: Final[Mapping[str, Callable[[], Serialize]]] = {
    "drf": drf,
    "drf_compiled": drf_compiled,
    "ninja": ninja,
    "pydantic": pydantic,
}


def _users() -> list[Any]:
    from users.models import User

    return list(User.objects.listing())


def _row(user: Any) -> dict[str, Any]:
    addresses = [{"street": one.street, "city": one.city, "country": one.country} for one in user.addresses.all()]
    names = ("id", "name", "email", "created_at", "metadata")
    return {**{name: getattr(user, name) for name in names}, "addresses": addresses}


def _page(results: Any) -> dict[str, Any]:
    return {"count": len(results), "results": results}


def digest(text: bytes) -> str:
    """A digest that is equal for texts with the same JSON value."""
    return hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).hexdigest()


def main() -> None:
    """With `--way NAME --digest`, write the digest of the answer. Without `--digest`, pyperf measures."""
    import django

    django.setup()
    if "--digest" in sys.argv:
        parser = ArgumentParser()
        parser.add_argument("--digest", action="store_true")
        parser.add_argument("--way", choices=WAYS)
        sys.stdout.write(digest(WAYS[parser.parse_args().way]()()))
        return
    _measure()


def _measure() -> None:
    import pyperf  # type: ignore[import-untyped]

    def again(argv: list[str], options: Namespace) -> None:
        argv += ["--way", options.way]

    runner = pyperf.Runner(program_args=("-m", MODULE), add_cmdline_args=again)
    runner.argparser.add_argument("--way", choices=WAYS)
    way = runner.parse_args().way
    runner.bench_func(way, WAYS[way]())


if __name__ == "__main__":
    main()
