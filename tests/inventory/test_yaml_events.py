"""What libyaml reads is what ruamel.yaml reads: the same values at the same lines, and everything else is left to ruamel.yaml."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from nr_run.inventory.files import yaml_source
from nr_run.inventory.files.yaml_events import read_events

from ..docs.documents import ROOT

_FILES = sorted(path for folder in ("inventory", "examples", "tests") for path in (ROOT / folder).rglob("*.yaml"))
#: What is put into files: marks, ends of lines, numbers of YAML 1.1 and 1.2, rare characters, block scalars, keys of every kind.
_PIECES = (
    *(
        "\t",
        " ",
        "  ",
        "\n",
        "\n\n",
        ":",
        ": ",
        ":\n",
        "- ",
        "-\n",
        "---\n",
        "...\n",
        "#",
        " # x\n",
        "'",
        '"',
        "[",
        "]",
        "{",
        "}",
        ",",
    ),
    *("? ", "|\n", ">\n", "|2\n", ">-\n  a\n\n   b\n  c\n", "a: |+\n  x\n\n", "a: >\n  x\n   y\n\n  z\n", "a: | # c\n x\n"),
    *("&a ", "*a", "!!str ", "!x ", "! ", "!!int '1'", "%YAML 1.1\n", "@", "`", "<<: ", "<<", "=", "x: &a 1\ny: *a\n"),
    *("~", "null", "yes", "no", "on", "off", "y", "n", "true", "True", "TRUE", "tRUE", "0", "00", "012", "0o14", "0x1F", "0b11"),
    *(
        "1_000",
        "1e3",
        "1.5",
        ".5",
        "-.5",
        "+1",
        "-1",
        "1.",
        "-",
        "+",
        ".",
        "1:30",
        "1:30:45",
        "190:20:30.15",
        ".inf",
        "-.INF",
        ".nan",
    ),
    *(
        "2028-06-30",
        "2020-1-1",
        "2020-01-01T10:00:00Z",
        "2020-02-30 10:00:00",
        "1.2.3",
        "1.2.3.4",
        "10.0.0.0/8",
        "fe80::1",
        "1" * 20,
    ),
    *(
        "\\",
        '"\\x41"',
        '"\\/"',
        '"\\u2028"',
        '"\\ud800"',
        '"a\\\n  b"',
        "'a\n  b'",
        "é",
        "ü: ",
        "—",
        "日",
        "\x85",
        "\u2028",
        "\u2029",
    ),
    *("\ufeff", "\xa0", "\x07", "\x00", "\r", "\r\n", "\u200b", "😀", "٣", "\u1680", "\u3000"),
    *(
        "k: ",
        "  k: v\n",
        "- k: v\n",
        "a: 1\n",
        "[a, b: c]",
        "{a, b: c}",
        "{a: }",
        "[a,]",
        "[,]",
        "[? a]",
        "{? a}",
        "a:b",
        ":a",
        "::",
    ),
    *(
        "a#",
        "a #b",
        "a\n b",
        "- - - a\n",
        "? a\n: b\n",
        '{"a":1}',
        "{a:1}",
        "[a:1]",
        "{x: [1, 2], y: {z: 1}}",
        "[" * 25 + "]" * 25,
    ),
)


def _spoilt(chance: random.Random, text: str) -> str:
    """A few lines of a text, with pieces put in, characters taken out, and lines moved, doubled or with another value."""
    lines = text.split("\n")
    begin = chance.randrange(len(lines))
    lines = lines[begin : begin + chance.randrange(2, 16)]
    margin = len(lines[0]) - len(lines[0].lstrip())
    lines = [line[margin:] if not line[:margin].strip() else line for line in lines]
    for _ in range(chance.choice((1, 1, 2, 3))):
        at, way = chance.randrange(len(lines)), chance.randrange(5)
        line, piece = lines[at], chance.choice(_PIECES)
        column = chance.randrange(len(line) + 1)
        if way == 0:
            lines[at] = line[:column] + piece + line[column:]
        elif way == 1:
            lines[at] = line[:column] + line[column + chance.randrange(1, 6) :]
        elif way == 2:
            lines[at] = line.split(": ")[0] + ": " + piece
        elif way == 3:
            lines[at] = chance.choice((" " + line, "\t" + line, line[1:]))
        else:
            lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _by_ruamel(text: str) -> tuple[object, ...]:
    read = yaml_source._by_ruamel(text)
    return repr(read.data), read.lines, read.dates


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_read_alike(path: Path) -> None:
    """Each file of the inventories is read by libyaml; what is read of it is what ruamel.yaml reads."""
    text = path.read_text(encoding="utf8")
    read = read_events(text)
    assert (read is not None) == ("alerts.test" not in path.name)  # it has a float
    if read is not None:
        assert (repr(read.data), read.lines, read.dates) == _by_ruamel(text)


@pytest.mark.parametrize("seed", range(20))
def test_a_spoilt_file_is_read_alike_or_left(seed: int) -> None:
    """What libyaml takes ruamel.yaml takes too, and makes the same of it; many of the texts are taken and many are left."""
    chance = random.Random(seed)  # noqa: S311
    texts = [path.read_text(encoding="utf8") for path in _FILES]
    taken = 0
    for _ in range(100):
        text = _spoilt(chance, chance.choice(texts))
        if (read := read_events(text)) is not None:
            taken += 1
            assert (repr(read.data), read.lines, read.dates) == _by_ruamel(text), text
    assert 10 < taken < 90


@pytest.mark.parametrize("value", _PIECES)
def test_a_value_is_read_alike_or_left(value: str) -> None:
    """Each piece as a value, as a key, in a list and behind a word."""
    for text in (
        f"a: {value}",
        f"{value}: a",
        f"a: [{value}]",
        f"a:\n  - {value}\n  - b: x{value}",
        f'a: "{value}"\nb: {{c: {value}}}',
    ):
        if (read := read_events(text)) is not None:
            assert (repr(read.data), read.lines, read.dates) == _by_ruamel(text), text


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "1," * 100_001 + "]",
        "a: " + "[" * 21 + "]" * 21,
        "a" * 501 + ": 1",
        "a: 1\na: 2",
        "1: a",
        "- a",
        "",
        "a: 1\n---\nb: 1",
        "%YAML 1.1\n---\na: yes",
    ],
    ids=["parts", "depth", "key", "twice", "number", "list", "empty", "documents", "version"],
)
def test_what_has_a_limit_or_a_sentence_is_left(text: str) -> None:
    """Where ruamel.yaml, or what is told of it, may refuse a text, libyaml does not decide."""
    assert read_events(text) is None


@pytest.mark.parametrize("missing", ["yaml", "yaml._yaml"])
def test_without_libyaml_ruamel_reads(missing: str) -> None:
    """Where PyYAML is not installed, or has no C part, a file is read as well."""
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from pathlib import Path\n"
        "from nr_run.inventory.files import yaml_events, yaml_source\n"
        "assert yaml_events.read_events('a: 1') is None\n"
        "print(yaml_source.read_document(Path(sys.argv[1])).data['tunnels'][0]['name'])"
    )
    command = [sys.executable, "-c", program, str(ROOT / "inventory" / "vpn" / "hq-branch.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "hq-branch"
