"""The elements of a page as a tree, for tests that ask what stands in what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass(kw_only=True)
class Element:
    tag: str
    attributes: dict[str, str]
    above: Element | None
    inside: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Element]:
        """What is inside it, at any depth, of these tags."""
        for one in self.inside:
            if isinstance(one, Element):
                if one.tag in tags:
                    yield one
                yield from one.all(*tags)

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.inside if not _hidden(one))

    @property
    def links(self) -> list[str]:
        """Where the links inside it lead."""
        return [one.attributes["href"] for one in self.all("a") if one.attributes.get("href")]

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()

    def called(self, id: str) -> Element | None:
        """The element of that id inside it."""
        return next((one for one in self._everything() if one.attributes.get("id") == id), None)

    def within(self, id: str) -> bool:
        """Whether it stands in the element of that id."""
        above = self.above
        return above is not None and (above.attributes.get("id") == id or above.within(id))

    def _everything(self) -> Iterator[Element]:
        for one in self.inside:
            if isinstance(one, Element):
                yield one
                yield from one._everything()


def _hidden(one: Element | str) -> bool:
    return isinstance(one, Element) and one.tag in ("title", "style", "script")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element(tag="", attributes={}, above=None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Element(tag=tag, attributes={name: value or "" for name, value in attrs}, above=self.here)
        self.here.inside.append(found)
        if tag not in VOID:
            self.here = found

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.here.tag and self.here.above is not None:
            self.here = self.here.above

    def handle_data(self, data: str) -> None:
        self.here.inside.append(data)


def read(page: str) -> Element:
    """The root of the page."""
    reader = _Reader()
    reader.feed(page)
    return reader.root
