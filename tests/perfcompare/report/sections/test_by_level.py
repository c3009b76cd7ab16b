"""The tables of streams and of WebSockets: what they say first, and how their rows are grouped."""

from __future__ import annotations

import pytest

from perfcompare.models import Run
from perfcompare.models.sockets import SOCKETS
from perfcompare.models.streams import STREAMS
from perfcompare.report.data.collection import collect
from perfcompare.report.sections import sockets, streams
from perfcompare.report.sections.by_level import Table
from perfcompare.report.writers import html, markdown, terminal
from perfcompare.runner.rooms import Level as SocketLevel
from perfcompare.runner.streams import Level as StreamLevel
from tests.perfcompare.factories import FASTAPI, make_run, make_sockets, make_streams

pytestmark = pytest.mark.django_db


def of_streams(found: dict[tuple[str, str], list[StreamLevel]]) -> Table:
    table = streams.table(collect(make_run([], options=STREAMS.as_options(found))))
    assert table is not None
    return table


def of_sockets(found: dict[tuple[str, str], list[SocketLevel]]) -> Table:
    table = sockets.table(collect(make_run([], options=SOCKETS.as_options(found))))
    assert table is not None
    return table


def threaded(wanted: int) -> StreamLevel:
    return make_streams(wanted, completed=min(wanted, 88), right=min(wanted, 88), at_once=8)


def collected(wanted: int) -> StreamLevel:
    """All parts came together."""
    return make_streams(wanted, first_p50_ms=1100.0, gap_p50_ms=0.0, gap_p99_ms=0.1, at_once=wanted)


def test_one_stream_at_once_is_one() -> None:
    table = of_streams({("drf", "uvicorn"): [make_streams(50, completed=50, right=50, at_once=1)]})

    assert table.answers == ["DRF on uvicorn: 1 stream at once, not more."]


def test_what_a_part_costs_is_drawn_at_the_largest_number_of_streams() -> None:
    table = of_streams(
        {
            ("drf", "gunicorn_gthread"): [make_streams(50, cpu_us=90.0)],
            ("django_lean", "uvicorn"): [make_streams(50, cpu_us=81.0), make_streams(500, cpu_us=30.0)],
            ("fastapi", "uvicorn"): [make_streams(50, cpu_us=82.0), make_streams(500, cpu_us=60.0)],
        }
    )

    ((caption, drawing),) = table.pictures
    assert caption == "CPU a part, 500 streams: shorter is better"
    assert "Django lean on uvicorn" in drawing
    assert "30.0 µs" in drawing
    assert "DRF on gunicorn gthread" not in drawing
    assert "81.0 µs" not in drawing


def test_one_cost_alone_is_not_drawn() -> None:
    levels = [make_streams(50, cpu_us=81.0), make_streams(500, cpu_us=30.0)]

    assert of_streams({("fastapi", "uvicorn"): levels}).pictures == []


def test_streams_begin_with_how_many_each_can_send_the_most_first() -> None:
    assert collected(50).together
    table = of_streams(
        {
            ("drf", "gunicorn_gthread"): [threaded(50), threaded(500)],
            ("drf", "uvicorn"): [collected(50), make_streams(500, completed=0, right=0, at_once=0)],
            ("ninja_async", "uvicorn"): [make_streams(50), make_streams(500, completed=0, right=0)],
            ("django_lean", "uvicorn"): [make_streams(50), make_streams(500)],
            ("fastapi", "uvicorn"): [make_streams(50), make_streams(500)],
        }
    )

    assert table.answers == [
        "Django lean on uvicorn and FastAPI on uvicorn: 500 streams at once, all right.",
        "Django Ninja (async) on uvicorn: 50 streams at once, all right; not 500.",
        "DRF on gunicorn gthread: 8 streams at once, not more.",
        "DRF on uvicorn: nothing streams, the parts come together at the end.",
    ]


def test_a_stack_that_sends_nothing_is_not_said_to_collect_its_parts() -> None:
    table = of_streams({("drf", "uvicorn"): [make_streams(50, completed=0, right=0, at_once=0, received=0)]})

    assert table.answers == ["DRF on uvicorn: 0 streams at once, not more."]


