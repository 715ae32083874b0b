"""YAML with places: a document as plain data, and the line on which each part of it stands.

Errors never quote the text of the file: what was mistyped next to a key may be the key itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean

from .errors import IntentError

Location = tuple[str | int, ...]

#: What ruamel.yaml says, as a person would say it. First match wins; the parser's own words may quote the file.
_PROBLEMS: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'|found a tab", "a tab stands where YAML wants spaces"),
    (r"could not find expected ':'", "a colon is missing, or a line is not indented as the one before it"),
    (r"mapping values are not allowed", "there is a colon too much, or the line is indented too far"),
    (r"expected <block end>", "the line is not indented as its neighbours"),
    (r"undefined alias", "a value that starts with * has to be quoted"),
    (r"expected a single document", "the file holds more than one YAML document"),
    (r"while scanning a quoted|found unexpected end of stream", "a quote is not closed"),
    (r"expected ',' or", "a bracket or brace is not closed"),
    (r"cannot start any token", "the line starts with a character that has to be quoted"),
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a file, as one sentence."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain dicts, lists and scalars, with the line (from 1) of every key and list item."""

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """Line of this part, or of the nearest part around it that the file has."""
        for end in range(len(location), 0, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return 1

    def problem(self, location: Location, text: str) -> Problem:
        """A problem with this part of the document."""
        field = describe(location)
        return Problem(str(self.path), self.line(location), f"{field}: {text}" if field else text)


class Unreadable(Exception):
    """The file is no YAML mapping; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def describe(location: Location) -> str:
    """``("tunnels", 0, "dpd")`` as ``tunnels[0].dpd``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_document(path: Path) -> Document:
    """The mapping in a YAML file. Raises Unreadable when there is none."""
    try:
        loaded = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(Problem(str(path), 1, f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise Unreadable(Problem(str(path), 1, "the file is not UTF-8 text")) from None
    except RecursionError:
        raise Unreadable(Problem(str(path), 1, "the file is nested too deeply")) from None
    except YAMLError as error:
        raise Unreadable(_yaml_problem(path, error)) from None
    if loaded is None:
        raise Unreadable(Problem(str(path), 1, "the file is empty"))
    if not isinstance(loaded, CommentedMap):
        raise Unreadable(Problem(str(path), 1, "the file has to be a mapping (key: value) at its top level"))
    lines: dict[Location, int] = {}
    data = _plain(loaded, (), lines)
    return Document(path, data, lines)


def _yaml_problem(path: Path, error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    said = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or ''}"
    if isinstance(error, DuplicateKeyError):
        key = re.search(r'found duplicate key "([^"]*)"', said)
        return Problem(str(path), line, f"the key {key[1] if key else ''} stands there twice".replace("  ", " "))
    if isinstance(error, MarkedYAMLError):
        for pattern, sentence in _PROBLEMS:
            if re.search(pattern, said):
                return Problem(str(path), line, f"this is not valid YAML: {sentence}")
    return Problem(str(path), line, "this is not valid YAML")


def _plain(node: Any, location: Location, lines: dict[Location, int]) -> Any:
    """The node without ruamel's types; fills ``lines``. Merged keys (``<<``) keep the line of the mapping around them."""
    if isinstance(node, CommentedMap):
        for key in node:
            if key in node.lc.data:
                lines[(*location, str(key))] = node.lc.key(key)[0] + 1
        return {str(key): _plain(value, (*location, str(key)), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*location, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*location, index), lines) for index, value in enumerate(node)]
    if isinstance(node, ScalarBoolean):
        return bool(node)
    for kind in (str, int, float):
        if isinstance(node, kind) and not isinstance(node, bool):
            return kind(node)
    return node


def raise_all(problems: Sequence[Problem]) -> None:
    """Raise one IntentError with every problem on a line of its own, in the order of the files; none: do nothing."""
    if problems:
        raise IntentError("\n".join(str(problem) for problem in sorted(set(problems))))
