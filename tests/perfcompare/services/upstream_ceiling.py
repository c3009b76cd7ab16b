"""How much the slow upstream service can answer, by wrk: `python -m tests.perfcompare.services.upstream_ceiling`.

Without a delay it is asked as fast as it can; with the scenario's delay, 256 connections can get 256 / 0.05 s.
"""

from __future__ import annotations

import subprocess
import sys

from perfcompare.services.lease import Lease


def main() -> None:
    with Lease() as lease:
        url = lease.ask("upstream")
        for delay_ms, connections in ((0, 32), (50, 256)):
            argv = ["wrk", "-t1", f"-c{connections}", "-d5", f"{url}/?delay_ms={delay_ms}"]
            done = subprocess.run(argv, capture_output=True, text=True, check=True)
            rate = next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("Requests/sec"))
            sys.stdout.write(f"{delay_ms} ms, {connections} connections: {rate} answers/s\n")


if __name__ == "__main__":
    main()
