"""Rows of reading: the five big commands, of one peer up to twenty thousand. What one reading costs is CPU of its process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from large_outputs import TEXTS
from measuring import Row, Sample, Sides, process, python_with

PARSE = str(Path(__file__).with_name("parse.py"))
SIZES = (1, 100, 1000, 5000, 20000)
#: Up to so many peers the others are asked: of more, one reading takes a minute.
MOST = {"TTP": 5000, "TextFSM": 20000, "Genie": 20000}
MODULES = {"TTP": ("ttp",), "TextFSM": ("textfsm", "ntc_templates"), "Genie": ("genie.conf", "genie.libs.parser")}


def _turn(python: str, name: str, command: str, peers: int) -> Sample:
    done = process([python, PARSE, name, command, str(peers)])
    found: Sample = json.loads(done.out.strip().splitlines()[-1])
    return {**found, "memory": done.sample["memory"]}


@contextmanager
def _opened(command: str, peers: int) -> Iterator[Sides]:
    sides = {name: partial(_turn, sys.executable, name, command, peers) for name in ("nr-run", "floor")}
    for name, modules in MODULES.items():
        python = python_with(*modules) if peers <= MOST[name] else None
        # ntc-templates has none for this one.
        if python is not None and (name, command) != ("TextFSM", "show crypto ikev2 sa"):
            sides[name] = partial(_turn, python, name, command, peers)
    yield sides


def rows() -> Iterator[Row]:
    """One row a command and size."""
    for command in TEXTS:
        for peers in SIZES:
            yield Row(f"parse/{command}/{peers}", partial(_opened, command, peers), quick=peers in (100, 1000))
