"""The source of the applications."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import unquote

from perfcompare.project.forecast.models import Models, class_name
from perfcompare.project.forecast.recording import RecordedRequest, Statement
from perfcompare.project.forecast.replay import CONTROL

BODIES: Final = "bodies"
"""The folder of the recorded bodies, beside the applications."""
TAKEN: Final = frozenset(
    {*keyword.kwlist, *dir(builtins)}
    | {"app", "asyncpg", "datetime", "json", "os", "connection", "arguments", "lifespan", "body", "request", "routes"}
)
"""Names that the applications use otherwise."""
_CLAUSE: Final = re.compile(r"(?= (?:FROM|WHERE|INNER JOIN|LEFT OUTER JOIN|GROUP BY|HAVING|ORDER BY|LIMIT) )")
_IMPORTED: Final = {
    "asyncpg.": "import asyncpg",
    "datetime.": "import datetime",
    "json.": "import json",
    "os.": "import os",
    "asynccontextmanager": "from contextlib import asynccontextmanager",
    "Decimal(": "from decimal import Decimal",
    "Path(": "from pathlib import Path",
    "Any": "from typing import Any",
    "UUID(": "from uuid import UUID",
}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route of the applications, and the requests that it answers, by the names of their functions."""

    method: str
    path: str
    handlers: dict[str, RecordedRequest]


class Bound:
    """The same SQL, and the recorded body."""

    doc = "Sends the SQL of the project through asyncpg and returns the recorded bodies: the least that a port must do."
    fetched = "await {connection}.fetch({words})"
    third_party = ("from fastapi import FastAPI, Request, Response",)

    def __init__(self, routes: Sequence[Route], urls: Mapping[str, str], connections: int) -> None:
        self._routes = routes
        self._urls = urls
        """The variable with the URL of each database, by its alias."""
        self._connections = connections
        self._sql: dict[str, str] = {}
        """Names of statements."""
        self._constants: list[str] = []

    def text(self) -> str:
        """The module."""
        functions = [function for route in self._routes for function in self._functions(route)]
        statements = [_assigned(name, sql) for sql, name in self._sql.items()]
        body = [*self._opening(), *statements, *self._constants, *functions, "add_health(app)"]
        text = "\n\n\n".join(body)
        standard = [line for mark, line in _IMPORTED.items() if re.search(rf"(?<!\w){re.escape(mark)}", text)]
        imports = [*standard, "", *self.third_party, "from perfcompare.project.forecast.health import add_health"]
        said = f'"""{self.doc}\n\nMade by perfcompare from recorded requests.\n"""'
        return "\n\n".join([said, "\n".join(imports), "\n\n" + text]) + "\n"

    def _opening(self) -> Iterator[str]:
        yield (
            f"def body(name: str) -> bytes:\n    return (Path(__file__).parent / {BODIES!r} / name).read_bytes()\n\n\n"
            "DATABASES: dict[str, asyncpg.Pool] = {}"
        )
        lines = ["@asynccontextmanager", "async def lifespan(_app: FastAPI):"]
        for alias, variable in self._urls.items():
            pool = f'asyncpg.create_pool(os.environ["{variable}"], min_size=0, max_size={self._connections})'
            lines.append(f"    DATABASES[{alias!r}] = {pool}")
        lines += [f"    await DATABASES[{alias!r}]" for alias in self._urls]
        lines += ["    yield"] + [f"    await DATABASES[{alias!r}].close()" for alias in self._urls]
        yield "\n".join(lines)
        yield "app = FastAPI(lifespan=lifespan, redirect_slashes=False, openapi_url=None)"

    def _functions(self, route: Route) -> Iterator[str]:
        decorator = f"@app.api_route({unquote(route.path)!r}, methods=[{route.method!r}])\n"
        alone = len(route.handlers) == 1
        for handler, one in route.handlers.items():
            self._constants.append(self._constant(handler, one))
            yield (decorator if alone else "") + "\n".join(
                [
                    f"async def {handler}() -> Response:",
                    f'    """{route.method} {_harmless(one.path)}"""',
                    *self._work(one.replayed),
                    f"    return {self._answer(handler, one)}",
                ]
            )
        if not alone:
            yield decorator + "\n".join(_choice(route))

    def _constant(self, handler: str, one: RecordedRequest) -> str:
        headers = dict(one.reply.headers)
        return f"{handler.upper()}_BODY = body({handler!r})\n{handler.upper()}_HEADERS = {headers!r}"

    def _answer(self, handler: str, one: RecordedRequest) -> str:
        return f"Response({handler.upper()}_BODY, {one.reply.status}, {handler.upper()}_HEADERS)"

    def _work(self, statements: Sequence[Statement]) -> Iterator[str]:
        """One connection of each database, held as long as the request takes, as Django does."""
        aliases = list(dict.fromkeys(one.database for one in statements))
        names = {alias: "connection" if len(aliases) == 1 else f"connection_{i}" for i, alias in enumerate(aliases, 1)}
        if aliases:
            opened = ", ".join(f"DATABASES[{alias!r}].acquire() as {name}" for alias, name in names.items())
            yield f"    async with {opened}:"
        for (database, sql), group in groupby(statements, lambda one: (one.database, one.sql)):
            connection = names[database]
            same = list(group)
            if CONTROL.match(sql):
                yield from (f"        await {connection}.execute({sql!r})" for _ in same)
                continue
            name = self._sql.setdefault(sql, f"SQL_{len(self._sql) + 1}")
            if len(same) == 1:
                words = ", ".join([name, *same[0].arguments])
                yield f"        {self.fetched.format(connection=connection, words=words)}"
            else:
                yield f"        for arguments in [{', '.join(f'({_listed(one)})' for one in same)}]:"
                yield f"            {self.fetched.format(connection=connection, words=f'{name}, *arguments')}"


