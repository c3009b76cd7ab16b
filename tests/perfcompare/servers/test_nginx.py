from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.servers import _nginx
from perfcompare.servers._nginx import Route, configuration
from perfcompare.targets.demonstration.programs import program


def test_each_path_leads_to_its_application(tmp_path: Path) -> None:
    routes = [
        Route(path="/api/v1/", port=8001, at="/api/drf/"),
        Route(path="/api/v2/", port=8002, at="/api/fastapi/"),
        Route(path="/", port=8001),
    ]

    text = configuration(8000, routes, tmp_path)

    assert "listen 127.0.0.1:8000 " in text
    assert "location /api/v1/ {\n            proxy_pass http://application_8001/api/drf/;" in text
    assert "location /api/v2/ {\n            proxy_pass http://application_8002/api/fastapi/;" in text
    assert "location / {\n            proxy_pass http://application_8001;" in text
    assert text.count("upstream application_8001 {") == 1
    assert str(tmp_path / "nginx.pid") in text


def test_without_nginx_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(EnvironmentProblem, match="apt-get install nginx"):
        program("drf~proxied", "gunicorn_gthread", environ={}).command(8000)


def test_a_proxied_stack_is_started_behind_nginx_with_its_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_nginx, "program", lambda: "/usr/sbin/nginx")

    proxied = program("drf~proxied", "gunicorn_gthread", environ={})

    _python, _m, module, nginx, port, own, *command = proxied.command(8000)
    assert (module, nginx, port) == ("perfcompare.servers._nginx", "/usr/sbin/nginx", "8000")
    assert f"127.0.0.1:{own}" in command
    assert proxied.prefix == "/api/drf/"
