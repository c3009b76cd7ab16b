"""A lever's replacements, in parts: each part is installed as a whole or not at all, and says why not."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final

from django.core import checks
from django.core.signals import setting_changed

from perfcompare.core.versions import Range, problems
from perfcompare.levers._replacing.judgement import Judgement
from perfcompare.levers._replacing.replacement import Replacement
from perfcompare.levers._replacing.tally import Tally

if TYPE_CHECKING:
    from perfcompare.levers._project import Project

_log: Final = logging.getLogger("perfcompare.levers")

VERSION: Final = "perfcompare.W001"
"""A package has a version that the lever was not tested with."""
ORIGINAL: Final = "perfcompare.W002"
"""What would be replaced is not what the lever was made for."""
BROKEN: Final = "perfcompare.W003"
"""The part raised an exception when it was loaded or installed."""
STUCK: Final = "perfcompare.W004"
"""It cannot be taken away: a patch of another package stands on it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is stock, or not what was asked for. Without an id it is no fault: a package is not there."""

    id: str
    sentence: str


class Part:
    """The replacements of one module of a lever, which go together.

    The module defines REPLACEMENTS, a tuple or a function that returns one. It may define `after_install`,
    `after_uninstall`, `forget`, which is called when a setting has changed and when the part is taken away, `refusals`,
    which gives sentences about why it must not be installed beside those of its replacements, and `objections`, which
    gives sentences about what the part, although active, leaves to stock at this moment, and `judgements`, which says
    what becomes of each class of a `Project`. It is imported when the packages that it needs are there, and have a
    version in `tested`."""

    def __init__(self, name: str, *, tested: Sequence[Range] = ()) -> None:
        self.name = name
        self.tested = tuple(tested)
        self.replacements: tuple[Replacement, ...] = ()
        self.reasons: tuple[Reason, ...] = ()
        self.is_active = False
        self.tally = Tally()
        """Of what it does without a replacement."""
        self._module = ModuleType(name)

    def install(self, package: str) -> None:
        """Put it in place, or keep the reasons why it stays stock."""
        self.reasons = ()
        if not self.is_active:
            self.reasons = tuple(self._versions()) or self._load(f"{package}.{self.name}") or self._replace()
            self.is_active = not self.reasons

    @property
    def objections(self) -> tuple[str, ...]:
        """What an active part leaves to stock, and why."""
        return _objections_of(lambda: self._module) if self.is_active else ()

    def tallies(self) -> tuple[Tally, ...]:
        """All its counts; replacements may share one."""
        return tuple(dict.fromkeys((self.tally, *(one.tally for one in self.replacements))))

    def judgements(self, project: Project) -> Iterator[Judgement]:
        """What an active part does with the classes of `project`."""
        asked: Callable[[Project], Iterable[Judgement]] = getattr(self._module, "judgements", _none)
        if self.is_active:
            yield from asked(project)

    def uninstall(self) -> None:
        """Make it stock again; the whole part stays when patches of other packages stand on it and call it."""
        stuck = [one for one in self.replacements if one.is_stuck]
        self.reasons = tuple(Reason(STUCK, f"{one.target} stays: {one.patched_by} stands on it.") for one in stuck)
        if self.is_active and not stuck:
            self._take_away()
            self.is_active = False

    def _versions(self) -> Iterator[Reason]:
        for one in self.tested:
            if sentence := one.problem():
                yield Reason(VERSION if one.installed else "", sentence)

    def _load(self, name: str) -> tuple[Reason, ...]:
        try:
            self._module = importlib.import_module(name)
            declared = self._module.REPLACEMENTS
            self.replacements = self.replacements or (declared() if callable(declared) else declared)
        except Exception as error:  # whatever it is, the process works without the part
            return (Reason(BROKEN, f"{name} cannot be loaded: {error!r}"),)
        more: Callable[[], Iterable[str]] = getattr(self._module, "refusals", tuple)
        refused = (*(one.refusal() for one in self.replacements), *more())
        return tuple(Reason(ORIGINAL, sentence) for sentence in refused if sentence)

    def _replace(self) -> tuple[Reason, ...]:
        try:
            for one in self.replacements:
                one.install()
            self._hook("after_install")()
        except Exception as error:  # the same holds here
            self._take_away()
            return (Reason(BROKEN, f"{self._module.__name__} cannot be installed: {error!r}"),)
        setting_changed.connect(self._hook("forget"), dispatch_uid=self._module.__name__, weak=False)
        return ()

    def _take_away(self) -> None:
        for one in reversed(self.replacements):
            one.uninstall()
        setting_changed.disconnect(dispatch_uid=self._module.__name__)
        self._hook("forget")()
        self._hook("after_uninstall")()

    def _hook(self, name: str) -> Callable[..., object]:
        hook: Callable[..., object] = getattr(self._module, name, _nothing)
        return hook


class Installation:
    """A lever in this process, with its parts; one that replaces nothing has none, and asks whether it may work.

    `tested` are the versions of packages that the lever was made for. Those that a part names concern that part alone.
    `module` is the one of a lever without parts that may define `objections`, as that of a part does.
    """

    def __init__(self, lever: str, *parts: Part, tested: Sequence[Range], module: str = "") -> None:
        self.lever = lever
        self._module = module
        self.tested = tuple(one for one in tested if not any(one in part.tested for part in parts))
        self.parts: Mapping[str, Part] = MappingProxyType({part.name: part for part in parts})
        self.reasons: tuple[Reason, ...] = ()
        """Why the whole lever is off."""
        self.is_wanted = False
        self.tally = Tally()
        """Of what a lever without parts does."""
        _installations[lever] = self

    @property
    def package(self) -> str:
        """The lever's package."""
        return f"perfcompare.levers.{self.lever}"

    @property
    def objections(self) -> tuple[str, ...]:
        """What a lever without parts leaves to stock, and why."""
        is_asked = self._module and self.is_wanted and not self.reasons
        return _objections_of(lambda: importlib.import_module(f"{self.package}.{self._module}")) if is_asked else ()

    def install(self, *names: str) -> bool:
        """Put the parts called `names`, or all, in place; each that cannot be stays stock, and is told of.

        False when the lever is off as a whole, since a package has a version that it was not tested with.
        """
        from perfcompare.levers._options import tell  # it knows all levers

        tell()
        self.is_wanted = True
        self.reasons = tuple(Reason(VERSION, sentence) for sentence in problems(self.tested))
        for reason in self.reasons:
            _log.warning("%s is off: %s", self.lever, reason.sentence)
        if self.reasons:
            return False
        for name in names or self.parts:
            part = self.parts[name]
            part.install(self.package)
            for reason in part.reasons:
                if reason.id:
                    _log.warning("%s.%s is off: %s", self.lever, name, reason.sentence)
        return True

    def uninstall(self, *names: str) -> None:
        """Let the parts called `names`, or all, be stock again."""
        for name in reversed(names or tuple(self.parts)):
            self.parts[name].uninstall()
        self.is_wanted = any(part.is_active for part in self.parts.values())
        self.reasons = ()


