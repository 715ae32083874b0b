"""What came back for a block of lines, cut at the prompt and echo of each line; prompts of both modes are known exactly.

Messages can stand anywhere, in the middle of an echo too, after which a device may draw prompt and line again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from .messages import message_at, without_control, without_messages

#: Line breaks that a message may bring with it into the middle of an echo.
BREAKS = 4
_CONTROLS = re.compile(r"(?:\x07|\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][0-9A-Za-z]|[=>78DEHMc]))+")
_BEFORE = rf"^(?:{_CONTROLS.pattern})?"
#: IOS shortens the name in the prompts of configuration mode, the more the longer the name of the mode is: its beginning is sure.
_SURE = 10
#: What a mark begins with; what follows is random.
MARK = "!nr-"
#: Commands that print texts of somebody's choosing, which may hold a prompt and the echo of the next line.
_PRINTS = re.compile(r"(?:show|more|dir)\b")
_ENTERED = re.compile(r"(\S+)\(config\)# ?")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


class Prompts(Struct):
    """The prompt of exec mode as it was seen, and how those of configuration mode begin.

    They need not begin alike: ``prompt`` changes that of exec mode only (Cisco IOS configuration fundamentals command reference).
    """

    exec: str
    name: str = ""

    def __post_init__(self) -> None:
        """Until configuration mode was seen its prompts are taken to begin as that of exec mode does."""
        self.exec = self.exec.rstrip()
        self.name = self.name or self.exec[:-1][:_SURE]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Either prompt at the beginning of a line, with a blank behind it where the device puts one."""
        return _compiled(rf"{_BEFORE}(?:{re.escape(self.exec)}|{self._configuring}) ?")

    @property
    def _configuring(self) -> str:
        return rf"{re.escape(self.name)}[^\s()#>]*\([A-Za-z][^\s()]*\)#"

    def learn(self, line: str) -> None:
        """Take this line for the prompt of exec mode."""
        self.exec = line.rstrip()
        self.name = self.exec[:-1][:_SURE]

    def is_exec(self, line: str) -> bool:
        """Whether this unfinished line is the prompt of exec mode."""
        return line.rstrip() == self.exec

    def is_configuration(self, line: str) -> bool:
        """Whether it is a prompt of configuration mode."""
        return not self.is_exec(line) and _compiled(rf"{self._configuring} ?").fullmatch(line) is not None

    def enter(self, line: str) -> bool:
        """Whether it is the first prompt of configuration mode; if so, how the others begin is known from now on."""
        match = _ENTERED.fullmatch(line)
        if match is None or self.is_exec(line):
            return False
        self.name = match[1][:_SURE]
        return True


class Part(Struct, frozen=True):
    """The prompt at which a line was typed (empty where it was read before), and what came for it."""

    prompt: str
    text: str


def with_marks(lines: Sequence[str]) -> list[str]:
    """The lines with a mark behind the last, and behind each that prints: a banner may imitate the next line, and not a mark."""
    marked_lines: list[str] = []
    for number, line in enumerate(lines, 1):
        marked_lines.append(line)
        if number == len(lines) or _PRINTS.match(line):
            marked_lines.append(f"{MARK}{secrets.token_hex(6)}")
    return marked_lines or [f"{MARK}{secrets.token_hex(6)}"]


def parts_of(seen: str, typed: Sequence[str], prompts: Prompts) -> tuple[Part, ...] | int:
    """A part for each line, in order; the index of the first line whose echo did not come back."""
    pattern = prompts.pattern
    echoes: list[tuple[int, int, str]] = []
    for index, text in enumerate(typed):
        found = _echo(pattern, seen, text, echoes[-1][1] if echoes else None)
        if found is None:
            return index
        echoes.append(found)
    # Behind the last line the prompt stands again, and nothing is typed at it yet.
    standing = [match.start() for match in pattern.finditer(seen, echoes[-1][1])] if echoes else []
    ends = [*(start for start, _, _ in echoes[1:]), standing[-1] if standing else len(seen)]
    return tuple(Part(prompt, seen[start:end]) for (_, start, prompt), end in zip(echoes, ends, strict=True))


def begin_of(seen: str, text: str, prompts: Prompts, *, last: bool = False) -> int | None:
    """Where the prompt stands at which a line was typed, for the first or the ``last`` time; None where no echo of it is."""
    found = [
        start for start, end in _prompts_from(prompts.pattern, seen, 0) if _behind(prompts.pattern, seen, end, text) is not None
    ]
    return (found[-1] if last else found[0]) if found else None


def echoed(text: str) -> str:
    """Pattern of an echo up to its line end: a message that was taken out of the middle of it leaves line breaks there."""
    return rf"\n{{0,{BREAKS}}}".join(re.escape(character) for character in text) + r"[ \t]*\n"


