"""The audit as a whole: its requests, and its findings in the order of what they are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from perfcompare.core.interface import Interface
from perfcompare.project.audit.facts import Failure, RequestFacts
from perfcompare.project.audit.verifying import Judged


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One thing to do, for every request that it concerns."""

    kind: str
    interface: Interface
    requests: Sequence[Judged]
    """The one that it is worth most for comes first."""

    @property
    def said(self) -> Mapping[str, Sequence[Judged]]:
        """The requests of which the same is said."""
        groups: dict[str, list[Judged]] = {}
        for one in self.requests:
            groups.setdefault(one.finding.what, []).append(one)
        return groups

    @property
    def where(self) -> Sequence[str]:
        """The lines of the project, of all requests."""
        return [*dict.fromkeys(place for one in self.requests for place in one.finding.where)]

    @property
    def write(self) -> Sequence[str]:
        """What to write, for all requests: what is the same for several of them stands there once."""
        return [line for lines in dict.fromkeys(one.finding.write for one in self.requests) for line in lines]

    @property
    def worth_us(self) -> float:
        """Wall time over all requests, each times its weight."""
        return sum(one.worth_us for one in self.requests)

    @property
    def verified(self) -> bool:
        """Whether a gain was measured."""
        return any(one.gain is not None for one in self.requests)

    @property
    def useless(self) -> bool:
        """Whether it was tried and makes no request cheaper beyond doubt."""
        return self.verified and not any(one.gain is not None and one.gain.sure for one in self.requests)

    @property
    def refused(self) -> bool:
        """Whether it was tried and fits no request."""
        return all(one.refused for one in self.requests)

    @property
    def holes(self) -> Sequence[Judged]:
        """Where it could not be tried."""
        return [one for one in self.requests if one.hole]

    @property
    def useful(self) -> bool:
        """Whether it is something to do."""
        return not self.useless and not all(one.refused or one.hole for one in self.requests)


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Everything that was found."""

    results: Sequence[RequestFacts | Failure]
    findings: Sequence[Judged]
    skipped: Sequence[str] = ()
    """Requests that were not sent, because they may change something."""

    @property
    def facts(self) -> list[RequestFacts]:
        """The requests that were measured."""
        return [one for one in self.results if isinstance(one, RequestFacts)]

    @property
    def failures(self) -> list[Failure]:
        """The others."""
        return [one for one in self.results if isinstance(one, Failure)]

    @property
    def advice(self) -> list[Advice]:
        """What it is worth most to do comes first."""
        groups: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
        for one in self.findings:
            groups[one.kind, one.facts.interface, one.finding.subject].append(one)
        several = [
            Advice(
                kind=group[0].kind,
                interface=group[0].facts.interface,
                requests=sorted(group, key=lambda one: -one.worth_us),
            )
            for group in groups.values()
        ]
        return sorted(several, key=lambda one: (not one.useful, -one.worth_us))


def refusals(audit: Audit, kinds: Collection[str], statements: int | None) -> list[str]:
    """Why CI must fail: failed requests, findings of these kinds, requests with more statements."""
    sentences = [f"{one.name} ({one.interface.upper()}): {one.said}" for one in audit.failures]
    sentences += [
        f"{one.facts.name} ({one.facts.interface.upper()}): {one.kind.replace('_', '-')}: {one.finding.what}"
        for one in audit.findings
        if one.kind in kinds
    ]
    if statements is not None:
        sentences += [
            f"{one.name} ({one.interface.upper()}): {one.number_of_statements} statements, allowed are {statements}"
            for one in audit.facts
            if one.number_of_statements > statements
        ]
    return sentences


def as_data(audit: Audit) -> Mapping[str, Any]:
    """For JSON."""
    return {
        "requests": [{**asdict(one), "statements_in_all": one.number_of_statements} for one in audit.facts],
        "failed": [asdict(one) for one in audit.failures],
        "skipped": list(audit.skipped),
        "advice": [_advice(one) for one in audit.advice],
    }


def _advice(advice: Advice) -> Mapping[str, Any]:
    first = advice.requests[0].finding
    return {
        "kind": advice.kind,
        "interface": advice.interface,
        "worth_us": advice.worth_us,
        "write": advice.write,
        "where": advice.where,
        "source": first.source,
        "change": first.change,
        "server": first.server,
        "requests": [
            {
                "name": one.facts.name,
                "what": one.finding.what,
                "cpu_us": one.finding.cpu_us,
                "wall_us": one.finding.wall_us,
                "gain": asdict(one.gain) if one.gain else None,
                "said": one.said,
                "hole": one.hole,
            }
            for one in advice.requests
        ],
    }
