"""The templates of the parsers as TTP has compiled them, a JSON file beside each: `python -m nr_run.parsers.line_rules.compiled`.

To import TTP and to compile a template takes longer than to read a page of output with it. TTP stays the only authority on what
a template means: what it made is kept with a checksum of the template and of the expressions that templates name, and a text
that has another one (a user's own, or one that somebody is changing) is compiled by TTP as ever. A test keeps the files current.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from pkgutil import get_data

from .order import disjoint
from .patterns import PATTERNS
from .program import Group, Program, groups_of, program_of

_FOLDER = Path(__file__).parents[1] / "templates"


def checksum(source: str) -> int:
    """Of the text of a template and of the expressions that it may name."""
    return zlib.crc32(repr((source, sorted(PATTERNS.items()))).encode())


def kept(os: str, name: str, source: str) -> Program | None:
    """The program of template `name` ("show_track.ttp"), None where what is kept was made of another text."""
    try:
        data = get_data(__package__.rpartition(".")[0], f"templates/{os}/{_file_of(name)}")
        found = json.loads(data) if data else {}
    except (OSError, ValueError):
        return None
    return program_of(found["groups"], found["meetings"]) if found.get("made_of") == checksum(source) else None


def document(source: str) -> str:
    """The file of a template: what TTP makes of it now."""
    groups: list[Group] = groups_of(source)
    found = json.dumps({"made_of": checksum(source), "groups": groups}, indent=1, ensure_ascii=False)
    return found.removesuffix("\n}") + f',\n "meetings": {json.dumps(_meetings(groups))}\n}}\n'


def _meetings(groups: list[Group]) -> list[tuple[int, int]]:
    """The pairs of rules that might match the same line. The machine asks one before it takes the other, and no third one."""
    from .overlap import apart

    patterns = [rule.regex.pattern for rule in program_of(groups).rules]
    return [
        (one, other)
        for other in range(len(patterns))
        for one in range(other)
        if not disjoint(patterns[one], patterns[other]) and not apart(patterns[one], patterns[other])
    ]


def _file_of(name: str) -> str:
    return name.removesuffix(".ttp") + ".json"


def write() -> None:
    """Write the file of every template of this package."""
    for template in sorted(_FOLDER.glob("*/*.ttp")):
        template.with_suffix(".json").write_text(document(template.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