def marked(prompts: Prompts, mark: str, *, first: bool) -> Callable[[str, str], bool]:
    """Whether the mark was echoed and a prompt stands again.

    In the ``first`` exchange what stands before the mark is the prompt: at the login it may have been glued to a banner.
    """
    known = prompts.pattern

    def done(text: str, last: str) -> bool:
        if prompts.is_exec(last) or prompts.is_configuration(last):
            return _marked_at(known, mark, without_control(without_messages(text))) is not None
        if not first or not last.rstrip().endswith("#"):
            return False
        line = _marked_at(_ANY_PROMPT, mark, without_control(without_messages(text)))
        if line is None or last.rstrip() not in line:
            return False
        prompts.learn(last)
        return True

    return done


_ANY_PROMPT = re.compile(r"^.*[>#] ?", re.MULTILINE)


def _marked_at(prompt: re.Pattern[str], mark: str, text: str) -> str | None:
    """The prompt and the mark behind it, as they stand in the text; None where they do not.

    A mark is new each time: a pattern of it would be compiled for every exchange, at more than all else costs that is done with
    the answer. So it is one only where a message has left line breaks in the middle of the mark.
    """
    at = text.find(mark)
    while at >= 0:
        end = _LINE_END.match(text, at + len(mark))
        behind = len(text[:at].rstrip("\n"))
        begin = text.rfind("\n", 0, behind) + 1
        if end and prompt.fullmatch(text, begin, behind):
            return text[begin : end.end()]
        at = text.find(mark, at + 1)
    if mark not in text.replace("\n", ""):
        return None
    found = re.search(rf"{prompt.pattern}\n*{echoed(mark)}", text, re.MULTILINE)
    return found[0] if found else None


_LINE_END = re.compile(r"[ \t]*\n")


def _echo(prompt: re.Pattern[str], seen: str, text: str, position: int | None) -> tuple[int, int, str] | None:
    """Where the next prompt with the echo of a line stands, from ``position`` on, where what follows it begins, and the prompt.

    The first prompt (``position`` None) was read with the exchange before, so the first echo may stand without one. Not one
    pattern for all of it: there is one for each line, and to compile it costs more than to look.
    """
    for start, end in _prompts_from(prompt, seen, position):
        after = _behind(prompt, seen, end, text)
        if after is not None:
            return start, after, without_control(seen[start:end])
    return None


def _prompts_from(prompt: re.Pattern[str], seen: str, position: int | None) -> Iterator[tuple[int, int]]:
    if position is None:
        first = prompt.match(seen)
        yield first.span() if first else (0, 0)
    yield from (match.span() for match in prompt.finditer(seen, position or 0))


def _behind(prompt: re.Pattern[str], seen: str, at: int, text: str) -> int | None:
    """Where the line after the echo of ``text`` begins; None if no such echo stands at this place, or behind messages there.

    The place itself first: the beginning of an echo that a message has cut may look like the head of that message.
    """
    after = _typed(prompt, seen, at, text)
    if after is not None:
        return after
    beyond = _past(prompt, seen, at, "", len(seen))
    return _typed(prompt, seen, beyond, text) if beyond != at else None


def _typed(prompt: re.Pattern[str], seen: str, at: int, text: str) -> int | None:
    whole = seen.startswith(text, at)
    at += len(text) if whole else 0
    for number, character in enumerate("" if whole else text):
        if not seen.startswith(character, at):
            at = _past(prompt, seen, at, text[:number], BREAKS)
            if not seen.startswith(character, at):
                return None
        at += 1
    while seen.startswith((" ", "\t"), at):
        at += 1
    controls = _CONTROLS.match(seen, at)
    at = controls.end() if controls else at
    if at == len(seen):
        return at
    if seen[at] == "\n":
        return at + 1
    beyond = message_at(seen, at)
    return None if beyond == at else beyond + seen.startswith("\n", beyond)


def _past(prompt: re.Pattern[str], seen: str, at: int, begun: str, breaks: int) -> int:
    """Behind the messages that stand here, their line breaks, and what is drawn again behind them."""
    last = at
    while at < len(seen):
        controls = _CONTROLS.match(seen, at)
        if seen[at] == "\n" and at - last < breaks:
            at += 1
            continue
        beyond = message_at(seen, at)
        if beyond != at:
            at = last = beyond
        elif controls:
            at = controls.end()
        elif not begun and seen[at] == " ":  # of the prompt, behind a control sequence
            at += 1
        else:
            break
    again = prompt.match(seen, at) if last and at and seen[at - 1] == "\n" else None
    if again and begun and seen.startswith(begun, again.end()):
        return again.end() + len(begun)
    return again.end() if again and not begun else at
