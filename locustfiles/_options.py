"""The command-line options of the locustfiles, each checked before any load. Imports no Locust."""

from __future__ import annotations

import math
import os
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from perfcompare.core.consent import require_consent
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError
from perfcompare.core.limits import MAX_DELAY_MS
from perfcompare.core.stack import prefix
from perfcompare.registries import scenarios, stacks

DEFAULT_HOST: Final = "http://127.0.0.1:8000"
Add = Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A stack and where it answers."""

    stack: str
    url: str
    """Scheme, host and port, without a slash at the end; empty for Locust's own host."""
    prefix: str


def number(*, least: float, most: float = math.inf) -> Callable[[str], float]:
    """A converter for numbers of least..most."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most or math.isinf(value):
            limits = f"at least {least:g}" if math.isinf(most) else f"between {least:g} and {most:g}"
            raise ArgumentTypeError(f"{text!r} is not a number that is {limits}.")
        return value

    return convert


def whole(*, least: int, most: int) -> Callable[[str], int]:
    """A converter for whole numbers of least..most."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ArgumentTypeError(f"{text!r} is not a whole number between {least} and {most}.")
        return value

    return convert


def words(text: str) -> list[str]:
    """Comma separated words, blanks dropped."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _targets_text(text: str) -> str:
    targets(text)
    return text


def _scenarios_text(text: str) -> str:
    try:
        scenarios.choose(words(text))
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from error
    return text


def targets(text: str, *, path: str = "") -> tuple[Target, ...]:
    """The targets that `drf` or `drf,fastapi=http://127.0.0.1:8001` names; `path` replaces each stack's own prefix."""
    pairs = [word.partition("=") for word in words(text)]
    try:
        stacks.choose(name for name, _, _ in pairs)
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from error
    for _, equals, url in pairs:
        if equals and urlsplit(url).scheme not in {"http", "https"}:
            raise ArgumentTypeError(f"{url!r} is not a URL. Write stack=http://host:port.")
    if not pairs:
        raise ArgumentTypeError(f"No stack is named. Known: {', '.join(stacks)}.")
    return tuple(Target(stack=name, url=url.rstrip("/"), prefix=path or prefix(name)) for name, _, url in pairs)


OPTIONS: Final[dict[str, Add]] = {
    "stack": lambda parser: parser.add_argument(
        "--stack", type=_targets_text, default="drf", metavar="NAME",
        help="The stack that answers on the host. Known: " + ", ".join(stacks),
    ),
    "stacks": lambda parser: parser.add_argument(
        "--stacks", type=_targets_text, default="drf,fastapi", metavar="NAME[=URL],…",
        help="The stacks to load side by side; with a URL when one is not on the host, e.g. "
        "drf=http://127.0.0.1:8001,fastapi=http://127.0.0.1:8002. Known: " + ", ".join(stacks),
    ),
    "scenario": lambda parser: parser.add_argument(
        "--scenario", choices=list(scenarios), default="simple", help="The one endpoint to load",
    ),
    "scenarios": lambda parser: parser.add_argument(
        "--scenarios", type=_scenarios_text, default="", metavar="NAME,…",
        help="The endpoints of the journey. Default: all that each chosen stack offers. Known: " + ", ".join(scenarios),
    ),
    "prefix": lambda parser: parser.add_argument(
        "--prefix", default="", metavar="/PATH/", type=_prefix,
        help="Where the endpoints lie on the host, when it is not /api/<stack>/",
    ),
    "check": lambda parser: _add_check(parser),
    "dataset": lambda parser: _add_dataset(parser),
    "inputs": lambda parser: _add_inputs(parser),
    "think": lambda parser: parser.add_argument(
        "--think", type=number(least=0), default=1.0, metavar="SECONDS",
        help="Mean time between an answer and the user's next request, half to one and a half of it. Default: 1",
    ),
    "rate": lambda parser: parser.add_argument(
        "--rate", type=number(least=0.001), default=50.0, metavar="N",
        help="Requests that are due per second, evenly spaced, from all users together. Default: 50",
    ),
    "run": lambda parser: _add_run(parser),
    "window": lambda parser: parser.add_argument(
        "--window", type=number(least=0), default=0.0, metavar="SECONDS", include_in_web_ui=False,
        help="Measure for so long after the warm-up, then end. Default: until --run-time or a stop",
    ),
}  # fmt: skip
"""Name to what adds the option; `_offer.offer` chooses among them."""


def _prefix(text: str) -> str:
    if text and not (text.startswith("/") and text.endswith("/")):
        raise ArgumentTypeError(f"{text!r} must begin and end with a slash.")
    return text


def _add_check(parser: Any) -> None:
    parser.add_argument(
        "--check-rate", type=number(least=0, most=1), default=1.0, metavar="SHARE",
        help="The share of answers whose bodies are compared with the contract; statuses always are. Default: 1",
    )  # fmt: skip
    parser.add_argument(
        "--check", choices=["values", "shape"], default="values",
        help="values: bodies must be what the seeded data makes them. shape: keys and types only, for other data",
    )  # fmt: skip


_COUNT: Final = whole(least=1, most=1_000_000)
_SEED: Final = whole(least=-(2**63), most=2**63 - 1)


