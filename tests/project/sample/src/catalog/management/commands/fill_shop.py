"""Rows of the tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand
from people.models import Person
from rest_framework.authtoken.models import Token

from catalog.models import Category, Order, Product


class Command(BaseCommand):
    help = "Fill an empty shop."

    def handle(self, **options: Any) -> None:
        ada = Person.objects.create_user("ada", "ada@shop.example", "a password", city="London")
        Token.objects.create(user=ada)
        categories = Category.objects.bulk_create(
            Category(name=f"Category {number}", slug=f"category-{number}") for number in range(10)
        )
        products = Product.objects.bulk_create(
            Product(
                name=f"Product {number}",
                description="What it is and does. " * 5,
                price=Decimal(number % 50) + Decimal("0.99"),
                category=categories[number % 10],
                tags=["new", str(number)],
                picture=f"pictures/{number}.png",
            )
            for number in range(300)
        )
        Order.objects.bulk_create(
            Order(person=ada, product=products[number * 7 % 300], number=number % 5 + 1) for number in range(100)
        )
