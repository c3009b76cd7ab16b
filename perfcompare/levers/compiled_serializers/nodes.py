"""The compiled form of a serializer: found by its class, or by the description of the fields it has been given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

from rest_framework.serializers import ListSerializer, Serializer

from perfcompare.levers._orm.prefetched import Waiting, rows_of
from perfcompare.levers._replacing import DIFFERENT, Comparison, comparison, overriding
from perfcompare.levers.compiled_serializers import attributes, trees
from perfcompare.levers.compiled_serializers.code import Code, RowCode, UnusualError, code_for, row_code_for
from perfcompare.levers.compiled_serializers.runtime import Place, items
from perfcompare.levers.compiled_serializers.specs import AnyField, Branch, Spec, pace_of, spec_of

# Serializers that choose their fields for each request have many forms; beyond this number all are made anew.
_MOST_NODES: Final = 1024
_nodes: dict[Spec, Node] = {}
_LOOK: Final = "_compiled_serializers_look"
"""Where a serializer keeps what was seen of it; None after the first time."""

Represent = Callable[[Any], Any]


class Node:
    """A serializer of one description, with its code for each class of objects met so far."""

    __slots__ = ("_codes", "_nested", "_proof", "_row_codes", "pace", "spec")

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.pace = pace_of(spec)
        self._codes: dict[type, Code] = {}
        self._row_codes: dict[tuple[type, tuple[str, ...]], RowCode | None] = {}
        self._nested = {index: node_for(part.fields) for index, part in enumerate(spec) if isinstance(part, Branch)}
        self._proof: tuple[int, Comparison] = 0, DIFFERENT
        """How many classes had been met in the whole process, and whether their attributes are what they were."""

    def current(self) -> Node:
        """Itself, without the code for models that somebody has given other attributes since."""
        met, found = self._proof
        if met != _met or not found.holds():
            if found is not DIFFERENT and not found.holds():
                self._forget()
            self._proof = _met, comparison(dict.fromkeys(self._passed()))
        return self

    def _passed(self) -> Iterator[tuple[type, str, object]]:
        """The attributes of models that its code goes past."""
        for cls in dict.fromkeys((*self._codes, *(model for model, _columns in self._row_codes))):
            for part in self.spec:
                if part.source:
                    yield from attributes.passed(cls, part.source[0])
        for one in self._nested.values():
            yield from one._passed()

    def _forget(self) -> None:
        self._codes.clear()
        self._row_codes.clear()
        for one in self._nested.values():
            one._forget()

    def one(self, instance: object, place: Place) -> Any:
        """The representation of `instance` by the serializer at `place`."""
        return self._code(type(instance)).one(instance, place)

    def many(self, instances: Iterable[Any], place: Place) -> list[Any]:
        """The representations of `instances`."""
        if not isinstance(instances, list) and (found := rows_of(instances)):
            made = self._of_rows(*found)
            if made is not None:
                return made
        objects = instances if isinstance(instances, list) else list(instances)
        return self._code(type(objects[0])).many(objects, place) if objects else []

    def _of_rows(self, origin: Waiting, rows: list[Any]) -> list[Any] | None:
        """The representations of prefetched rows without instances; None when it takes these."""
        key = origin.model, origin.columns
        if key not in self._row_codes:
            _meet()
            self._row_codes[key] = row_code_for(self.spec, *key)
        code = self._row_codes[key]
        try:
            return code(rows) if code else None
        except UnusualError:
            return None

    def _code(self, cls: type) -> Code:
        code = self._codes.get(cls)
        if code is None:
            _meet()
            code = self._codes[cls] = code_for(self.spec, cls, self._nested, self.one, _decided)
        return code


class _Look:
    """The node of a serializer whose fields are what they were: one comparison, where a description takes many."""

    __slots__ = ("_binding", "_copies", "_states", "_tree", "node")

    def __init__(self, serializer: Serializer[Any], tree: trees.Tree, node: Node) -> None:
        self.node = node
        self._tree = tree
        self._binding = serializer.fields
        self._states = [*_states(serializer)]
        self._copies = [one.copy() for one in self._states]

    def holds(self, serializer: Serializer[Any], tree: trees.Tree) -> bool:
        """Whether the description of `serializer` would be the same."""
        kept = vars(serializer).get("fields")
        return tree is self._tree and kept is self._binding and self._states == self._copies


def _states(serializer: Serializer[Any]) -> Iterator[dict[str, Any]]:
    """All that says which fields a serializer has and what they are, with those of nested ones."""
    yield serializer.fields.fields
    for field in serializer.fields.values():
        yield vars(field)
        nested: Any = field
        if isinstance(field, ListSerializer):
            nested = field.child
            yield vars(nested)
        if isinstance(nested, Serializer) and "fields" in vars(nested):
            yield from _states(nested)


_met = 0


def _meet() -> None:
    global _met
    _met += 1


def node_for(spec: Spec) -> Node:
    """The node of that description."""
    node = _nodes.get(spec)
    if node is None:
        if len(_nodes) >= _MOST_NODES:
            _nodes.clear()
        node = _nodes[spec] = Node(spec)
    return node


def forget() -> None:
    """Make every node anew."""
    _nodes.clear()


def node_of(serializer: Serializer[Any]) -> Node | None:
    """The node that represents objects as `serializer` does; None when its class decides by itself what to show."""
    return _node(serializer, trees.tree_of(serializer))


def node_of_child(many: ListSerializer[Any], child: Serializer[Any]) -> Node | None:
    """The node of a child that may not know its list `many`, unless it puts its own fields together."""
    tree = trees.tree_of(child)
    return _node(child if tree.shown is not None else cast("Serializer[Any]", many.child), tree)


def _node(serializer: Serializer[Any], tree: trees.Tree) -> Node | None:
    if not tree.is_readable:
        return None
    node: Node | None = tree.node
    if node is None and tree.shown is not None:
        node = tree.node = node_for(_spec(tree.shown.values()))
    state = vars(serializer)
    if node is not None and "fields" not in state:
        return node.current()
    # A serializer's own fields may have been changed since they were made; most have not.
    look: _Look | None = state.get(_LOOK)
    if look is not None and look.holds(serializer, tree):
        return look.node.current()
    spec = _spec(serializer.fields.values())
    if node is None or spec != node.spec:
        node = node_for(spec)
    # Who is asked again is one that represents each of many objects by a method of its own.
    state[_LOOK] = _Look(serializer, tree, node) if _LOOK in state and _keeps_fields(type(serializer)) else None
    return node.current()


def _keeps_fields(cls: type[Any]) -> bool:
    """Whether the fields of a serializer are those that it has kept, and no property makes them at each look."""
    return not hasattr(type(inspect.getattr_static(cls, "fields")), "__set__")


def is_compiled(serializer: object) -> bool:
    """Whether `serializer` represents an object by the Serializer's own method."""
    return (
        isinstance(serializer, Serializer)
        and _represents(type(serializer))
        and "to_representation" not in vars(serializer)
    )


