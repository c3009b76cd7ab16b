"""Each middleware of the settings by itself."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import spanned

CATEGORY: Final = "middleware"
_METHODS: Final = (
    "__call__",
    "__acall__",
    "process_request",
    "process_response",
    "process_view",
    "process_exception",
    "process_template_response",
)


def _install(recorder: Recorder) -> None:
    """It comes before the handler is made, which reads the names of the settings again."""
    found: list[tuple[type, str, Any]] = []
    for path in settings.MIDDLEWARE:
        kind = import_string(path)
        if inspect.isclass(kind):
            # Inherited ones too, and all before any is replaced: one middleware may inherit from another.
            methods = [(name, getattr(kind, name, None)) for name in _METHODS]
            found += [(kind, name, method) for name, method in methods if inspect.isfunction(method)]
        else:
            module, _, name = path.rpartition(".")
            setattr(sys.modules[module], name, _factory(recorder, kind))
    for kind, name, method in found:
        setattr(kind, name, spanned(recorder, method, CATEGORY, kind.__name__))


def _factory(recorder: Recorder, factory: Any) -> Any:
    @functools.wraps(factory)
    def made(get_response: Any) -> Any:
        return spanned(recorder, factory(get_response), CATEGORY, factory.__name__)

    return made


INSTRUMENT: Final = Instrument(module="django.core.handlers.base", install=_install, always=True)
