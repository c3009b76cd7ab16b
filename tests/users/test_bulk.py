from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import django
django.setup()
from django.core.management import call_command
from users import seeding
from users.models import Post, User
call_command("migrate", verbosity=0)
superuser = User.objects.create_superuser("root@people.example", "Root")
assert seeding.seed(count=20, seed=2)
assert seeding.seed(count=10, seed=1)
assert not seeding.seed(count=10, seed=1)
User.objects.filter(id=10).delete()
assert seeding.seed(count=10, seed=1)
created = User.objects.create_user("new@created.example", "New")
post = Post.objects.create(author=created, title="A", body="b")
assert seeding.remove_created() == 1
again = User.objects.create_user("new@created.example", "New")
print(superuser.id, again.id, post.id, User.objects.count(), User.objects.get(id=3).metadata["theme"])
"""


@pytest.fixture
def sqlite(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}


def test_on_sqlite_everything_works_too(sqlite: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=sqlite, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1000001", "1000002", "2000001", "12", "high-contrast"]
