"""DRF serializers whose reading path is compiled, and whose fields are cloned rather than constructed.

Changes: the first time a serializer represents an object of some class, straight Python code is generated for this
serializer and this class, and used from then on: no loop over fields, no method call per field. Fields it knows (text,
numbers, dates, UUIDs, JSON, properties, methods of the serializer, nested serializers, foreign keys) are written out;
everything else (a field with a `to_representation` or `get_attribute` of its own, links, files) is called as DRF calls
it, in its place. A value of an unexpected type, a missing attribute and every error go through DRF's own code, so that
they come out as before. `Serializer.fields` is copied from a tree that is built once per class and language. With adrf,
what needs nothing but loaded objects runs on the event loop, without a thread for each field.

Input is taken by generated code too: a dict, for a serializer whose fields nobody has looked at yet. Values that are
plainly good for DRF's integers, floats, texts, booleans and lists of them are converted and compared in place, with
Django's limits of value and length; any other value goes through the field's own `run_validation`, so that conversions
out of the ordinary and every error are DRF's. A `to_internal_value`, a validator or a `validate_<field>` of the
project's is called as often as DRF calls it, in its order. A serializer without validators is not searched for defaults
for them, and a serializer is made from the state of the first one of its class.

A list serializer and its child do not keep each other before somebody asks for the child, so that a list of instances
is gone with its answer and the garbage collector need not find it.

Costs: a few milliseconds per serializer and object class, once. A property that fails with AttributeError is evaluated
twice. With adrf, properties of models run on the loop: one that waits for something other than Django's database, or
hides Django's SynchronousOnlyOperation, blocks or lies; plain dicts come out where adrf makes OrderedDicts. Changing
`Meta.fields` in place after the first use goes unseen; replacing it does not. So does changing a class's
`default_error_messages` after its first serializer. Methods of DRF's fields and serializers that somebody replaces,
before or after, are noticed at each use (`premises.py`), and DRF does all the work then. Fields that were not needed do
not exist until somebody asks.

Not for serializers whose `get_fields` reads more than its class: they are found, and left to DRF.

Source: https://hakibenita.com/django-rest-framework-slow; generating code for a structure known beforehand is what
https://github.com/python-attrs/cattrs does for attrs classes.
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import ADRF, DJANGO, DRF, PYTHON

APP: Final = "perfcompare.levers.compiled_serializers"


LEVER = Lever(
    label="compiled serializers",
    changes="Serializers read and write by code generated once per class, and copy their fields from a template.",
    costs="Milliseconds at the first use of each class; with adrf, properties of models run on the event loop.",
    source="https://hakibenita.com/django-rest-framework-slow",
    lines=('INSTALLED_APPS += ["perfcompare.levers.compiled_serializers"]',),
    tested=(PYTHON, DJANGO, DRF, ADRF),
    settings=with_app(APP),
)
