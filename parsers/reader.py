"""Read the output of one command: normalise, match, convert, and say what was not understood."""

from __future__ import annotations

import os as _os
import re
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from pkgutil import get_data
from typing import Any

from msgspec.structs import replace

from ..inventory.errors import ParseError
from ..inventory.kept import Kept
from .catalogue import SYSTEMS, for_typed, of
from .command import Command, Note, find
from .fields.convert import build, maker_of
from .line_rules.collector import seldom
from .line_rules.compiled import kept
from .line_rules.machine import UNKNOWN, Make, Outcome, Raw, run
from .line_rules.program import Program, Scope, TemplateError, compile_template
from .printed.line_numbers import breaks_before
from .printed.normalise import Output, normalise
from .printed.typed import filter_of, split
from .printed.unwrap import PROBE, anchors, certain, unwrap
from .result import Parsed, Problem

TEMPLATES_VARIABLE = "NR_RUN_TEMPLATES"
_compile_lock = threading.Lock()


def parse(os: str, command: str, text: str, *, templates: Path | None = None) -> Parsed:
    """Read the output of `command` as a device of `os` ("ios" or "asa") printed it, echo and prompt allowed around it.

    templates: a folder whose `<os>/<command_with_underscores>.ttp` comes before ours (default: $NR_RUN_TEMPLATES).
    Raises ParseError for text that is not the output of that command, or for a command that no template reads;
    DeviceRefused where the device printed an error instead.
    """
    folder = templates or (Path(name) if (name := _os.environ.get(TEMPLATES_VARIABLE)) else None)
    if folder is not None:  # the file may be another one next time
        return _parsed(os, command, text, folder)
    return _PARSED.get(text, (os, command), lambda: _parsed(os, command, text, None))


#: What is asked of a text is asked of its parse, by checks and views that do not know each other.
_PARSED: Kept[Parsed] = Kept(4_000_000)


def _parsed(os: str, command: str, text: str, folder: Path | None) -> Parsed:
    with seldom(len(text)):
        return _read_whole(os, command, text, folder)


def _read_whole(os: str, command: str, text: str, folder: Path | None) -> Parsed:
    entry = _find(os, command) or _user_command(os, command, folder)
    output = normalise(command, text, lambda typed: _same(entry, os, typed))
    outcome, found, output = _read(entry, _program(entry, folder), output)
    found += _asked_for(entry, command, output)
    problems = [problem for problem in found if not isinstance(problem.why, Note)]
    notes = tuple(problem for problem in found if isinstance(problem.why, Note))
    if not outcome.matched and not _filter(command, output):
        if output.echo and output.closed and entry.silent_when_empty and not output.text.strip() and not output.strangers:
            return Parsed(os, entry.name, entry.state({}), (), notes)
        raise ParseError(_nothing_known(entry, command, output))
    try:
        state = entry.state(outcome.raw)
    except (LookupError, ValueError):  # a number or a word that makes the state is missing, or is none
        reason = f": {problems[0].why} (line {problems[0].line})" if problems else ""
        raise ParseError(f"the output of {entry.name!r} is too incomplete to be read{reason}.") from None
    part = entry.is_part(command) or entry.is_part(output.echo)
    problems += _at_the_end(entry, state, output, part=part)
    return Parsed(os, entry.name, state, tuple(problems), notes)


def _nothing_known(entry: Command, command: str, output: Output) -> str:
    if output.another:
        return f"this is not the output of {entry.name!r} but of another command: {output.another}"
    if len(split(command)[0]) > len(entry.name.split()):
        # A word more may make it another command of which nothing is known here, such as `show route summary`.
        return f"no line of this is known as the output of {entry.name!r}, and no template reads {command!r} in another way."
    return f"this is not the output of {entry.name!r}: no line of it is known."


def _filter(command: str, output: Output) -> str:
    return filter_of(output.echo) or filter_of(command)


def _asked_for(entry: Command, command: str, output: Output) -> list[Problem]:
    """What the echo says of the output below it: lines were left out, or only a part was asked for."""
    found = []
    if _filter(command, output):
        who = "echo" if filter_of(output.echo) else "command"
        why = f"the {who} says that the output was filtered: | {_filter(command, output)}"
        found.append(Problem(output.echo_line, output.echo_text if output.echo else command, why))
    if set(entry.limits(output.echo)) - set(entry.limits(command)):
        why = f"the echo asks for a part of what {entry.name!r} shows"
        found.append(Problem(output.echo_line, output.echo_text, Note(why)))
    return found


def _at_the_end(entry: Command, state: Any, output: Output, *, part: bool) -> list[Problem]:
    """Problems of the output as a whole: counts that do not balance, and a last line that cannot be the last."""
    text = output.text.rstrip() or "\n"
    number, line = output.line_offset + text.count("\n"), text[text.rindex("\n") + 1 :]
    counts = entry.conserve if part else (*entry.conserve, *entry.conserve_whole)
    whys = [why for conserve in counts for why in conserve(state, output.text)]
    cut = entry.unfinished if output.ended else "|".join(filter(None, (entry.unfinished, entry.unfinished_without_end)))
    if cut and re.fullmatch(cut, line.strip(), re.IGNORECASE):
        whys.append("the output is cut short: this line is never the last one")
    return [Problem(number, line, why) for why in whys]


def _same(entry: Command, os: str, typed: str) -> bool:
    return bool(entry.accepts(typed)) and _find(os, typed) in (entry, None)


