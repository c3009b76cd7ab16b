"""The source of the applications."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from perfcompare.project.answers import is_json
from perfcompare.project.forecast.models import Models, class_name
from perfcompare.project.forecast.recording import RecordedRequest, Statement
from perfcompare.project.forecast.replay import CONTROL

BODIES: Final = "bodies"
"""The folder of the recorded bodies, beside the applications."""
TAKEN: Final = frozenset(
    {*keyword.kwlist, *dir(builtins)}
    | {
        "app",
        "asyncpg",
        "datetime",
        "json",
        "os",
        "connection",
        "arguments",
        "lifespan",
        "body",
        "request",
        "response",
        "with_json",
    }
)
"""Names that the applications use otherwise."""
_NUMBER: Final = re.compile(r"-?[1-9]\d*|0")
_CLAUSE: Final = re.compile(r"(?= (?:FROM|WHERE|INNER JOIN|LEFT OUTER JOIN|GROUP BY|HAVING|ORDER BY|LIMIT) )")
_IMPORTED: Final = {
    "asyncpg.": "import asyncpg",
    "datetime.": "import datetime",
    "json.": "import json",
    "os.": "import os",
    "asynccontextmanager": "from contextlib import asynccontextmanager",
    "Decimal(": "from decimal import Decimal",
    "Path(": "from pathlib import Path",
    "Annotated[": "from typing import Annotated",
    "Any": "from typing import Any",
    "UUID": "from uuid import UUID",
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
    third_party: Sequence[str] = ("from fastapi import FastAPI, Request, Response",)
    pool = "min_size=0, max_size={connections}"
    acquired = ""

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
            options = self.pool.format(connections=self._connections)
            lines.append(f'    DATABASES[{alias!r}] = asyncpg.create_pool(os.environ["{variable}"], {options})')
        lines += [f"    await DATABASES[{alias!r}]" for alias in self._urls]
        lines += ["    yield"] + [f"    await DATABASES[{alias!r}].close()" for alias in self._urls]
        yield "\n".join(lines)
        yield "app = FastAPI(lifespan=lifespan, redirect_slashes=False, openapi_url=None)"

    def _functions(self, route: Route) -> Iterator[str]:
        alone = len(route.handlers) == 1
        for handler, one in route.handlers.items():
            self._constants.append(self._constant(handler, one))
            yield "\n".join(
                [
                    *([self._decorator(route, one)] if alone else ()),
                    f"async def {handler}{self._signature(route, handler, one)}:",
                    f'    """{route.method} {_harmless(one.path)}"""',
                    *self._work(one.replayed),
                    *self._answer(route, handler, one),
                ]
            )
        if not alone:
            yield "\n".join([self._decorator(route), *_choice(route)])

    def _decorator(self, route: Route, _one: RecordedRequest | None = None) -> str:
        return f"@app.api_route({unquote(route.path)!r}, methods=[{route.method!r}])"

    def _signature(self, _route: Route, _handler: str, _one: RecordedRequest) -> str:
        return "() -> Response"

    def _constant(self, handler: str, one: RecordedRequest) -> str:
        headers = dict(one.reply.headers)
        return f"{handler.upper()}_BODY = body({handler!r})\n{handler.upper()}_HEADERS = {headers!r}"

    def _answer(self, _route: Route, handler: str, one: RecordedRequest) -> Iterator[str]:
        yield f"    return Response({handler.upper()}_BODY, {one.reply.status}, {handler.upper()}_HEADERS)"

    def _work(self, statements: Sequence[Statement]) -> Iterator[str]:
        """One connection of each database, held as long as the request takes, as Django does."""
        aliases = list(dict.fromkeys(one.database for one in statements))
        names = {alias: "connection" if len(aliases) == 1 else f"connection_{i}" for i, alias in enumerate(aliases, 1)}
        if aliases:
            opened = ", ".join(
                f"DATABASES[{alias!r}].acquire({self.acquired}) as {name}" for alias, name in names.items()
            )
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
    """What an ordinary port does beside the SQL: parameters, time limits, rows as dicts, models, JSON."""

    doc = (
        "Sends the SQL of the project through asyncpg, makes dicts of the rows, and has Pydantic validate and write\n"
        "the recorded JSON: about what an ordinary port costs."
    )
    fetched = "[dict(row) for row in await {connection}.fetch({words})]"
    third_party = (
        "from fastapi import FastAPI, Query, Request, Response",
        "from pydantic import BaseModel, TypeAdapter",
        "from pydantic_core import from_json",
    )
    pool = "min_size=0, max_size={connections}, timeout=60, command_timeout=60, init=with_json"
    acquired = "timeout=60"

    def __init__(self, routes: Sequence[Route], urls: Mapping[str, str], connections: int) -> None:
        super().__init__(routes, urls, connections)
        self._models = Models()
        self._annotations: dict[str, str] = {}
        """The type of the answer of each function that gives JSON."""
        self._templates = Counter((route.method, _parametrized(route.path)) for route in routes)

    def _opening(self) -> Iterator[str]:
        yield "\n".join(
            [
                "async def with_json(connection: asyncpg.Connection) -> None:",
                '    for name in ("json", "jsonb"):',
                "        await connection.set_type_codec(",
                '            name, schema="pg_catalog", encoder=str, decoder=from_json',
                "        )",
            ]
        )
        yield from super()._opening()

    def _constant(self, handler: str, one: RecordedRequest) -> str:
        said = super()._constant(handler, one)
        value = _json(one)
        if value is None:
            return said
        known = len(self._models.source)
        annotation = self._annotations[handler] = self._models.annotation([value], class_name(handler))
        name = handler.upper()
        kind = f"{name}_TYPE: TypeAdapter[Any] = TypeAdapter({annotation})"
        # as Python values, such as a driver returns: datetime, UUID
        found = f"{name}_VALUE = {name}_TYPE.dump_python({name}_TYPE.validate_json({name}_BODY))"
        return "\n\n\n".join([*self._models.source[known:], "\n".join([said, kind, found])])

    def _returns_model(self, route: Route, handler: str, one: RecordedRequest) -> bool:
        """Whether FastAPI writes the answer. Otherwise the function does."""
        plain = one.reply.headers.get("content-type") == "application/json"
        return len(route.handlers) == 1 and plain and self._annotations.get(handler, "Any") != "Any"

    def _decorator(self, route: Route, one: RecordedRequest | None = None) -> str:
        path = self._path(route) if one else unquote(route.path)
        status = f", status_code={one.reply.status}" if one else ""
        return f"@app.api_route({path!r}, methods=[{route.method!r}]{status})"

    def _path(self, route: Route) -> str:
        """Numbers in the path are parameters, unless another request differs in them alone."""
        template = _parametrized(route.path)
        return unquote(template if self._templates[route.method, template] == 1 else route.path)

    def _signature(self, route: Route, handler: str, one: RecordedRequest) -> str:
        if len(route.handlers) > 1:
            return super()._signature(route, handler, one)
        parameters = [f"{name}: int" for name in re.findall(r"\{(\w+):int\}", self._path(route))]
        query = parse_qs(one.path.partition("?")[2], keep_blank_values=True)
        for number, (name, values) in enumerate(query.items(), 1):
            kind = "int" if all(_NUMBER.fullmatch(value) for value in values) else "str"
            kind = kind if len(values) == 1 else f"list[{kind}]"
            parameters.append(f"query_{number}: Annotated[{kind}, Query(alias={name!r})]")
        if not self._returns_model(route, handler, one):
            return f"({', '.join(parameters)}) -> Response"
        return f"({', '.join(['response: Response', *parameters])}) -> {self._annotations[handler]}"

    def _answer(self, route: Route, handler: str, one: RecordedRequest) -> Iterator[str]:
        name = handler.upper()
        made = f"{name}_TYPE.validate_python({name}_VALUE)"
        if _json(one) is None:
            yield from super()._answer(route, handler, one)
        elif self._returns_model(route, handler, one):
            headers = {key: value for key, value in one.reply.headers.items() if key != "content-type"}
            if headers:
                yield f"    response.headers.update({headers!r})"
            yield f"    return {made}"
        else:
            yield f"    return Response({name}_TYPE.dump_json({made}), {one.reply.status}, {name}_HEADERS)"


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


def _parametrized(path: str) -> str:
    numbers = count(1)
    return re.sub(r"(?<=/)\d+(?=/|$)", lambda _found: f"{{part_{next(numbers)}:int}}", path)


def _json(one: RecordedRequest) -> Any:
    """The value of a JSON body; None without one."""
    if not is_json(one.reply.headers.get("content-type", "")):
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
