"""A plain model, and one with a QuerySet, a `save` and a field of its own."""

from __future__ import annotations

from typing import Any

from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField(unique=True)

    def __str__(self) -> str:
        return self.name


class SoftQuerySet(models.QuerySet["Book"]):
    def filter(self, *args: Any, **kwargs: Any) -> Any:
        return super().filter(*args, **kwargs)


class SoftManager(models.Manager["Book"]):
    def get_queryset(self) -> SoftQuerySet:
        return SoftQuerySet(self.model, using=self._db)


class Shouted(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        return str(super().pre_save(model_instance, add)).upper()


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    title = Shouted(max_length=100, unique=True)

    objects = SoftManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "title"], name="author_title")]

    def __str__(self) -> str:
        return str(self.title)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> Any:
        return super().from_db(*args, **options)
