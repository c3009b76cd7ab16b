"""Forty playbooks as ansible runs record them, made by the factories of the project's own tests."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

_PLAYBOOKS: Final = 40
_HOSTS: Final = ("web1", "web2", "database1", "cache1")
_STATUS: Final = ("completed", "failed", "running", "completed")
_RESULTS: Final = ("ok", "failed", "skipped", "ok", "unreachable")


@transaction.atomic
def fill() -> dict[str, Any]:
    """No login: reading is free in the project's own settings."""
    made: Any = import_module("ara.api.tests.factories")
    begun = timezone.now() - timedelta(days=_PLAYBOOKS)
    labels = [made.LabelFactory(name=name) for name in ("production", "staging", "nightly")]
    for number in range(_PLAYBOOKS):
        started = begun + timedelta(days=number)
        playbook = made.PlaybookFactory(
            name=f"site-{number % 7}",
            path=f"/srv/ansible/site-{number % 7}.yml",
            status=_STATUS[number % len(_STATUS)],
            started=started,
            ended=started + timedelta(minutes=5),
        )
        playbook.labels.set(labels[number % 3 :])
        files = [made.FileFactory(path=f"/srv/ansible/roles/{n}.yml", playbook=playbook) for n in range(3)]
        hosts = [made.HostFactory(name=name, playbook=playbook, ok=number) for name in _HOSTS]
        for one in range(2):
            play = made.PlayFactory(name=f"play {one}", playbook=playbook, started=started)
            for step in range(4):
                task = made.TaskFactory(name=f"step {step}", play=play, file=files[step % 3], playbook=playbook)
                for host in hosts:
                    status = _RESULTS[(number + step) % len(_RESULTS)]
                    made.ResultFactory(host=host, task=task, play=play, playbook=playbook, status=status)
        made.RecordFactory(key=f"version-{number}", playbook=playbook)
    for host in hosts:
        made.LatestHostFactory(name=host.name, host=host)
    return {"playbook": playbook.id, "play": play.id, "task": task.id, "host": host.id, "label": labels[0].id}
