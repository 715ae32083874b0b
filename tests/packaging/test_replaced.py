"""`dataclasses.replace` takes no struct, and no type checker says so: where it is used stands here, with its classes.

The other way round mypy sees it: `msgspec.structs.replace` takes structs only.
"""

from __future__ import annotations

import ast
from dataclasses import is_dataclass

import pytest

from nr_run.inventory.intents.intent import Crypto
from nr_run.parsers.logs.entry import Entry
from nr_run.services.l2l.records import WantedTunnel
from nr_run.tasks.access.credentials import Login

from .test_file_sizes import ROOT, modules

REPLACED: dict[str, tuple[type, ...]] = {
    "inventory/intents/strength.py": (Crypto,),
    "parsers/logs/asa_syslog.py": (Entry,),
    "parsers/logs/client.py": (Entry,),
    "parsers/logs/phone.py": (Entry,),
    "runbooks/safe_change.py": (Login,),
    "services/l2l/existing/previous.py": (WantedTunnel, Crypto),
    "services/l2l/partner/foreign_end.py": (WantedTunnel, Crypto),
    "tasks/access/connect.py": (Login,),
}


def uses_it(text: str) -> bool:
    """Whether a module imports `replace` of dataclasses, or calls it by the name of its module."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "dataclasses"
            and any(name.name == "replace" for name in node.names)
        ):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "replace" and getattr(node.value, "id", "") == "dataclasses":
            return True
    return False


def test_dataclasses_are_replaced_where_the_table_says() -> None:
    """A module that comes to use it is looked at by a person, and put into the table."""
    ours = (path.relative_to(ROOT).as_posix() for path in modules() if uses_it(path.read_text(encoding="utf8")))
    assert sorted(name for name in ours if not name.startswith(("tests/", "benchmarks/"))) == sorted(REPLACED)


@pytest.mark.parametrize("kind", sorted({each for kinds in REPLACED.values() for each in kinds}, key=lambda each: each.__name__))
def test_what_is_replaced_is_a_dataclass(kind: type) -> None:
    """A class that becomes a struct has its modules changed with it."""
    assert is_dataclass(kind)
