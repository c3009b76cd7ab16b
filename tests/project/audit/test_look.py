"""What the audit sees of one request that it watches."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.utils.functional import SimpleLazyObject

from perfcompare.project.audit.look import Listening, Looked, watched_models


def test_a_lazy_object_that_asks_the_database_is_not_evaluated_by_the_look() -> None:
    looked = Looked()
    listening = Listening(looked)

    def load() -> str:
        listening.statement("SELECT 1", ())
        return "ada"

    assert str(SimpleLazyObject(load)) == "ada"
    assert [sql for sql, *_ in looked.statements] == ["SELECT 1"]


def test_a_key_is_no_column_that_could_be_left_out() -> None:
    looked = Looked()

    with watched_models(looked):
        Group.from_db("default", ["id", "name"], [1, "editors"])

    assert dict(looked.loaded["auth.Group"]) == {"name": 7}
