"""Put the deterministic dataset into the database, and take away what programs have added since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import IntegrityError, connection, models, transaction

from users import bulk, generation
from users.dataset import CREATED_DOMAIN, FIRST_FREE_ID, VERSION, Dataset
from users.models import Seeding, User
from users.tables import TABLES

Progress = Callable[[int, int], None]
"""Called with the rows written so far and the rows there are to write."""

_REPORT_EVERY: Final = 1000


class SeedingError(Exception):
    """Raised when rows made by people are in the way; the message names them and the way out. They stay as they are."""


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


def seed(*, count: int, seed: int, progress: Progress = silent) -> bool:
    """Make the seeded rows those of Dataset(count, seed); true when anything had to be written.

    Rows that people or other programs made stay as they are. Raises ValueError for a count out of range, and
    SeedingError when such rows hold ids, addresses or keys that are needed, or hang on a user that would vanish.
    """
    return _seeded(Dataset(count=count, seed=seed), progress)


def exactly(*, count: int, seed: int, progress: Progress = silent) -> bool:
    """Make the seeded tables hold Dataset(count, seed) and nothing else; true when anything had to be written.

    Users that programs made are taken away. Raises as `seed`, and SeedingError when people's rows remain.
    """
    dataset = Dataset(count=count, seed=seed)
    changed = _seeded(dataset, progress)
    removed = remove_created()
    extra = list(_extra(dataset))
    if extra:
        raise SeedingError(f"There are rows that seeding did not make: {', '.join(extra)}. Delete them.")
    return changed or removed > 0


def remove_created(first_id: int = FIRST_FREE_ID) -> int:
    """Delete users at CREATED_DOMAIN with ids from `first_id` on, except staff, with all that hangs on them.

    Returns how many they were. The next ids are then as they were right after seeding.
    """
    created = User.objects.filter(id__gte=first_id, is_staff=False, email__endswith=f"@{CREATED_DOMAIN}")
    with transaction.atomic():
        for relation in _relations_to_users():
            bulk.delete(relation.model._base_manager.filter(**{f"{relation.name}__in": created}))
        removed = bulk.delete(created)
        _reserve_ids()
        if removed:
            generation.bump_after_commit()
    if removed:
        bulk.analyze(table.model for table in TABLES)
    return removed


def _seeded(dataset: Dataset, progress: Progress) -> bool:
    """As `seed`."""
    try:
        with transaction.atomic():
            changed = _replace(dataset, progress)
    except IntegrityError as error:
        raise SeedingError(
            f"Rows made by hand are in the way of seeding {dataset.count} users: {' '.join(str(error).split())}. "
            "Delete these rows or name another database in DATABASE_URL. Nothing was changed."
        ) from error
    if changed:
        bulk.analyze(table.model for table in TABLES)
    return changed


def _replace(dataset: Dataset, progress: Progress) -> bool:
    # Whoever seeds the same database at the same time waits here, and then finds it done.
    record, _ = Seeding.objects.select_for_update().get_or_create(pk=1)
    wanted = (dataset.count, dataset.seed, VERSION)
    if (record.count, record.seed, record.version, record.fingerprint) == (*wanted, _fingerprint()):
        return False
    _refuse_foreign_users(dataset)
    for table in reversed(TABLES):
        bulk.delete(table.seeded())
    _load(dataset, progress)
    # Foreign keys are deferred: what hangs on a seeded user outlives its replacement, unless the user is gone for good.
    connection.check_constraints()
    _reserve_ids()
    record.count, record.seed, record.version = wanted
    record.fingerprint = _fingerprint()
    record.save()
    generation.bump_after_commit()
    return True


def _refuse_foreign_users(dataset: Dataset) -> None:
    seeded = User.objects.seeded().values("id")
    foreign = User.objects.filter(id__lte=dataset.count).exclude(id__in=seeded).order_by("id").first()
    if foreign is not None:
        raise SeedingError(
            f"User {foreign.id}, {foreign}, was not made by seeding but has one of the ids 1 to {dataset.count} "
            "that it needs. Delete that user or name another database in DATABASE_URL. Nothing was changed."
        )


def _load(dataset: Dataset, progress: Progress) -> None:
    total = sum(table.count(dataset) for table in TABLES)
    done = 0
    for table in TABLES:
        bulk.load(table.model, table.columns, _reported(table.rows(dataset), done, total, progress))
        done += table.count(dataset)
    progress(total, total)


def _reported(
    rows: Iterator[tuple[object, ...]], done: int, total: int, progress: Progress
) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(rows, start=done):
        if number % _REPORT_EVERY == 0:
            progress(number, total)
        yield row


def _extra(dataset: Dataset) -> Iterator[str]:
    """How many rows more than the dataset's each seeded table has, in words."""
    for table in TABLES:
        more = table.model._base_manager.count() - table.count(dataset)
        if more:
            yield f"{more:,} in {table.model._meta.db_table}"


def _fingerprint() -> str:
    return " ".join(bulk.fingerprint(table.seeded()) for table in TABLES)


def _reserve_ids() -> None:
    for table in TABLES:
        if table.last_reserved is not None:
            bulk.reserve_ids(table.model, table.last_reserved)


def _relations_to_users() -> Iterator[models.Field[Any, Any]]:
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and not isinstance(relation, models.ManyToManyRel):
            yield relation.field