_installations: Final[dict[str, Installation]] = {}


def works(lever: str, tested: Sequence[Range], module: str = "") -> bool:
    """Whether a lever that replaces nothing may work in this process; it is told of, once, when it may not."""
    if lever not in _installations:
        Installation(lever, tested=tested, module=module).install()
    return not _installations[lever].reasons


def installations() -> Mapping[str, Installation]:
    """Those of the levers that this process has imported, by the lever's name."""
    return MappingProxyType(_installations)


def _objections_of(load: Callable[[], ModuleType]) -> tuple[str, ...]:
    try:
        asked: Callable[[], Iterable[str]] = getattr(load(), "objections", tuple)
        return tuple(dict.fromkeys(asked()))
    except Exception as error:  # such as a database whose driver, or an app, is not installed
        return (f"what it leaves to stock cannot be looked at: {error!r}.",)


def _none(_project: Project) -> tuple[Judgement, ...]:
    return ()


def _nothing(**_signal: object) -> None:
    """For a module that has nothing to do at such a moment."""


@checks.register(checks.Tags.compatibility)
def check_levers(app_configs: object = None, **_options: object) -> list[checks.CheckMessage]:
    """A warning for each reason why a lever that was asked for, or a part of it, is stock."""
    return [
        checks.Warning(
            f"The lever {one.lever} {what} {reason.sentence}",
            hint="Everything works as without it. See: manage.py perfcompare levers",
            obj=one.package,
            id=reason.id,
        )
        for one in _installations.values()
        for what, reasons in _told(one)
        for reason in reasons
        if reason.id
    ]


def _told(lever: Installation) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    yield "is off.", lever.reasons
    for part in lever.parts.values():
        yield f"leaves its part {part.name} stock.", part.reasons


@checks.register(checks.Tags.compatibility)
def check_ways(app_configs: object = None, **_options: object) -> list[checks.CheckMessage]:
    """What the active parts of levers leave to stock."""
    from perfcompare.levers._checks import messages  # it asks all levers

    return [*messages()]
