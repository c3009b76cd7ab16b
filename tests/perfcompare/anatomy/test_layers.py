from __future__ import annotations

import pytest

from perfcompare.anatomy import layers
from perfcompare.anatomy.layers import layer_of, shares

SITE = "/venv/lib/python3.11/site-packages"
SERVER = f"run_asgi ({SITE}/uvicorn/protocols/http/httptools_impl.py)"
HANDLER = f"get_response_async ({SITE}/django/core/handlers/base.py)"


@pytest.mark.parametrize(
    ("frame", "layer"),
    [
        (f"__acall__ ({SITE}/django/utils/deprecation.py)", layers.MIDDLEWARE),
        (f"resolve ({SITE}/django/urls/resolvers.py)", layers.ROUTING),
        (f"dispatch ({SITE}/rest_framework/views.py)", layers.VIEW),
        (f"to_representation ({SITE}/rest_framework/serializers.py)", layers.SERIALISATION),
        (f"run_validation ({SITE}/rest_framework/fields.py)", layers.VALIDATION),
        (f"render ({SITE}/rest_framework/renderers.py)", layers.RENDERING),
        (f"as_sql ({SITE}/django/db/models/sql/compiler.py)", layers.ORM),
        (f"execute ({SITE}/django/db/backends/utils.py)", layers.DRIVER),
        (f"wait ({SITE}/psycopg/connection.py)", layers.DRIVER),
        (f"dump_json ({SITE}/pydantic/type_adapter.py)", layers.RENDERING),
        (f"validate_python ({SITE}/pydantic/type_adapter.py)", layers.VALIDATION),
        (f"__call__ ({SITE}/asgiref/sync.py)", layers.HOPS),
        (f"get ({SITE}/django_redis/cache.py)", layers.CACHE),
        ("get (/work/perfcompare/stacks/drf/views.py)", layers.VIEW),
        ("aget (/work/perfcompare/levers/native_async/pool.py)", layers.DRIVER),
        ("listing (/work/users/querysets.py)", layers.ORM),
    ],
)
def test_the_innermost_frame_tells(frame: str, layer: str) -> None:
    assert layer_of([SERVER, HANDLER, frame]) == layer


def test_the_standard_library_works_for_its_caller() -> None:
    assert layer_of([SERVER, HANDLER, "copy (/usr/lib/python3.11/copy.py)"]) == layers.HANDLER


def test_the_event_loop_alone_is_the_server() -> None:
    assert layer_of(["run (/usr/lib/python3.11/asyncio/runners.py)"]) == layers.SERVER


def test_samples_add_up_to_one_in_the_order_of_the_layers() -> None:
    found = shares([f"{SERVER};{HANDLER} 3", f"{SERVER};{HANDLER} 2", f"{SERVER} 5"])

    assert found == {layers.SERVER: 0.5, layers.HANDLER: 0.5}
    assert list(found) == [layers.SERVER, layers.HANDLER]


def test_no_samples_have_no_shares() -> None:
    assert shares([]) == {}
