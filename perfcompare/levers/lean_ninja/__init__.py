"""Lean Ninja: Django Ninja's operations without the work whose outcome is always the same.

What it changes
- Answers: a response schema of plain fields (text, numbers, truth values, dates, lists, nested schemas, JSON) is
  validated in one pass by pydantic-core and written in one pass by orjson. Stock Ninja wraps every object in a
  `DjangoGetter`, calls a Python validator for each, dumps to dictionaries and encodes those with the `json` module.
- Parameters: one pydantic-core validator for each source, without building a model that is taken apart at once; the
  query string is split without a QueryDict; bodies that are JSON are validated without a `DjangoGetter`.
- Dispatch: no check that has nothing to check, no response object before there is an answer, the kind of each
  authentication callable is found out once. A synchronous callable that only computes says so with the attribute
  `async_safe = True` and then runs on the event loop instead of in a thread.
- A value that carries its finished JSON (`__finished_json__()`, see the lever cached_bytes) is validated once: the
  finished answer is kept in memory for as long as the same bytes come again.

What stays: everything else. Resolvers, aliases, validators of a whole model, unions, enumerations, custom renderers,
streams, `exclude_none` and its like, values that do not fit, every error: those take Ninja's own code, which then runs
from the beginning. The answer is the same JSON, in fewer bytes: no blanks after `,` and `:`, no `\\u` escapes.

A serializer function of a datetime field may declare `rfc3339_utc = True`: it writes what orjson writes for a moment
in UTC (RFC 3339, `Z`, six digits of microseconds or none). orjson then writes it, and the function is called only for
moments of other zones.

What it costs: validators and serializers of fields run once more when an answer does not fit; they must be free of
side effects, as pydantic expects anyway. Attributes are read once to try and once more in Ninja's code.

Sources: why Ninja's answers are slow: https://github.com/vitalik/django-ninja/pull/1150 and
https://github.com/vitalik/django-ninja/issues/1683.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, NINJA, ORJSON, PYDANTIC, PYTHON

LEVER = Lever(
    label="lean Ninja",
    changes="validates answers in one pass of pydantic-core and writes them with orjson, parses parameters without"
    " building models, and skips checks that have nothing to check; the rest takes Ninja's own code",
    costs="validators of fields run twice when an answer does not fit; bound to the minor version of Ninja it was"
    " compared with",
    source="https://github.com/vitalik/django-ninja/issues/1683",
    lines=('INSTALLED_APPS += ["perfcompare.levers.lean_ninja"]',),
    tested=(PYTHON, DJANGO, NINJA, PYDANTIC, ORJSON),
    settings=with_app("perfcompare.levers.lean_ninja"),
    packages=("orjson",),
)
