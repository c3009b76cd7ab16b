"""The plug-ins of every kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from perfcompare.core.errors import UsageError
from perfcompare.core.registry import Registry
from perfcompare.core.scenario import Scenario
from perfcompare.core.stack import FORMERLY_SLOWED, PROXIED, SLOWED, STEP, TWIN, VARIANT, Interface, Stack
from perfcompare.levers._registry import levers

__all__ = ["Stacks", "levers", "scenarios", "stacks"]


class Stacks(Registry[Stack]):
    """The stacks, with the targets that their levers replace, the steps of their ladders, and variants.

    Found but not listed: `drf_tuned@2`, which is drf_tuned with the first two of its levers; and of each of them
    `~twin`, the same again for an A/A pair, `~twin2` and so on, `~proxied`, the same behind nginx, and `~slowed`, the
    same with an injected slowdown.
    """

    def __getitem__(self, name: str) -> Stack:
        """The stack, step or variant called `name`. Raises KeyError, as every mapping does."""
        step, separator, kind = name.partition(VARIANT)
        if not separator:
            return self._stack_or_step(name)
        if kind in (SLOWED, FORMERLY_SLOWED):
            return _slowed(self._stack_or_step(step))
        if kind == PROXIED:
            stack = self._stack_or_step(step)
            return replace(stack, label=f"{stack.label} behind nginx")
        if re.fullmatch(rf"{TWIN}\d*", kind) is None:
            raise KeyError(name)
        stack = self._stack_or_step(step)
        return replace(stack, label=f"{stack.label} ({kind})")

    def _stack_or_step(self, name: str) -> Stack:
        plain, _, step = name.partition(STEP)
        stack = super().__getitem__(plain)
        if not step:
            return _with_levers(stack)
        if not step.isdecimal() or int(step) > len(stack.levers):
            raise KeyError(name)
        return _step(stack, int(step))

    def _chosen(self, name: str) -> Stack:
        step, _, kind = name.partition(VARIANT)
        plain, _, number = step.partition(STEP)
        stack = super()._chosen(plain)
        if step not in self:
            raise UsageError(f"{plain} has {len(stack.levers)} levers: there is no step {number!r}.")
        if name not in self:
            raise UsageError(
                f"There is no variant {kind!r} of a stack. Write {step}~{TWIN}, {step}~{PROXIED} or {step}~{SLOWED}."
            )
        return self[name]


def _slowed(stack: Stack) -> Stack:
    targets: Mapping[Interface, str] = {
        interface: f"perfcompare.targets.demonstration.slowed:{interface}" for interface in stack.targets
    }
    return replace(stack, label=f"{stack.label} ({SLOWED})", targets=targets)


def _step(stack: Stack, number: int) -> Stack:
    applied = stack.levers[:number]
    added = f"+ {levers[applied[-1]].label}" if applied else "no levers yet"
    return _with_levers(replace(stack, levers=applied, label=f"{stack.label}, step {number}: {added}"))


def _with_levers(stack: Stack) -> Stack:
    chosen = levers.choose(stack.levers).values()
    targets: Mapping[Interface, str] = {
        interface: next((lever.targets[interface] for lever in reversed(chosen) if interface in lever.targets), target)
        for interface, target in stack.targets.items()
    }
    packages = dict.fromkeys([*stack.packages, *(package for lever in chosen for package in lever.packages)])
    return replace(stack, targets=targets, packages=tuple(packages))


scenarios = Registry("perfcompare.scenarios", attribute="SCENARIO", kind=Scenario)
stacks = Stacks("perfcompare.stacks", attribute="STACK", kind=Stack)
