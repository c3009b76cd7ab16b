"""`python -m tests.suites [NAMES]`: other people's suites, as stock and with levers; non-zero when they differ."""

from __future__ import annotations

import argparse
import os
import sys
import time

from perfcompare.core.errors import PerfcompareError
from perfcompare.services import environment
from tests.suites import extensions, recorded, table
from tests.suites.registry import suites
from tests.suites.report import Result, lines
from tests.suites.suite import Suite
from tests.suites.trial import trial


def main() -> int:
    """Run those named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.suites", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(suites)}; all without a name")
    parser.add_argument("-v", "--verbose", action="store_true", help="write the messages of tests that differ")
    parser.add_argument("--record", action="store_true", help="keep the stock outcomes of suites that are checked")
    parser.add_argument("--table", action="store_true", help=f"write what was found into {table.FILE.name}")
    options = parser.parse_args()
    failed = []
    given = bool(os.environ.get("DATABASE_URL"))
    with environment.provided(os.environ):
        for name, suite in (suites.choose(options.names) if options.names else suites).items():
            begun = time.monotonic()
            try:
                result = _tried(name, suite, given=given)
            except PerfcompareError as error:
                _say(f"{name}: not run: {error}")
                failed.append(name)
                continue
            for line in lines(result, verbose=options.verbose):
                _say(line)
            _say(f"  {time.monotonic() - begun:.0f} s")
            if options.table and not result.problems:
                table.write(result)
            failed += [name] if result.problems or not _recorded(result, anew=options.record) else []
    _say(f"Differ: {', '.join(failed)}" if failed else "No difference.")
    return bool(failed)


def _tried(name: str, suite: Suite, *, given: bool) -> Result:
    """On the server that the user gave, or on one of ours that has what the suite asks for."""
    if given or not suite.extensions:
        return trial(name, suite, os.environ["DATABASE_URL"])
    with extensions.server() as url:
        return trial(name, suite, url)


def _recorded(result: Result, *, anew: bool) -> bool:
    """Whether the record that `make check` agrees with is still right; written first where that is asked for."""
    if not result.suite.checked:
        return True
    record = recorded.made(result.name, result.suite, result.stock)
    if anew:
        recorded.write({result.name: record})
    right = recorded.known().get(result.name) == record
    if not right:
        _say("  DIFFERENT the recorded stock outcomes are others; --record keeps these")
    return right


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