def test_rows_are_grouped_and_a_remark_stands_below_its_row() -> None:
    table = of_streams({("drf", "gunicorn_gthread"): [make_streams(8), threaded(50)]})

    assert [*table.groups] == ["DRF on gunicorn gthread"]
    few, many = table.groups["DRF on gunicorn gthread"]
    assert (few.figures[0], few.remarks) == ("8", [])
    assert (many.figures[0], many.remarks) == ("50", ["8 of 50 streams at once: the others wait for a thread."])


def test_sockets_begin_with_what_a_message_costs_beside_fastapi_whose_messages_take_the_same_way() -> None:
    def room(echo_us: float, broadcast_us: float) -> list[SocketLevel]:
        costs = {"echo": echo_us, "broadcast": broadcast_us}
        return [make_sockets(n, traffic=t, cpu_us=us * n) for t, us in costs.items() for n in (1, 2)]

    table = of_sockets(
        {
            ("channels", "uvicorn"): [*room(10, 40), make_sockets(3, traffic="echo", cpu_us=1000.0)],
            ("channels_memory", "uvicorn"): [make_sockets(1, traffic="broadcast", cpu_us=30.0)],
            ("channels_pubsub", "granian_asgi"): room(1, 1),
            ("fastapi", "uvicorn"): [make_sockets(1, traffic="broadcast", cpu_us=1.0)],
            ("fastapi_redis", "uvicorn"): [*room(2, 4), make_sockets(3, traffic="echo", cpu_us=1.0, lost=1)],
        }
    )

    assert table.answers == [
        "Django channels, Redis on uvicorn takes 5.00 times as much CPU as FastAPI, Redis for an echo, 10.0 times for "
        "a broadcast (1 to 2 sockets).",
        "Django channels, memory on uvicorn takes 30.0 times as much CPU as FastAPI for a broadcast (1 socket).",
    ]
    assert [caption for caption, _drawing in table.pictures] == [
        "CPU a message, echo, 2 sockets: shorter is better",
        "CPU a message, broadcast, 2 sockets: shorter is better",
    ]
    assert next(iter(table.groups)) == "Django channels, Redis on uvicorn: echo"
    assert [name.rpartition(": ")[2] for name in table.groups] == ["echo"] * 3 + ["broadcast"] * 5


def test_a_traffic_and_a_room_that_are_not_known_are_shown_as_they_are() -> None:
    table = of_sockets({("{gone}", "uvicorn"): [make_sockets(1, traffic="whisper")]})

    assert [*table.groups] == ["{gone} on uvicorn: whisper"]
    assert table.answers == []


def held() -> Run:
    found = {(name, "uvicorn"): [make_sockets(50, lost=lost)] for name, lost in (("fastapi", 0), ("channels", 3))}
    run = make_run([], options=SOCKETS.as_options(found))
    run.end(Run.State.FINISHED)
    return run


def test_a_page_of_sockets_alone_begins_with_them_and_compares_no_requests() -> None:
    page = html.page(collect(held()))

    assert page.index('id="sockets"') < page.index('id="environment"')
    for one in ("verdict", "gap", "ladder", "claims", "recommendation", "table", "validity", "method"):
        assert f'id="{one}"' not in page
        assert f'href="#{one}"' not in page


def test_a_page_of_another_run_begins_with_its_comparison() -> None:
    held()
    page = html.page(collect(make_run([FASTAPI])))

    assert page.index('id="verdict"') < page.index('id="sockets"')


def test_a_terminal_and_markdown_show_the_figures_of_such_a_run_and_compare_no_requests() -> None:
    run = held()
    report = collect(run)

    for shown in (terminal.render(report), markdown.as_markdown(run, report)):
        assert "FastAPI on uvicorn: broadcast" in shown
        assert "5,000" in shown
        assert "3 messages were lost." in shown
        assert "nothing is compared" not in shown
        assert "nothing to compare" not in shown
    assert all(len(line) <= terminal.WIDTH for line in terminal.render(report).splitlines())
