"""Lists as finished JSON: PostgreSQL builds each element, and the process only joins them.

What it changes
    A hot list is declared once, `LISTING = JSONRows(User.objects.order_by("id"), {"id": "id", …})`, and then
    `await LISTING.afetch(0, 100)` or `LISTING.fetch(0, 100)` gives the bytes of a JSON array: no instance is made and
    no serializer runs. Nested lists are subqueries of the same statement. Date-times are written as `isoformat()`
    writes them, in UTC with `Z`: microseconds are left out only when they are zero.
What it costs
    Work moves from the process to the database, where it is harder to scale, and model methods do not run. PostgreSQL
    separates names and values with ` : `; a client that compares bytes rather than JSON sees the difference. NaN and
    infinity become strings, and decimals are JSON numbers.
When not to use it
    Where the database is what limits the service, or where the elements need Python.
Source
    https://www.postgresql.org/docs/current/functions-json.html; Adam Johnson and Haki Benita describe the gain for
    Django, https://hakibenita.com/django-rest-framework-slow.

With `native_async` and `compiled_queries` the statement is compiled once for each declared list and asked on the event
loop; without them Django compiles and asks it.
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever
from perfcompare.levers._versions import DJANGO, PSYCOPG, PYTHON

LEVER: Final = Lever(
    label="JSON by PostgreSQL",
    changes="Declared lists come from the database as finished JSON; the process makes no instances for them.",
    costs="The database does the work; model methods do not run; views must say which lists.",
    source="https://www.postgresql.org/docs/current/functions-json.html",
    lines=(
        "from perfcompare.levers.database_json.rows import JSONRows",
        'LISTING = JSONRows(User.objects.order_by("id"), {"id": "id", "name": "name"})',
        "body = await LISTING.afetch(0, 100)",
    ),
    tested=(PYTHON, DJANGO, PSYCOPG),
)