class WithJson(Bound):
    """The same SQL, dicts of the rows, and the recorded JSON validated and written by Pydantic."""

    doc = (
        "Sends the SQL of the project through asyncpg, makes dicts of the rows, and has Pydantic validate and write\n"
        "the recorded JSON: about what an ordinary port costs."
    )
    fetched = "[dict(row) for row in await {connection}.fetch({words})]"
    third_party = (*Bound.third_party, "from pydantic import BaseModel, TypeAdapter")

    def __init__(self, routes: Sequence[Route], urls: Mapping[str, str], connections: int) -> None:
        super().__init__(routes, urls, connections)
        self._models = Models()

    def _constant(self, handler: str, one: RecordedRequest) -> str:
        said = super()._constant(handler, one)
        value = _json(one)
        if value is None:
            return said
        known = len(self._models.source)
        annotation = self._models.annotation([value], class_name(handler))
        kind = f"{handler.upper()}_TYPE: TypeAdapter[Any] = TypeAdapter({annotation})"
        found = f"{handler.upper()}_VALUE = json.loads({handler.upper()}_BODY)"
        return "\n\n\n".join([*self._models.source[known:], "\n".join([said, found, kind])])

    def _answer(self, handler: str, one: RecordedRequest) -> str:
        if _json(one) is None:
            return super()._answer(handler, one)
        name = handler.upper()
        made = f"{name}_TYPE.dump_json({name}_TYPE.validate_python({name}_VALUE))"
        return f"Response({made}, {one.reply.status}, {name}_HEADERS)"


class Bare(Bound):
    """The recorded body."""

    doc = "Returns the recorded bodies: FastAPI and its server alone."

    def __init__(self, routes: Sequence[Route], _urls: Mapping[str, str], connections: int) -> None:
        super().__init__(routes, {}, connections)

    def _work(self, statements: Sequence[Statement]) -> Iterator[str]:
        return iter(())


def _choice(route: Route) -> Iterator[str]:
    handlers = list(route.handlers)
    yield f"async def {'_or_'.join(handlers[:2])}_by_query(request: Request) -> Response:"
    yield "    match request.scope['query_string']:"
    for handler, one in route.handlers.items():
        yield f"        case {one.path.partition('?')[2].encode()!r}:"
        yield f"            return await {handler}()"
    yield "    return Response(status_code=404)"


def _json(one: RecordedRequest) -> Any:
    """The value of a JSON body; None without one."""
    kind = one.reply.headers.get("content-type", "").partition(";")[0].strip()
    if not (kind == "application/json" or kind.endswith("+json")):
        return None
    try:
        return json.loads(one.reply.body)
    except ValueError:
        return None


def _listed(one: Statement) -> str:
    return "".join(f"{argument}, " for argument in one.arguments)


def _assigned(name: str, sql: str) -> str:
    pieces = _CLAUSE.split(sql)
    if len(pieces) == 1:
        return f"{name} = {sql!r}"
    return "\n".join([f"{name} = (", *(f"    {piece!r}" for piece in pieces), ")"])


def _harmless(path: str) -> str:
    """In a docstring."""
    return path.replace("\\", "\\\\").replace('"', '\\"')