@lru_cache(maxsize=256)
def _find(os: str, typed: str) -> Command | None:
    return find(for_typed(os, typed), os, typed)


def _read(entry: Command, program: Program, output: Output) -> tuple[Outcome, list[Problem], Output]:
    outcome, doubts = _pass(entry, program, output.text)
    whole = _whole_lines(program, output.text, outcome)
    if whole is not None:
        again, doubts_again = _pass(entry, program, whole)
        if len(again.leftovers) < len(outcome.leftovers):
            outcome, doubts, output = again, doubts_again, replace(output, text=whole)
    problems = [Problem(line, text, why) for line, text, why in output.strangers]
    if outcome.leftovers or doubts:
        breaks = breaks_before(output.text)
        problems += [_problem(output, breaks, position, why) for position, why in sorted({*outcome.leftovers, *doubts})]
    return outcome, sorted(problems, key=lambda problem: problem.line), output


def _whole_lines(program: Program, text: str, outcome: Outcome) -> str | None:
    """The text with lines that the terminal broke in one piece; None where there are none that leave no doubt."""
    found = anchors(text, [position for position, why in outcome.leftovers if why == UNKNOWN])
    if not found:
        return None
    probed = run(program, probe := unwrap(text, found, rest=PROBE), lambda _scope, raw, _above, _position: raw)
    breaks = breaks_before(probe)
    unknown = {breaks(position) + 1 for position, why in probed.leftovers if why == UNKNOWN}
    found = certain(found, unknown)
    return unwrap(text, found) if found else None


def _pass(entry: Command, program: Program, text: str) -> tuple[Outcome, list[tuple[int, str]]]:
    doubts: list[tuple[int, str]] = []
    return run(program, text, _finisher(entry, doubts), partial(_straight, entry)), doubts


def _problem(output: Output, breaks: Callable[[int], int], position: int, why: str) -> Problem:
    found = re.compile(r"\S").search(output.text, position)
    start = output.text.rindex("\n", 0, found.start()) if found else position
    stop = output.text.find("\n", start + 1)
    return Problem(output.line_offset + breaks(start + 1), output.text[start + 1 : stop], why)


def _finisher(entry: Command, doubts: list[tuple[int, str]]) -> Callable[[Scope, Raw, list[Raw], int], object]:
    records, validate, preparations = entry.records, entry.validate, entry.prepare

    def finish(scope: Scope, raw: Raw, above: list[Raw], position: int) -> object:
        path = scope.path
        if path in preparations:
            preparations[path](raw, above)
        if path not in records:
            if records and scope.children:
                _hoist(scope, raw, above[-1])
            return raw
        built: Any = build(records[path], raw, above)
        if path in validate:
            doubts.extend((position, why) for why in validate[path](built, raw))
        return built

    return finish


@lru_cache(maxsize=1024)
def _straight(entry: Command, scope: Scope, names: tuple[str, ...]) -> Make | None:
    """What makes a record in one step, where `_finisher` would do no more than prepare and build it of its captures."""
    path = scope.path
    if path in entry.validate:
        return None
    if path in entry.prepare:
        return entry.straight[path](names) if path in entry.straight else None
    kind = entry.records.get(path)
    if kind is not None:
        return maker_of(kind, names)
    return None if entry.records and scope.children else lambda _above, *values: dict(zip(names, values, strict=True))


def _hoist(scope: Scope, raw: Raw, parent: Raw) -> None:
    """Hand the finished children of a group that has no record of its own to the group above."""
    for child in scope.children:
        if child.key in raw:
            parent.setdefault(child.key, []).extend(raw.pop(child.key))
    # What the groups inside these have handed up.
    for key in [key for key, value in raw.items() if value.__class__ is list]:
        parent.setdefault(key, []).extend(raw.pop(key))


def _program(entry: Command, folder: Path | None) -> Program:
    source = template_source(entry, folder)
    with _compile_lock:
        try:
            return _compiled(entry.os, entry.template, source)
        except TemplateError as error:
            raise ParseError(f"the template of {entry.name!r} cannot be used: {error}") from error


@lru_cache(maxsize=256)
def _compiled(os: str, name: str, source: str) -> Program:
    return kept(os, name, source) or compile_template(source)


def template_source(entry: Command, folder: Path | None = None) -> str:
    """The text of the template that reads `entry`; a file in `folder` comes before ours."""
    if folder is not None and (own := folder / entry.os / entry.template).is_file():
        return own.read_text(encoding="utf-8")
    return _packaged(entry.os, entry.template)


@lru_cache(maxsize=256)
def _packaged(os: str, name: str) -> str:
    data = get_data(__package__, f"templates/{os}/{name}")  # `importlib.resources` would import all that archives need
    if data is None:
        raise FileNotFoundError(f"{os}/{name}")
    return data.decode("utf-8").replace("\r\n", "\n")


def _user_command(os: str, command: str, folder: Path | None) -> Command:
    """A command that only the user's folder has a template for: its state is what the template captured."""
    entry = Command(os=os, name=" ".join(command.lower().split()), kinds={}, state=lambda raw: raw)
    if re.fullmatch(r"[\w .-]+", entry.name) and folder is not None and (folder / os / entry.template).is_file():
        return entry
    known = ", ".join(sorted(item.name for item in of(os)))
    if not known:
        raise ParseError(f"no command of {os!r} is known; known systems: {', '.join(sorted(SYSTEMS))}.")
    raise ParseError(f"no template reads {command!r} on {os}; there are templates for: {known}.")
