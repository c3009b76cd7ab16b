"""The processor time of the embedded services between two moments."""

from __future__ import annotations

from collections.abc import Mapping

from perfcompare.runner import cpu, procfs


class Services:
    """The clocks of the services with these root processes, by role."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._clocks = {role: cpu.TreeClock(root) for role, root in roots.items()}
        self._used_ns: dict[str, int] = {}

    def since_last(self) -> Mapping[str, int]:
        """Nanoseconds since the last call, by role. Between two turns the services are idle too."""
        before = dict(self._used_ns)
        for role, clock in self._clocks.items():
            self._used_ns[role] = clock.refresh(procfs.family(clock.root))
        return {role: ns - before.get(role, ns) for role, ns in self._used_ns.items()}

    @property
    def ended(self) -> list[str]:
        """The roles whose root has ended."""
        return [role for role, clock in self._clocks.items() if clock.ended]
