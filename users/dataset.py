"""The deterministic dataset as a function of (seed, id): what seeding writes, and what an answer must therefore hold.

Standard library only, so that it can be used where neither Django nor a database is. Every value is drawn from the
BLAKE2b digest of seed and id (https://docs.python.org/3.11/library/hashlib.html#blake2): no row needs another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from users.vocabulary import CITIES, COUNTRIES, FIRST_NAMES, LAST_NAMES, SENTENCES, STREETS, THEMES, TOPICS

VERSION: Final = 1
"""To be raised whenever the same (seed, id) gives other values, so that databases are seeded again."""
MAX_COUNT: Final = 1_000_000
FIRST_FREE_ID: Final = MAX_COUNT + 1
"""The first user id that seeding never uses; a table with k rows a user has its own at k * MAX_COUNT + 1."""
ADDRESSES_PER_USER: Final = 2
POSTS_PER_USER: Final = 2
TOKENS: Final = 1000
"""Users 1..TOKENS have a token."""
EMAIL_DOMAIN: Final = "seeded.example"
CREATED_DOMAIN: Final = "created.example"
"""The domain for users that programs make and `seeding.remove_created` removes."""
UNUSABLE_PASSWORD: Final = "!"  # noqa: S105 - Django's mark for "no password fits"
MAX_NAME_LENGTH: Final = 150

# Rows lie a fixed step apart and are moved by less than the step: strictly increasing with the id, all in the past.
_FIRST_USER_AT: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FIRST_POST_AT: Final = datetime(2022, 1, 1, tzinfo=UTC)
_USER_STEP: Final = timedelta(seconds=60)
_POST_STEP: Final = timedelta(seconds=20)
_WHOLE_SECONDS_ONE_IN: Final = 16
_LONG_NAMES_ONE_IN: Final = 64

MetadataValue = bool | int | str | list[str] | dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SeededAddress:
    """One address; ids 2n-1 and 2n belong to user n."""

    id: int
    street: str
    city: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeededUser:
    """One user with profile (`bio`, `metadata`), addresses in id order, and the token, if this user has one."""

    id: int
    name: str
    email: str
    password: str
    created_at: datetime
    bio: str
    metadata: dict[str, MetadataValue]
    addresses: tuple[SeededAddress, ...]
    token: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeededPost:
    """One post; ids 2n-1 and 2n are by user n."""

    id: int
    author_id: int
    title: str
    body: str
    created_at: datetime


class _Draws:
    """Numbers drawn one after another from the digest of (seed, kind, id)."""

    def __init__(self, seed: int, kind: str, id: int) -> None:
        digest = hashlib.blake2b(f"{seed}:{kind}:{id}".encode(), digest_size=64).digest()
        self._rest = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        """The next number in 0..bound-1."""
        self._rest, number = divmod(self._rest, bound)
        return number

    def one_of(self, words: tuple[str, ...]) -> str:
        """The next word."""
        return words[self.below(len(words))]

    def moment(self, start: datetime, step: timedelta, position: int) -> datetime:
        """The time of the row at this position: its step's start plus less than a step; some fall on whole seconds."""
        seconds = self.below(int(step.total_seconds()))
        whole = self.below(_WHOLE_SECONDS_ONE_IN) == 0
        microseconds = 0 if whole else self.below(1_000_000)
        return start + step * position + timedelta(seconds=seconds, microseconds=microseconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """Users 1..count and what hangs on them; `count` is 1..MAX_COUNT, `seed` any signed 64-bit integer.

    Raises ValueError for a count or a seed outside its range.
    """

    count: int
    seed: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_COUNT:
            raise ValueError(f"The count of seeded users must be between 1 and {MAX_COUNT}, not {self.count}.")
        if not -(2**63) <= self.seed < 2**63:
            raise ValueError(f"The seed must be a signed 64-bit integer, not {self.seed}.")

    @property
    def posts_count(self) -> int:
        """How many posts there are; their ids are 1..posts_count."""
        return self.count * POSTS_PER_USER

    @property
    def tokens_count(self) -> int:
        """How many users have a token; they are users 1..tokens_count."""
        return min(self.count, TOKENS)

    def user(self, id: int) -> SeededUser:
        """The user of that id; LookupError when the dataset has none."""
        self._check(id, self.count)
        draws = _Draws(self.seed, "user", id)
        return SeededUser(
            id=id,
            name=_name(draws),
            email=f"user{id}@{EMAIL_DOMAIN}",
            password=UNUSABLE_PASSWORD,
            created_at=draws.moment(_FIRST_USER_AT, _USER_STEP, id - 1),
            bio=draws.one_of(SENTENCES),
            metadata=_metadata(draws),
            addresses=tuple(_address(draws, number) for number in _ids_of(id, ADDRESSES_PER_USER)),
            token=self._token(id) if id <= TOKENS else None,
        )

    def post(self, id: int) -> SeededPost:
        """The post of that id; LookupError when the dataset has none."""
        self._check(id, self.posts_count)
        draws = _Draws(self.seed, "post", id)
        return SeededPost(
            id=id,
            author_id=(id - 1) // POSTS_PER_USER + 1,
            title=f"{draws.one_of(TOPICS).capitalize()} and {draws.one_of(TOPICS)}",
            body="\n\n".join(draws.one_of(SENTENCES) for _ in range(1 + draws.below(4))),
            created_at=draws.moment(_FIRST_POST_AT, _POST_STEP, id - 1),
        )

    def users(self) -> Iterator[SeededUser]:
        """Every user, by id."""
        return map(self.user, range(1, self.count + 1))

    def posts(self) -> Iterator[SeededPost]:
        """Every post, by id."""
        return map(self.post, range(1, self.posts_count + 1))

    def newest_users(self, n: int) -> tuple[SeededUser, ...]:
        """At most n users, newest first."""
        return tuple(self.user(id) for id in _newest_ids(self.count, n))

    def newest_posts(self, n: int) -> tuple[SeededPost, ...]:
        """At most n posts, newest first."""
        return tuple(self.post(id) for id in _newest_ids(self.posts_count, n))

    def _token(self, id: int) -> str:
        return hashlib.blake2b(f"{self.seed}:token:{id}".encode(), digest_size=20).hexdigest()

    @staticmethod
    def _check(id: int, last: int) -> None:
        if not 1 <= id <= last:
            raise LookupError(f"The dataset has ids 1..{last}, not {id}.")


def isoformat(moment: datetime) -> str:
    """An aware date-time as ISO 8601 in UTC with `Z`; microseconds are left out only when they are zero."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _ids_of(owner: int, per_owner: int) -> range:
    return range((owner - 1) * per_owner + 1, owner * per_owner + 1)


def _newest_ids(last: int, n: int) -> range:
    return range(last, max(last - n, 0), -1)


def _name(draws: _Draws) -> str:
    name = f"{draws.one_of(FIRST_NAMES)} {draws.one_of(LAST_NAMES)}"
    if draws.below(_LONG_NAMES_ONE_IN) == 0:
        name = "-".join([name] * (MAX_NAME_LENGTH // len(name)))[:MAX_NAME_LENGTH]
    return name.strip()


def _address(draws: _Draws, id: int) -> SeededAddress:
    return SeededAddress(
        id=id,
        street=f"{draws.one_of(STREETS)} {1 + draws.below(200)}",
        city=draws.one_of(CITIES),
        country=draws.one_of(COUNTRIES),
    )


def _metadata(draws: _Draws) -> dict[str, MetadataValue]:
    return {
        "theme": draws.one_of(THEMES),
        "logins": draws.below(10_000),
        "newsletter": draws.below(2) == 1,
        "interests": [draws.one_of(TOPICS) for _ in range(draws.below(4))],
        "limits": {"daily": 10 * draws.below(100), "monthly": 1000 * draws.below(100)},
    }
