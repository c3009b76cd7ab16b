"""The one way in which levers replace methods of other packages' classes.

A lever declares each `Replacement` with the fingerprint of the code that it was made for, groups them in parts, and
installs them by its `Installation`. When an original is not that code, the part stays stock and a system check says so.
Everything happens when it is installed: a call of a replaced method goes straight to the lever's function.
"""

from __future__ import annotations

from perfcompare.levers._replacing.codes import ABSENT, fingerprint, functions_of, is_constant, origin_of
from perfcompare.levers._replacing.comparison import DIFFERENT, MISSING, Attribute, Comparison, attribute_of, comparison
from perfcompare.levers._replacing.installation import Installation, Part, Reason, installations, works
from perfcompare.levers._replacing.judgement import Judgement, judged, overriding
from perfcompare.levers._replacing.known_functions import DATA, LIBRARIES, Unpatched, is_own_attribute
from perfcompare.levers._replacing.replacement import Replacement, is_ours, path_of
from perfcompare.levers._replacing.tally import Tally

__all__ = [
    "ABSENT",
    "DATA",
    "DIFFERENT",
    "LIBRARIES",
    "MISSING",
    "Attribute",
    "Comparison",
    "Installation",
    "Judgement",
    "Part",
    "Reason",
    "Replacement",
    "Tally",
    "Unpatched",
    "attribute_of",
    "comparison",
    "fingerprint",
    "functions_of",
    "installations",
    "is_constant",
    "is_ours",
    "is_own_attribute",
    "judged",
    "origin_of",
    "overriding",
    "path_of",
    "works",
]
