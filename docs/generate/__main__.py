"""Write the pages, and the parts of pages, that come from the code: python docs/generate [FOLDER].

FOLDER is docs/ unless another is given; there the parts of pages are written into a copy of the page. A test fails when one
is stale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import causes
import command_line
import exit_codes
import intent
import inventory_files
import python_api
import recover
import releases
import rooms
import run_folder

DOCS = Path(__file__).resolve().parents[1]
#: Pages that are written as a whole.
WHOLE: Mapping[str, Callable[[], str]] = {
    "reference/causes.md": causes.page,
    "reference/cli.md": command_line.page,
    "reference/exit-codes.md": exit_codes.page,
    "reference/intent.md": intent.page,
    "reference/inventory.md": inventory_files.page,
    "reference/platforms.md": releases.page,
    "reference/python-api.md": python_api.page,
    "reference/run-folder.md": run_folder.page,
}
#: Pages with a part between two marks.
PARTS: Mapping[str, Callable[[], str]] = {"architecture.md": rooms.part, "how-to/recover.md": recover.part}
_MARKED = re.compile(r"(?<=<!-- make reference writes from here -->\n)(.*?)(?=<!-- to here -->\n)", re.DOTALL)


def pages() -> dict[str, str]:
    """Path below docs/ to the text of the page."""
    parts = {}
    for name, write in PARTS.items():
        before, *rest = _MARKED.split((DOCS / name).read_text(encoding="utf8"))
        if len(rest) != 2:
            sys.exit(f"{name} has no place, or more than one, for what is written into it")
        parts[name] = f"{before}\n{write()}\n{rest[1]}"
    return {name: write() for name, write in WHOLE.items()} | parts


def main() -> None:
    """Write all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")


main()
