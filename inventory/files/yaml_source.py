"""YAML with line numbers: a document as plain data, and the line of each part of it.

Errors never quote the text of the file: what was mistyped next to a key may be the key itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.scanner import RoundTripScanner, Scanner

from ..errors import IntentError
from .yaml_events import Parts, read_events

Location = tuple[str | int, ...]

_DEPTH = 30  # an intent has 7 levels
#: Documents up to so many characters are kept, so many of them: a text that was read is not read again.
_KEPT_SIZE, _KEPT = 20_000, 32
#: What begins a tag, an anchor, an alias, a merged key or a directive, or is a colon before a word: not each reader takes it.
_MARKS = re.compile(r"[!&*%<]|(?:^|[\s,{\[]):", re.MULTILINE)

#: What ruamel.yaml says, as a person would say it. First match wins; the parser's own words may quote the file.
_PROBLEMS: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'|found a tab", "a tab stands where YAML wants spaces"),
    (r"could not find expected ':'", "a colon is missing, or a line is not indented as the one before it"),
    (r"mapping values are not allowed", "there is a colon too much, or the line is indented too far"),
    (r"expected <block end>", "the line is not indented as its neighbours"),
    (r"maximum depth", "it is nested too deeply"),
    (r"undefined alias", "a value that starts with * has to be quoted"),
    (r"expected a single document", "the file holds more than one YAML document"),
    (r"while scanning a quoted|found unexpected end of stream", "a quote is not closed"),
    (r"expected ',' or", "a bracket or brace is not closed"),
    (r"cannot start any token", "the line starts with a character that has to be quoted"),
)


class Problem(Struct, frozen=True, order=True):
    """One thing that is wrong in a file, as one sentence."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class Document(Struct, frozen=True):
    """A YAML file as plain dicts, lists and scalars, with the line (from 1) of every key and list item.

    The data is shared with whoever reads the same text: copy what you give to others that may change it. ``plain`` says that
    each reader of YAML makes the same of the file: it has no date, tag, alias, merged key or directive.
    """

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Location, int]
    plain: bool = False

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

    def unreadable(text: str, line: int = 1) -> Unreadable:
        return Unreadable(Problem(str(path), line, text))

    if path.is_symlink() and not path.exists():
        raise unreadable("it is a link that leads to no file")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise unreadable("it is no file")  # a pipe would be waited for
    try:
        text = path.read_text(encoding="utf-8")
        reader = _kept(text) if len(text) <= _KEPT_SIZE else _read(text)
    except OSError as error:
        raise unreadable(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise unreadable("the file is not UTF-8 text") from None
    except RecursionError:
        raise unreadable("aliases of aliases make the file too large") from None
    except _NoDocument as wrong:
        raise unreadable(wrong.text, wrong.line) from None
    except YAMLError as error:
        raise Unreadable(_yaml_problem(path, error)) from None
    except (ValueError, TypeError, AttributeError):
        # ruamel.yaml lets errors of int(), float() and of tags through as they are, without a place.
        raise unreadable("this is not valid YAML: a value does not fit its tag or its form") from None
    return Document(path, reader.data, reader.lines, plain=not reader.dates and not _MARKS.search(text))


def _read(text: str) -> _Reader | Parts:
    """Raises _NoDocument, or what ruamel.yaml raises."""
    return read_events(text) or _by_ruamel(text)


def _by_ruamel(text: str) -> _Reader:
    """As _read()."""
    try:
        return _scanned(text, Scanner)
    except (YAMLError, _NoDocument, ValueError, TypeError, AttributeError):
        # What is wrong is said by the scanner that keeps comments, which names the line nearer to the mistake.
        return _scanned(text, RoundTripScanner)


def _scanned(text: str, scanner: type[Scanner]) -> _Reader:
    """As _read(). Comments are not asked for, and a scanner that does not gather them takes a quarter less time."""
    parser = YAML(typ="rt")
    parser.Scanner = scanner
    parser.Constructor = _Constructor
    parser.Composer = _Composer
    parser.max_depth = _DEPTH
    loaded = parser.load(text)
    reader = _Reader()
    reader.data = reader.plain(loaded, ())
    if loaded is None:
        raise _NoDocument("the file is empty")
    if not isinstance(loaded, CommentedMap):
        raise _NoDocument("the file has to be a mapping (key: value) at its top level")
    return reader


_kept = lru_cache(maxsize=_KEPT)(_read)


class _NoDocument(Exception):
    """The text is YAML that is not read: empty, no mapping, or with keys that are not text."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.text, self.line = text, line


class _Composer(Composer):
    """Does not warn of an anchor that is used again, which YAML allows: the warning quotes the file."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False


class _Constructor(RoundTripConstructor):
    """Leaves dates as text: ruamel.yaml would fail on 30 February without saying where it stands."""


class _Date(str):
    """The text of a date."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: _Date(node.value))


class _Reader:
    """Turns ruamel's types into plain ones and notes the line of each part."""

    #: More parts than any real file has: aliases of aliases.
    LIMIT = 300_000

    def __init__(self) -> None:
        self.lines: dict[Location, int] = {}
        self.data: dict[str, Any] = {}
        self.dates = False

    def plain(self, node: Any, location: Location) -> Any:
        if len(self.lines) > self.LIMIT:
            raise RecursionError
        if isinstance(node, CommentedMap):
            return self._mapping(node, location)
        if isinstance(node, CommentedSeq):
            for index in range(len(node)):
                self.lines[(*location, index)] = node.lc.item(index)[0] + 1
            return [self.plain(value, (*location, index)) for index, value in enumerate(node)]
        if isinstance(node, ScalarBoolean):
            return bool(node)
        self.dates = self.dates or isinstance(node, _Date)
        kind = next((kind for kind in (str, int, float) if isinstance(node, kind) and not isinstance(node, bool)), None)
        return kind(node) if kind else node

    def _mapping(self, node: CommentedMap, location: Location) -> dict[str, Any]:
        data = {}
        for key, value in node.items():
            # Merged keys (<<) have no place of their own: they keep that of the mapping around them.
            line = node.lc.key(key)[0] + 1 if key in (node.lc.data or {}) else None
            if not isinstance(key, str):
                known = line or self.lines.get(location, 1)
                raise _NoDocument("a key has to be text (put numbers in quotes)", known)
            self.dates = self.dates or isinstance(key, _Date)
            if line is not None:
                self.lines[(*location, key)] = line
            data[str(key)] = self.plain(value, (*location, key))
        return data


def _yaml_problem(path: Path, error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    said = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or ''}"
    if isinstance(error, DuplicateKeyError):
        key = re.search(r'found duplicate key "([^"]*)"', said)
        return Problem(str(path), line, f"the key {key[1] if key else ''} is there twice".replace("  ", " "))
    if isinstance(error, MarkedYAMLError):
        for pattern, sentence in _PROBLEMS:
            if re.search(pattern, said):
                return Problem(str(path), line, f"this is not valid YAML: {sentence}")
    return Problem(str(path), line, "this is not valid YAML")


def raise_all(problems: Sequence[Problem]) -> None:
    """Raise one IntentError with every problem on a line of its own, in the order of the files; none: do nothing."""
    if problems:
        raise IntentError("\n".join(str(problem) for problem in sorted(set(problems))))
