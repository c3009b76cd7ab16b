"""The plug-ins of every kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from perfcompare.core.errors import UsageError
from perfcompare.core.interface import Interface
from perfcompare.core.practice import Practice
from perfcompare.core.registry import Registry
from perfcompare.core.scenario import Scenario
from perfcompare.core.stack import (
    FORMERLY_SLOWED,
    PRACTICE,
    PROXIED,
    SLOWED,
    STEP,
    TWIN,
    VARIANT,
    Stack,
)
from perfcompare.levers._registry import levers

__all__ = ["Stacks", "levers", "practices", "scenarios", "stacks"]


class Stacks(Registry[Stack]):
    """The stacks, with the targets that their levers replace, the steps of their ladders, practices, and variants.

    Found but not listed: `drf_tuned@2`, which is drf_tuned with the first two of its levers; of each of them
    `+cachalot`, the same with a practice, and `+cachalot+throttled` with two; and of all these `~twin`, the same again
    for an A/A pair, `~twin2` and so on, `~proxied`, the same behind nginx, and `~slowed`, the same with an injected
    slowdown.
    """

    def __getitem__(self, name: str) -> Stack:
        """The stack, step or variant called `name`. Raises KeyError, as every mapping does."""
        whole, separator, kind = name.partition(VARIANT)
        if not separator:
            return self._with_practices(name)
        if kind in (SLOWED, FORMERLY_SLOWED):
            return _slowed(self._with_practices(whole))
        if kind == PROXIED:
            stack = self._with_practices(whole)
            return replace(stack, label=f"{stack.label} behind nginx")
        if re.fullmatch(rf"{TWIN}\d*", kind) is None:
            raise KeyError(name)
        stack = self._with_practices(whole)
        return replace(stack, label=f"{stack.label} ({kind})")

    def _with_practices(self, name: str) -> Stack:
        step, *added = name.split(PRACTICE)
        stack = self._stack_or_step(step)
        for one in added:
            practice = practices[one]
            if not practice.fits(stack):
                raise KeyError(name)
            stack = _with_practice(stack, practice)
        return stack

    def _stack_or_step(self, name: str) -> Stack:
        plain, _, step = name.partition(STEP)
        stack = super().__getitem__(plain)
        if not step:
            return _with_levers(stack)
        if not step.isdecimal() or int(step) > len(stack.levers):
            raise KeyError(name)
        return _step(stack, int(step))

    def _chosen(self, name: str) -> Stack:
        whole, _, kind = name.partition(VARIANT)
        step, *added = whole.split(PRACTICE)
        plain, _, number = step.partition(STEP)
        stack = super()._chosen(plain)
        if step not in self:
            raise UsageError(f"{plain} has {len(stack.levers)} levers: there is no step {number!r}.")
        for one in practices.choose(added):
            if f"{step}{PRACTICE}{one}" not in self:
                raise UsageError(f"The practice {one} does not fit {step}. It fits: {', '.join(self.having(one))}.")
        if name not in self:
            raise UsageError(
                f"There is no variant {kind!r} of a stack. Write {whole}~{TWIN}, {whole}~{PROXIED} or {whole}~{SLOWED}."
            )
        return self[name]

    def having(self, practice: str) -> list[str]:
        """The stacks that a practice fits."""
        return [name for name, stack in self.items() if practices[practice].fits(stack)]


def _slowed(stack: Stack) -> Stack:
    targets: Mapping[Interface, str] = {
        interface: f"perfcompare.targets.demonstration.slowed:{interface}" for interface in stack.targets
    }
    return replace(stack, label=f"{stack.label} ({SLOWED})", targets=targets)


def _with_practice(stack: Stack, practice: Practice) -> Stack:
    return replace(
        stack,
        label=f"{stack.label} + {practice.label}",
        packages=tuple(dict.fromkeys([*stack.packages, *practice.packages])),
        scenarios=stack.scenarios & practice.scenarios,
        by_settings=(*stack.by_settings, practice),
        environ={**stack.environ, **practice.environ},
    )


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


practices = Registry("perfcompare.practices", attribute="PRACTICE", kind=Practice)
scenarios = Registry("perfcompare.scenarios", attribute="SCENARIO", kind=Scenario)
stacks = Stacks("perfcompare.stacks", attribute="STACK", kind=Stack)
