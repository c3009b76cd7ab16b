"""What puts spans into a request: every file here knows one package. It is used where that package is an app or is
imported."""

from __future__ import annotations

from perfcompare.core.registry import Registry
from perfcompare.project.audit.instruments._instrument import Instrument

instruments = Registry("perfcompare.project.audit.instruments", attribute="INSTRUMENT", kind=Instrument)
