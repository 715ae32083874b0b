"""What one row of a release's command table says, and the table compiled into one grammar per mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, field

from .syntax import Grammar, Keyword, parse


class Form(Struct, frozen=True):
    """One form of a configuration command.

    `family` and `key` are the identity of what the line configures: a second line with the same identity replaces the
    first. `key` names arguments; `("line",)` makes each different line its own object. `on` and `off` say what the
    command and its `no` form do: store a line, or clear the stored one. `hides` is the default that is never shown,
    `closes` what is printed behind what is in a section.
    """

    mode: str
    syntax: str
    family: str
    key: tuple[str, ...] = ()
    text: str = "{line}"
    enters: str = ""
    hides: str = ""
    on: Literal["store", "clear"] = "store"
    off: Literal["store", "clear", "none"] = "clear"
    hook: str = ""
    closes: str = ""
    #: The sub-mode takes the place of the one that the line is typed in: one `exit` leaves both.
    instead: bool = False
    #: The line ends the sub-mode that it is typed in.
    leaves: bool = False


class ExecForm(Struct, frozen=True):
    """One form of an exec command: `run` names the function, `level` the privilege that it takes."""

    syntax: str
    run: str
    level: int = 15
    fixed: Mapping[str, str] = field(default_factory=dict)


class ConfigLeaf(Struct, frozen=True):
    """Where a configuration line ends in the grammar."""

    form: Form
    negated: bool


class Release(Struct, frozen=True):
    """One software release: its grammar per configuration mode, its exec commands and its section prompts."""

    name: str
    config: Mapping[str, Grammar[ConfigLeaf]]
    execs: Mapping[int, Grammar[ExecForm]]
    prompts: Mapping[str, str]
    order: Mapping[str, int]

    @property
    def old(self) -> bool:
        """Whether it is a 12.2: no entry numbers, no `section` filter, log messages with the uptime."""
        return self.name.startswith("12.2")

    @property
    def late(self) -> bool:
        """Whether it is a 15.x or later: sections by address family, policies of its own, dated archive files."""
        return not self.name.startswith("12.")

    @property
    def xe(self) -> bool:
        """Whether it is an IOS-XE."""
        return self.name.startswith(("17.", "26."))


def compile_release(
    name: str, forms: Iterable[Form], execs: Iterable[ExecForm], prompts: Mapping[str, str], macros: Mapping[str, str]
) -> Release:
    """Compile the tables of a release."""
    config: dict[str, Grammar[ConfigLeaf]] = {mode: Grammar() for mode in prompts}
    order: dict[str, int] = {}
    for form in forms:
        order.setdefault(form.family, len(order))
        parts = parse(form.syntax, macros)
        config[form.mode].add(parts, ConfigLeaf(form, negated=False))
        if form.off != "none":
            config[form.mode].add((Keyword("no"), *parts), ConfigLeaf(form, negated=True), stops=True)
    commands: dict[int, Grammar[ExecForm]] = {1: Grammar(), 15: Grammar()}
    for command in execs:
        for level, grammar in commands.items():
            if level >= command.level:
                grammar.add(parse(command.syntax, macros), command)
    return Release(name, config, commands, prompts, order)