def objection(cls: type[Serializer[Any]]) -> str | None:
    """Why its objects are represented by DRF, or one by one: the end of a sentence."""
    return trees.hiding(cls) if _represents(cls) else overriding(cls, "to_representation")


def _represents(cls: type[Any]) -> bool:
    return cls.to_representation is Serializer.to_representation


def _spec(fields: Iterable[AnyField]) -> Spec:
    return spec_of([field for field in fields if not field.write_only], _nested)


def _nested(field: AnyField) -> tuple[bool, Spec | None] | None:
    many = isinstance(field, ListSerializer)
    if many and type(field).to_representation is not ListSerializer.to_representation:
        return None
    serializer: Any = field.child if isinstance(field, ListSerializer) else field
    if not is_compiled(serializer):
        return None
    # What a class of its own way decides about its fields is decided when there is something to represent.
    if "fields" not in vars(serializer) and trees.tree_of(serializer).shown is None:
        return many, None
    node = node_of(serializer)
    return (many, node.spec) if node else None


def _decided(field: AnyField, many: bool) -> Represent:
    """What represents values as the nested serializer `field`, which decides about its fields at the first of them."""
    found: Represent | None = None

    def represent(value: object) -> Any:
        nonlocal found
        if found is None:
            found = _of_decided(field, many)
        return found(value)

    return represent


def _of_decided(field: AnyField, many: bool) -> Represent:
    serializer = cast("Serializer[Any]", vars(field)["child"] if many else field)
    node = node_of(serializer)
    if node is None:
        return field.to_representation
    place = Place(serializer)
    return (lambda value: node.many(items(value), place)) if many else (lambda value: node.one(value, place))
