"""What a record has to be made of, in the format of today, before anything is made of it."""

from __future__ import annotations

from .shapes import NUMBER, TEXT, TEXT_OR_NONE, YES_OR_NO, Each, Fields, Shape

_OBJECT = Fields({"family": TEXT, "header": TEXT, "children": Each(TEXT)})
_OBJECTS = Each(_OBJECT)
_CHANGE = Fields(
    {"created": _OBJECTS, "removed": _OBJECTS, "reused": _OBJECTS, "edited": Each(Each(_OBJECT)), "stays": Each(TEXT)}
)
_STEPS: Shape = (list, type(None))
_MEMBER = Fields(
    {
        "host": TEXT,
        "address": TEXT,
        "port": (int, type(None)),
        "model": TEXT_OR_NONE,
        "release": TEXT,
        "references": Fields({"username_ref": TEXT, "password_ref": TEXT}, {"enable_ref": TEXT_OR_NONE}),
        "desired": TEXT,
        "outputs": Each(TEXT, named=True),
        "changes": Each(_CHANGE),
        "way_back": Each(NUMBER),
        "steps": _STEPS,
    },
    {
        "row": (dict, type(None)),
        "connection": (dict,),
        "platform": TEXT_OR_NONE,
        "rollback_method": (dict, type(None)),
        "counted": Each((bool, type(None)), named=True),
    },
)
_ASKED = Fields(dict.fromkeys(("name", "sentence", "why", "by", "at"), TEXT_OR_NONE))
RECORD = Fields(
    {"format": NUMBER, "service": TEXT, "removal": YES_OR_NO, "wanted": (dict,), "members": Each(_MEMBER)},
    {"trial": YES_OR_NO, "confirmations": Each(_ASKED)},
)
