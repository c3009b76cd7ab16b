"""DRF's JSON renderer on orjson.

Changes: `rest_framework.renderers.JSONRenderer` in `DEFAULT_RENDERER_CLASSES` becomes
`perfcompare.levers.orjson_rendering.renderer.JSONRenderer`; the other renderers of the project stay. The answer has the
same bytes; what orjson cannot write as DRF would (keys that are no strings, integers beyond 64 bits, NaN, floats with
an exponent, members of an Enum, what can be read once only, indentation, an encoder of one's own) is left to DRF's
renderer.

Costs: an answer that is left to DRF has been written twice.

The kept package drf-orjson-renderer 1.8.0 is no drop-in: it writes null for NaN where DRF raises, null for types that
it does not know, text for a Decimal where DRF's encoder writes a number, and refuses integer keys that DRF writes.

Source: https://github.com/ijl/orjson; the rules of the answer are those of rest_framework.utils.encoders.
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, Settings
from perfcompare.levers._versions import DJANGO, DRF, ORJSON, PYTHON

STOCK: Final = "rest_framework.renderers.JSONRenderer"
OWN: Final = "perfcompare.levers.orjson_rendering.renderer.JSONRenderer"

# What DRF renders with when a project sets nothing (rest_framework.settings.DEFAULTS).
_DEFAULT: Final = (STOCK, "rest_framework.renderers.BrowsableAPIRenderer")


def settings(namespace: Settings) -> None:
    """Put the renderer in the place of DRF's, wherever that stands in the list."""
    framework = namespace.get("REST_FRAMEWORK", {})
    classes = [OWN if name == STOCK else name for name in framework.get("DEFAULT_RENDERER_CLASSES", _DEFAULT)]
    namespace["REST_FRAMEWORK"] = {**framework, "DEFAULT_RENDERER_CLASSES": classes}


LEVER = Lever(
    label="orjson rendering",
    changes="DRF writes its answers with orjson, in place of json.dumps and a Python encoder.",
    costs="An answer with something in it that orjson writes in another way is written twice.",
    source="https://github.com/ijl/orjson",
    lines=(
        "from perfcompare.levers import orjson_rendering  # at the end of the settings",
        "orjson_rendering.LEVER.settings(globals())",
    ),
    tested=(PYTHON, DJANGO, DRF, ORJSON),
    settings=settings,
    packages=("orjson",),
)
