"""The project's documents, and the commands in them.

A timed ``console`` block holds commands after ``$`` and, below each, what it prints. In what it prints, ``...`` alone on a line
stands for any lines, and within a line for any text. ``# exit N`` after a command is its exit code, zero where it is not said.
A timed ``sh`` block holds commands that set things up; they are run by make and by CI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

ROOT = Path(__file__).parents[2]
#: docs/rendered holds configurations, which tests of their own compare.
PAGES = tuple(page for page in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))) if page.parent.name != "rendered")
_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exit (?P<code>\d+).*$")


class Command(Struct, frozen=True):
    """One command of a page, its exit code and what the page says that it prints."""

    line: str
    code: int
    shown: list[str] = field(default_factory=list)


def blocks(page: Path, kind: str) -> Iterator[str]:
    """The bodies of the timed blocks of one kind."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf8")):
        if match["kind"] == kind:
            yield match["body"]


def commands(page: Path) -> list[Command]:
    """All commands of the console blocks of a page, in order."""
    found: list[Command] = []
    for body in blocks(page, "console"):
        for line in body.splitlines():
            if line.startswith("$ "):
                end = _EXIT.search(line)
                found.append(Command(_EXIT.sub("", line[2:]), int(end["code"]) if end else 0))
            else:
                found[-1].shown.append(line)
    return found


def as_pattern(shown: list[str]) -> re.Pattern[str]:
    """What a page shows, as an expression for all that a command prints; blanks at the end of a line do not count."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(piece) for piece in line.rstrip().split("...")) + r"[ \t]*\n")
    return re.compile("".join(parts))


def links(page: Path) -> Iterator[str]:
    """Targets of the links of a page that lead to a file of the project."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf8")):
        if "://" not in target and not target.startswith("#"):
            yield target.partition("#")[0]


def anchors(page: Path) -> Iterator[tuple[str, str]]:
    """File, empty for the page itself, and heading of each link that leads to a heading of a page."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf8")):
        path, mark, name = target.partition("#")
        if mark and "://" not in path and (not path or path.endswith(".md")):
            yield path, name


def headings(page: Path) -> set[str]:
    """The anchors that a reader of Markdown makes of the headings of a page."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor_of(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def anchor_of(title: str) -> str:
    """The anchor of one heading."""
    return re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-")
