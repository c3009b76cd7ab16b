"""Two organizers with four events each; an event has twelve items and fifteen orders."""

from __future__ import annotations

import importlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import now

from ._models import model


def fill() -> dict[str, Any]:
    """The token of the first organizer's team, and what is asked for."""
    scopes = importlib.import_module("django_scopes")
    with scopes.scopes_disabled():
        first, _second = [_organizer(number) for number in range(2)]
    return first


def _organizer(number: int) -> dict[str, Any]:
    organizer = model("pretixbase.Organizer").objects.create(name=f"Organizer {number}", slug=f"organizer{number}")
    team = organizer.teams.create(
        name="all", all_events=True, all_event_permissions=True, all_organizer_permissions=True
    )
    events = [_event(organizer, place) for place in range(4)]
    event = events[0]
    return {
        "headers": {"Authorization": f"Token {team.tokens.create(name='measured').token}"},
        "organizer": organizer.slug,
        "event": event.slug,
        "item": event.items.first().pk,
        "quota": event.quotas.first().pk,
        "order": event.orders.first().code,
    }


def _event(organizer: Any, place: int) -> Any:
    event = organizer.events.create(
        name=f"Event {place}", slug=f"event{place}", date_from=now() + timedelta(days=place), currency="EUR"
    )
    category = event.categories.create(name="Tickets")
    items = [
        event.items.create(name=f"Ticket {one}", default_price=Decimal(10 + one), category=category)
        for one in range(12)
    ]
    event.quotas.create(name="All", size=1000).items.add(*items)
    event.questions.create(question="Why?", type="S", identifier="why").items.add(*items)
    event.checkin_lists.create(name="Door", all_products=True)
    channel = organizer.sales_channels.get(identifier="web")
    for number in range(15):
        order = event.orders.create(
            code=f"O{place}{number:03d}",
            email=f"guest{number}@example.com",
            status="p",
            datetime=now(),
            expires=now() + timedelta(days=10),
            total=sum(item.default_price for item in items[:3]),
            sales_channel=channel,
            locale="en",
        )
        for item in items[:3]:
            order.all_positions.create(
                item=item,
                price=item.default_price,
                attendee_name_parts={"full_name": f"Guest {number}"},
                positionid=item.pk,
            )
    return event
