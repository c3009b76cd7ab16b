"""Django Ninja: authentication, parameters, the operation, the response."""

from __future__ import annotations

from typing import Any, Final

from perfcompare.project.audit.instruments._instrument import Instrument
from perfcompare.project.audit.spans import Recorder
from perfcompare.project.audit.wrapping import wrap, wrap_family

NINJA: Final = "Ninja"


def _install(recorder: Recorder) -> None:
    from ninja import operation, renderers

    wrap_family(recorder, operation.Operation, ["run"], "view", _operation)
    wrap_family(recorder, operation.Operation, ["_run_authentication"], "authentication", NINJA)
    wrap_family(recorder, operation.Operation, ["_check_throttles"], "throttles", NINJA)
    wrap_family(recorder, operation.Operation, ["_get_values"], "validation", "parameters")
    wrap_family(recorder, operation.Operation, ["_result_to_response"], "serializers", _operation)
    wrap_family(recorder, renderers.BaseRenderer, ["render"], "rendering", lambda it: type(it).__name__)
    wrap(recorder, operation.PathView, ["_find_operation"], "URL resolving", NINJA)


def _operation(it: Any) -> str:
    return str(getattr(it.view_func, "__qualname__", it.view_func))


INSTRUMENT: Final = Instrument(module="ninja.operation", install=_install)
