"""docs/reference/python-api.md: what ``import nr_run`` promises, with signatures and docstrings."""

from __future__ import annotations

import inspect
import re

import nr_run

HEAD = """\
# Python API

This page lists the public names of `import nr_run`. Any other name may change at any time. [The library](../how-to/library.md) has examples,
and [parser fields](parser-fields.md) describes what `parse` returns.

"""


def page() -> str:
    """A section for each public name."""
    return HEAD + "\n".join(_section(name).rstrip() + "\n" for name in nr_run.__all__)


def _section(name: str) -> str:
    found = getattr(nr_run, name)
    kind = "class" if inspect.isclass(found) else "function"
    says = inspect.cleandoc(found.__doc__ or "")
    return f"## {name}\n\n```text\n{kind} {name}{_signature(found)}\n```\n\n{_markdown(says)}\n\n{_methods(found)}"


def _signature(found: object) -> str:
    if not callable(found) or inspect.isclass(found):
        return ""
    text = str(inspect.signature(found)).replace("(self, ", "(").replace("(self)", "()")
    text = re.sub(r"<[\w.]+ object at 0x[0-9a-f]+>", "...", text.replace("'", ""))
    return f"{text[:100]}...)" if len(text) > 500 else text


def _methods(found: object) -> str:
    """The public methods of a class, a line each."""
    if not inspect.isclass(found):
        return ""
    own = [
        (name, item) for name, item in vars(found).items() if not name.startswith("_") and inspect.getdoc(item) and callable(item)
    ]
    lines = [f"- `{name}{_signature(item)}`: {_first(item)}" for name, item in own if inspect.isfunction(item)]
    return "\n".join(lines) + "\n" if lines else ""


def _first(item: object) -> str:
    return _markdown(" ".join((inspect.getdoc(item) or "").split("\n\n")[0].split()))


def _markdown(text: str) -> str:
    """A docstring, whose code stands in two backticks and whose links in one."""
    pieces = text.replace("``", "`").split("`")
    return "`".join(piece if number % 2 else piece.replace("<", "&lt;") for number, piece in enumerate(pieces))