def _add_dataset(parser: Any) -> None:
    parser.add_argument(
        "--dataset-count", type=_COUNT, default=1000, metavar="N",
        help="How many users were seeded (manage.py seed_users --count). Default: 1000",
    )  # fmt: skip
    parser.add_argument(
        "--dataset-seed", type=_SEED, default=1, metavar="N",
        help="With which seed (manage.py seed_users --seed). Default: 1",
    )  # fmt: skip


def _add_inputs(parser: Any) -> None:
    parser.add_argument(
        "--token", default="", is_secret=True, metavar="TOKEN",
        help="The token for protected calls, of a user of your own. Default: those of the seeded users",
    )  # fmt: skip
    parser.add_argument(
        "--delay-ms", type=whole(least=-1, most=MAX_DELAY_MS), default=-1, metavar="N",
        help="How long the upstream service takes, where a scenario asks for it. Default: what the scenario asks",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(least=-1, most=2**63 - 1), default=-1, metavar="N", include_in_web_ui=False,
        help="Chooses the requests; a seed sends the same ones again. Default: another one each time",
    )  # fmt: skip


def _add_run(parser: Any) -> None:
    parser.add_argument(
        "--warmup", type=number(least=0), default=0.0, metavar="SECONDS",
        help="Leave the first seconds after the start of all users out of the stored figures. Default: 0",
    )  # fmt: skip
    parser.add_argument(
        "--result", default="", metavar="FILE", include_in_web_ui=False,
        help="Write the finished run as JSON (docs/locust.md), its samples beside it as FILE.samples.csv.gz",
    )  # fmt: skip
    parser.add_argument(
        "--allow-remote", action="store_true", default=False, include_in_web_ui=False,
        help="Load a host that is not this machine. It must be yours",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for, checked."""

    host: str
    targets: tuple[Target, ...]
    scenarios: tuple[str, ...]
    dataset: Dataset
    check_rate: float
    shape_only: bool
    token: str
    delay_ms: int | None
    seed: int
    think_s: float
    rate: float | None
    warmup_s: float
    window_s: float
    result: str


def read(parsed: Any, host: str | None) -> Options:
    """The options of Locust's namespace; UsageError says what does not fit together.

    Nothing is taken for granted: values from the web form have not been through the converters.
    """
    try:
        return _read(parsed, (host or DEFAULT_HOST).rstrip("/"))
    except (ArgumentTypeError, ValueError) as error:
        raise UsageError(str(error)) from error


def _read(parsed: Any, url: str) -> Options:
    chosen = targets(getattr(parsed, "stacks", None) or parsed.stack, path=_prefix(parsed.prefix))
    require_consent([target.url or url for target in chosen], allowed=parsed.allow_remote)
    rate = getattr(parsed, "rate", None)
    if rate is not None and rate <= 0:
        raise UsageError(f"A rate of {rate:g} requests per second sends nothing.")
    return Options(
        host=url,
        targets=chosen,
        scenarios=_scenarios(parsed, chosen),
        dataset=Dataset(count=_COUNT(parsed.dataset_count), seed=_SEED(parsed.dataset_seed)),
        check_rate=parsed.check_rate,
        shape_only=parsed.check == "shape",
        token=parsed.token,
        delay_ms=parsed.delay_ms if parsed.delay_ms >= 0 else None,
        seed=parsed.seed if parsed.seed >= 0 else int.from_bytes(os.urandom(7), "big"),
        think_s=max(0.0, getattr(parsed, "think", 0.0)),
        rate=rate,
        warmup_s=max(0.0, parsed.warmup),
        window_s=getattr(parsed, "window", 0.0),
        result=parsed.result,
    )


def _scenarios(parsed: Any, chosen: tuple[Target, ...]) -> tuple[str, ...]:
    offered = [name for name in scenarios if all(name in stacks[target.stack].scenarios for target in chosen)]
    one = getattr(parsed, "scenario", None)
    wanted = [one] if one else words(_scenarios_text(getattr(parsed, "scenarios", "")))
    missing = [] if parsed.prefix else [name for name in wanted if name not in offered]
    if missing:
        named = ", ".join(target.stack for target in chosen)
        raise UsageError(f"{named}: no {missing[0]} there. Offered: {', '.join(offered) or 'nothing in common'}.")
    if not wanted and not offered:
        raise UsageError("The chosen stacks have no endpoint in common; name others with --stacks.")
    return tuple(wanted) if one else _tagged(parsed, wanted or offered)


def tags(scenario: str) -> set[str]:
    """The names by which Locust's `--tags` and `--exclude-tags` know a scenario."""
    return {scenario, "write" if scenarios[scenario].writes else "read"}


def _tagged(parsed: Any, wanted: list[str]) -> tuple[str, ...]:
    only, never = (set(getattr(parsed, name, None) or ()) for name in ("tags", "exclude_tags"))
    left = tuple(name for name in wanted if (not only or tags(name) & only) and not tags(name) & never)
    if not left:
        raise UsageError(f"No scenario is left: --tags and --exclude-tags take away {', '.join(wanted)}.")
    return left
