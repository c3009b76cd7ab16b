"""What `manage.py perfcompare levers` and `manage.py check` say of the classes of a project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest

SHOP: Final = "tests.perfcompare.levers.shop"


def _said(*words: str, **environ: str) -> str:
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": f"{SHOP}.settings", **environ}
    done = subprocess.run([sys.executable, "-m", "django", *words], env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def listed() -> str:
    """What the command writes; it could not ask the shop's database."""
    return _said("perfcompare", "levers")


@pytest.mark.parametrize(
    "line",
    [
        "representation: inactive for 2 of 4 serializers (input, output): {api}.BaseModelSerializer overrides"
        " `fields`.",
        "representation: inactive for 1 of 4 serializers (output): {api}.WrappedSerializer overrides"
        " `to_representation`.",
        "validators: inactive for 1 of 3 serializers of models: {models}.Book has unique sets.",
        "unique: inactive for 1 of 6 managers of models with unique columns: {models}.SoftManager overrides"
        " `get_queryset`.",
        "inserts: inactive for 1 of 8 models: {models}.Shouted overrides `pre_save`.",
        "reads: inactive for 1 of 8 models (instances): {models}.Book overrides `from_db`.",
        "queryset: inactive for 1 of 8 models (reads): {models}.Book overrides `from_db`.",
        "queryset: inactive for 1 of 8 models (acreate()): {models}.Book overrides `save`.",
        "asynchronous: inactive for 1 of 4 asynchronous views: its authenticator {api}.KeyAuthentication is"
        " synchronous.",
        "asynchronous: inactive for 1 of 4 asynchronous views: its permission {api}.IsOwner may ask the database.",
        "asynchronous: inactive for 1 of 4 asynchronous views: it has throttles.",
        "negotiation: inactive for 1 of 5 views: {api}.Negotiation overrides `select_renderer`.",
        "creation: inactive for 1 of 1 views with a named serializer: {api}.Authors overrides `create`.",
        "filtersets: inactive for 1 of 2 FilterSets: its form is {api}.SearchForm.",
        "filtersets: inactive for 1 of 3 filters: {api}.Shelf overrides `filter`.",
        "operations: inactive for 1 of 4 operations: the view takes its response as an argument.",
        "operations: inactive for 1 of 4 operations (answers): only Ninja knows how to write {api}.AliasedOut.name.",
        "operations: inactive for 1 of 4 operations (parameters): Ninja reads the parameters of a HeaderModel.",
        "querysets: inactive for 1 of 2 authenticators: {api}.KeyAuthentication overrides `authenticate_credentials`.",
    ],
)
def test_a_reason_is_one_line(listed: str, line: str) -> None:
    assert f"  {line.format(api=f'{SHOP}.api', models=f'{SHOP}.models')}\n" in listed


def test_a_queryset_class_is_named_with_the_methods_that_it_changes(listed: str) -> None:
    (line,) = (one for one in listed.splitlines() if one.startswith("  reads: ") and "SoftQuerySet" in one)
    assert line.endswith(f"QuerySet classes (get(), prefetching): {SHOP}.models.SoftQuerySet overrides `filter`.")


def test_a_manager_that_asks_for_less_is_named(listed: str) -> None:
    assert f"managers (prefetching): {SHOP}.models.SoftManager overrides `get_queryset`." in listed


def test_all_names_every_class() -> None:
    said = _said("perfcompare", "levers", "--all").splitlines()
    place = next(number for number, line in enumerate(said) if "serializers (input, output)" in line)
    names = [f"    {SHOP}.api.{name}" for name in ("AuthorSerializer", "BookSerializer")]
    assert said[place + 1 : place + 3] == names


def test_json_has_the_same() -> None:
    told: dict[str, Any] = {one["name"]: one for one in json.loads(_said("perfcompare", "levers", "--json"))}
    first = told["compiled_serializers"]["parts"][0]["classes"][0]
    assert first == {
        "kind": "serializers",
        "what": "input, output",
        "reason": f"{SHOP}.api.BaseModelSerializer overrides `fields`",
        "names": [f"{SHOP}.api.AuthorSerializer", f"{SHOP}.api.BookSerializer"],
        "of": 4,
    }
    assert (told["compiled_queries"]["fast"], told["compiled_queries"]["stock"]) == (0, 0)


def test_check_says_so_too_and_fails_for_none_of_it() -> None:
    said = _said("check", "--fail-level", "WARNING")
    assert (
        "(perfcompare.I002) The lever compiled_serializers, part representation: inactive for 2 of 4 serializers"
        f" (input, output): {SHOP}.api.BaseModelSerializer overrides `fields`" in said
    )


@pytest.mark.parametrize("words", [("perfcompare", "levers"), ("perfcompare", "levers", "--json")])
def test_a_urlconf_that_cannot_be_imported_is_one_sentence(words: tuple[str, ...]) -> None:
    said = _said(*words, SHOP_URLCONF=f"{SHOP}.broken")
    sentence = f"The URLconf '{SHOP}.broken' cannot be imported, so its views are not looked at: "
    assert said.count(f"{sentence}RuntimeError('The shop is closed.').") == 1
    assert "compiled_queries" in said


def test_a_urlconf_that_is_not_there_is_one_sentence() -> None:
    assert _said("perfcompare", "levers", SHOP_URLCONF="no.such.module").count("cannot be imported") == 1
