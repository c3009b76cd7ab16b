"""Twelve pages in two languages, of which the last is large; a shop with 60 products."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from ._models import model

_PAGES: Final = 12
_LARGE: Final = 12
_PRODUCTS: Final = 60


@transaction.atomic
def fill() -> dict[str, Any]:
    """No login: reading is free."""
    return {**_contents(), **_shop()}


def _contents() -> dict[str, Any]:
    model("cms.SiteSettings").objects.create(
        name=_said("Acme"),
        tagline=_said("We make things"),
        description=_said("The site of Acme"),
        sitemap_base_url="https://acme.example",
        contact={"email": "hello@acme.example"},
        social_links=[{"label": "X", "url": "https://x.example/acme"}],
    )
    menu = model("cms.Menu").objects.create(name="Main", slug="main")
    for number in range(_PAGES):
        page = model("cms.Page").objects.create(
            name=f"Page {number}",
            slug=f"page-{number}",
            title=_said(f"Page {number}"),
            status="published",
            order=number,
        )
        item = model("cms.MenuItem").objects.create(menu=menu, label=_said(page.name), page=page, order=number)
        model("cms.MenuItem").objects.create(menu=menu, parent=item, label=_said("More"), url="/more", order=0)
        for one in range(_LARGE if number == _PAGES - 1 else 3):
            section = model("cms.Section").objects.create(page=page, name=f"Part {one}", slug=f"part-{one}", order=one)
            inner = model("cms.Section").objects.create(page=page, parent=section, name="Inner", slug=f"inner-{one}")
            for place, each in enumerate((section, inner, section, inner)):
                model("cms.Field").objects.create(
                    section=each,
                    name=f"Text {place}",
                    slug=f"text-{place}",
                    field_type="text",
                    order=place,
                    values=_said(f"Text {place} of part {one}"),
                )
    return {"page": "page-3", "large": page.slug, "menu": menu.slug}


def _shop() -> dict[str, Any]:
    roots = [model("shop.Category").objects.create(name=f"Root {n}", slug=f"root-{n}", order=n) for n in range(3)]
    categories = [
        model("shop.Category").objects.create(name=f"Kind {n}", slug=f"kind-{n}", parent=roots[n % 3], order=n)
        for n in range(9)
    ]
    screens = [
        model("shop.CategoryAttribute").objects.create(
            category=one, name="Size", code="size", attribute_type="number", unit="in", order=0
        )
        for one in roots
    ]
    brands = [model("shop.Brand").objects.create(name=f"Brand {n}", slug=f"brand-{n}") for n in range(6)]
    tags = [model("shop.Tag").objects.create(name=f"Tag {n}", slug=f"tag-{n}") for n in range(5)]
    for number in range(_PRODUCTS):
        product = model("shop.Product").objects.create(
            category=categories[number % 9],
            brand=brands[number % 6],
            name=f"Product {number}",
            slug=f"product-{number}",
            summary="A thing.",
            description="A thing that is described at some length.",
            sku=f"P-{number}",
            price=Decimal(100 + number),
            status="active",
            stock=number % 7,
        )
        product.tags.set(tags[number % 5 : number % 5 + 2])
        for one in range(2):
            model("shop.ProductImage").objects.create(
                product=product, url=f"https://cdn.example/{number}-{one}.jpg", alt="A thing", is_primary=one == 0
            )
        model("shop.ProductAttribute").objects.create(product=product, attribute=screens[number % 3], value=number)
    return {"category": categories[0].slug, "product": product.slug}


def _said(text: str) -> dict[str, str]:
    return {"en-us": text, "fa": f"{text} ۲"}
