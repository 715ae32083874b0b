"""One session on a box: privilege, modes, prompts, paging, the pipe after a show command, the log in between."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from ...features.tcl import Shell
from ...ios.commands.execs import Call, Handler
from ...ios.commands.execs124 import HANDLERS
from ...ios.configure import INVALID, Place, apply, depth_of, swallowed
from ...ios.effects import insecure
from ...ios.tables import known
from .. import answers
from ..box import Box
from ..configuration.forms import ExecForm
from ..configuration.syntax import Reading, Verdict
from . import logforms
from .filters import filtered, leads_elsewhere, piped
from .terminal import COMPLETE, CTRL_C, CTRL_Z, HELP, Hangup, Interrupted, Terminal

ENDLESS = 1 << 30
#: 15.x and 17.x ask this, in one piece; public programs answer it (cisco.ios, module ios_user).
NO_USERNAME = "This operation will remove all username related configurations with same name.Do you want to continue? [confirm]"


class Session(Struct):
    """A session; `level` is the privilege, `place` is set in configuration mode, `line` is the vty.

    `config_lines` counts the lines typed in configuration mode in the whole session.
    """

    more: ClassVar[str] = " --More-- "
    wipes: ClassVar[bytes] = b"\b" * 10 + b" " * 10 + b"\b" * 10
    filters: ClassVar[tuple[str, ...]] = ("begin", "exclude", "include", "section")
    asa_words: ClassVar[bool] = False

    box: Box
    terminal: Terminal
    user: str = ""
    level: int = 1
    line: int = 0
    place: Place | None = None
    length: int = 24
    width: int = 80
    over: bool = False
    counted: bool = True
    history: list[str] = field(default_factory=list)
    config_lines: int = 0
    edition: int = 0
    config_session: int = 0
    tcl: Shell | None = None

    def __post_init__(self) -> None:
        self.edition = self.box.edition

    @property
    def prompt(self) -> str:
        """What the router shows before the person types; the host name is cut to 20 characters in front of a mode."""
        if self.place is not None and self.place.banner is not None:
            return ""
        if self.tcl is not None:
            return f"{self.box.hostname}(tcl)#"
        if self.place is None:
            line = self.box.store.get("kept tail", "prompt")
            form = self.box.faults.text("prompt") or (line.text.removeprefix("prompt ") if line is not None else "")
            return self.expanded(form) if form else f"{self.box.hostname}{'#' if self.level == 15 else '>'}"
        return f"{self.box.hostname[:20]}{self.box.release.prompts[self.place.mode]}#"

    def expanded(self, form: str) -> str:
        """A prompt as the `prompt` command writes it: %h is the host name, %n the line, %p the sign of the privilege."""
        signs = {
            "h": self.box.hostname,
            "n": str(self.line),
            "p": "#" if self.level == 15 else ">",
            "s": " ",
            "t": "\t",
            "%": "%",
        }
        return re.sub(r"%([hnpst%])", lambda match: signs[match[1]], form)

    async def ask(self, question: str, *, echo: bool = True) -> str:
        """Put a question and return the answer; Interrupted by Ctrl-C."""
        self.terminal.write(question + self._logs("question"))
        answer = await self.terminal.read_line(echo=echo)
        if answer.endswith(CTRL_C):
            raise Interrupted
        return answer.strip()

    async def confirm(self, question: str) -> bool:
        """Put a question that one key answers: Enter and y say yes; Interrupted by Ctrl-C."""
        self.terminal.write(question + self._logs("question"))
        key = await self.terminal.read_key()
        self.terminal.write("\n")
        if key == CTRL_C:
            raise Interrupted
        return key in "\r\nyY"

    def _logs(self, moment: str) -> str:
        """What a noisy console prints at a moment; on a line of its own behind what stands there. Empty while it is quiet."""
        lines = self._messages(moment)
        return "\n" + "".join(f"{line}\n" for line in lines) if lines else ""

    def _messages(self, moment: str) -> list[str]:
        faults = self.box.faults
        form, when = faults.argument("console-logs", "FORM"), faults.argument("console-logs", "MOMENT", "random")
        if not form or not self.counted or when not in ("random", moment) or (when == "random" and secrets.randbelow(4)):
            return []
        return logforms.message(form, self.box.moment())

    async def run(self) -> None:
        """Read and answer lines until the session ends."""
        begun = ""
        while not self.over:
            self.terminal.write(self.prompt + self._logs("prompt"))
            room = max(20, self.width - len(self.prompt)) if self.width else ENDLESS
            if self.place is not None and self.place.banner is not None:
                room = 0  # text of a banner: it does not scroll, and a question mark is a question mark
            line = await self.terminal.read_line(half=self._half, room=room, begun=begun)
            begun = line[:-1] if line.endswith((HELP, COMPLETE)) else ""
            if line.endswith(COMPLETE):
                whole = self._completed(begun)
                self.terminal.write("\n" if whole else "\x07\n")
                begun = whole or begun
                continue
            if line.endswith(HELP):
                await self.show(self._help(begun))
                continue
            if self.counted:
                self.box.counters.lines += 1
            await self.delay()
            try:
                await self.take(line)
            except Interrupted:
                continue

    def _half(self) -> str:
        """What a fault prints in the middle of an echo; Hangup where it cuts the line there."""
        faults = self.box.faults
        if self.place is not None and self.config_lines + 1 == faults.number("cut-in-echo"):
            faults.spend("cut-in-echo")
            self.terminal.close()
            raise Hangup
        if "shutdown-banner" in faults:
            faults.spend("shutdown-banner")
            return self.box.reload.banner()
        return self._logs("echo")

    def _help(self, line: str) -> list[str]:
        """What `?` answers: words on one line when a word was begun, else one to a line; without a sentence on each."""
        found = self._follows(line)
        if found is None:
            return ["% Unrecognized command"]
        return ["  ".join(found), ""] if line.strip() and not line.endswith(" ") else [*(f"  {w}" for w in found), ""]

    def _follows(self, line: str) -> list[str] | None:
        """The words that may stand at the end of a line; None if it is wrong before that."""
        execs = self.box.release.execs[15 if self.level == 15 else 1]
        if self.place is None:
            return execs.help(line)
        do = re.match(r"\s*do\s+", line)
        return execs.help(line[do.end() :]) if do else self.box.release.config[self.place.mode].help(line)

    def _completed(self, line: str) -> str:
        """The line as Tab leaves it, where one word only begins so; nothing where several do, or none.

        The box sounds the bell then (Cisco IOS configuration fundamentals, "completing a partial command name").
        """
        begun = "" if line.endswith(" ") else line.rpartition(" ")[2]
        found = (self._follows(line) or []) if begun else []
        return f"{line[: len(line) - len(begun)]}{found[0]} " if len(found) == 1 else ""

    async def delay(self) -> None:
        """The `slow` fault."""
        late = self.box.faults.number("slow")
        if late:
            await asyncio.sleep(late / 1000)

    async def take(self, line: str) -> None:
        """Do what a typed line says."""
        if line and line[-1] in (CTRL_C, CTRL_Z):
            if line[-1] == CTRL_Z and line[:-1].strip() and self.place is not None:
                await self._configure(line[:-1])
            self.leave_config()
            return
        if self.place is not None and self.place.banner is not None:
            await self._configure(line)
            return
        if not line.strip() or line.lstrip().startswith("!"):  # a comment is taken in silence in every mode
            return
        self.history = [*self.history[-9:], line.strip()]
        if self.tcl is not None:
            self.print_tcl(self.tcl, line)
        elif self.place is not None:
            await self._configure(line)
        else:
            await self.execute(line)

    def print_tcl(self, shell: Shell, line: str) -> None:
        """A line of the Tcl shell."""
        self.terminal.write("".join(f"{text}\n" for text in shell.take(line)))
        self.tcl = None if shell.over else shell

    def leave_config(self) -> None:
        """Back to exec, noting the change."""
        if self.place is not None:
            self.place, self.config_session = None, 0
            self.box.mark_changed(self.user)

    async def _configure(self, line: str) -> None:
        await self._config_word(line)
        self.config_lines += 1
        self._strike()

    async def _config_word(self, line: str) -> None:
        """Take a line that was typed in configuration mode."""
        assert self.place is not None
        if self.place.banner is not None:
            _, self.place = apply(self.box, self.box.release, self.place, line)
            return
        word = line.strip().lower()
        if word in ("end", "exit", "exi", "ex", "quit"):
            if word == "end" or self.place.mode == "config":
                self.leave_config()
            else:
                self.place = self.place.outer
        elif word.startswith("do "):
            indent = len(line) - len(line.lstrip()) + 3
            await self.execute(line.lstrip()[3:], offset=indent)
        else:
            await self._config_line(line)

    def _strike(self) -> None:
        """The faults that count lines."""
        for fault, strike in (
            ("lose-management-after", self.box.lose_management),
            ("reboot-after", self.box.reload.power_loss),
            ("cut-session-after", lambda: None),
        ):
            if self.config_lines == self.box.faults.number(fault):
                self.box.faults.spend(fault)
                strike()
                self.terminal.close()
                raise Hangup

    async def _config_line(self, line: str) -> None:
        assert self.place is not None
        if self.edition != self.box.edition:  # the configuration was replaced: the section that was open is another one
            self.edition, self.place = self.box.edition, Place()
        inverse = line.strip().startswith("no ")
        text = self.box.faults.text("refuse-inverse" if inverse else "refuse-line")
        if text and text in line:
            await self.show([" " * (len(self.prompt) + line.find(text)) + "^", INVALID, ""])
            return
        if self._ignored(line):
            return
        if (hardware := self.box.faults.text("no-hardware")) and not inverse and hardware in line and "transform-set" in line:
            name = line.split()[3]
            await self.show([f"Transform {name} disabled because {hardware} is not supported by encryption hardware"])
        if not await self._agreed(line):
            return
        line = swallowed(self.box, self.place, line)
        if self.box.blocks_insecure and (said := insecure.blocked(line)):
            await self.show(said)
            return
        depth = depth_of(self.box.release, self.place, line)
        answer, self.place = apply(self.box, self.box.release, self.place, line, self.prompt)
        self.box.kron.refresh()
        refused = INVALID in answer or any(text.startswith("%Error") for text in answer)
        if not refused:
            self.config_session = self.config_session or self.box.config_log.begin()
            self.box.config_log.note(self.box, self.config_session, f"{self.user or 'console'}@vty{self.line}", line, depth)
        told = [] if refused else insecure.warnings(self.box.faults, line, always=self.box.traits.warns)
        await self.show([*answer, *told])

    def _ignored(self, line: str) -> bool:
        """Whether a fault has the box take the line and do nothing."""
        text = self.box.faults.text("ignore")
        return self.counted and bool(text) and text in line

    async def _agreed(self, line: str) -> bool:
        """Whether the line is to be applied; a release or a fault asks that first."""
        faults = self.box.faults
        if not self.counted:
            return True
        if self.box.release.late and re.match(r"\s*no\s+username\s+\S", line) and not self.asa_words:
            return await self.confirm(NO_USERNAME)
        if "ask-after" not in faults or faults.text("ask-after") not in line:
            return True
        how = faults.argument("ask-after", "HOW", "confirm")
        faults.strike("ask-after")
        if how == "confirm":
            return await self.confirm("This takes effect at once. Do you want to continue? [confirm]")
        return (await self.ask("This takes effect at once. Do you want to continue? [yes/no]: ")).lower() in ("y", "ye", "yes")

    async def execute(self, line: str, offset: int = 0) -> None:
        """Run an exec command."""
        command, keep = self._piped(line)
        if keep is None and not self.box.release.old and leads_elsewhere(line):
            await self.show([f"% {known.words(line)}"])
            return
        reading = self.box.release.execs[15 if self.level == 15 else 1].read(command)
        if keep is None and reading.verdict is Verdict.DONE:
            column = line.index("|") + 1 + len(line[line.index("|") + 1 :]) - len(line[line.index("|") + 1 :].lstrip())
            await self.show(self._caret(column + offset))
        elif reading.verdict is Verdict.DONE and reading.leaf is not None:
            await self.perform(reading, HANDLERS, line, keep or ("", ""), offset)
        elif reading.verdict is Verdict.AMBIGUOUS:
            await self.show([f'% Ambiguous command:  "{line.strip()}"'])
        elif reading.verdict is Verdict.INCOMPLETE:
            await self.show(["% Incomplete command.", ""])
        elif reading.depth == 0 and len(command.split()) == 1:
            await self.show(await HANDLERS["unknown"](Call(self, {"target": command.strip()}, line)))
        else:
            await self.show(self._caret(reading.column + offset))

    async def perform(
        self, reading: Reading[ExecForm], handlers: Mapping[str, Handler], line: str, keep: tuple[str, str], offset: int
    ) -> None:
        """Do what a command says and print its answer; faults refuse it or change what it prints."""
        leaf = reading.leaf
        assert leaf is not None
        refused = self._refused_exec(reading.values["line"], line, offset)
        if refused is not None:
            await self.show(refused)
            return
        if self._ignored(line) and not answers.reads(reading.values["line"]):
            return
        output = filtered(await handlers[leaf.run](Call(self, {**leaf.fixed, **reading.values}, line)), keep)
        if self.counted:
            output = answers.altered(self.box.faults, reading.values["line"], output)
            if answers.hangs(self.box.faults, reading.values["line"]):
                await self.show(output[: len(output) // 2])
                while True:  # until the client goes away
                    await self.terminal.read_key()
        await self.show(output, garble=leaf.run.startswith("show"))

    def _refused_exec(self, command: str, line: str, offset: int) -> list[str] | None:
        """The words of a refusal, or None; what the box runs by itself asks no server."""
        if not self.counted:
            return None
        faults, text = self.box.faults, self.box.faults.text("refuse-exec")
        if text and text in line:
            return ["Command authorization failed"] if self.asa_words else ["Command authorization failed.", ""]
        column = len(self.prompt) + offset + len(line) - len(line.lstrip())
        return answers.refusal(faults, command, asa=self.asa_words, column=column)

    def _caret(self, column: int) -> list[str]:
        return [" " * (len(self.prompt) + column) + "^", INVALID, ""]

    def _piped(self, line: str) -> tuple[str, tuple[str, str] | None]:
        """Split a show command from its filter; None as filter if the release does not know the filter."""
        return piped(line, self.filters[: 3 if self.box.release.old else 4])

    async def show(self, lines: list[str], *, garble: bool = False) -> None:
        """Write lines, a page at a time; faults put a log message or noise in the middle."""
        lines = self._disturbed(lines, garble=garble)
        page = 0
        for line in lines:
            if self.length and page == self.length - 1:
                self.terminal.write(self.more)
                key = await self.terminal.read_key()
                self.terminal.raw(self.wipes)
                if key in ("q", "Q", CTRL_C):
                    return
                page = self.length - 2 if key == "\r" else 0
            self.terminal.write(f"{line}\n")
            page += 1
            if page % 50 == 49:
                await asyncio.sleep(0)

    def _disturbed(self, lines: list[str], *, garble: bool) -> list[str]:
        faults, middle = self.box.faults, (len(lines) + 1) // 2
        if "syslog" in faults:
            lines = [*lines[:middle], self._event(), *lines[middle:]]
        messages = self._messages("output")
        if messages:
            at = secrets.randbelow(len(lines) + 1)
            lines = [*lines[:at], *messages, *lines[at:]]
        if "garbage" in faults and garble:
            noise = "".join(chr(33 + secrets.randbelow(222)) for _ in range(40)).replace("\x7f", "?").replace("\xff", "?")
            lines = [*lines[:middle], noise, *lines[middle:]]
        return lines

    def _event(self) -> str:
        """A log message as it comes in the middle of an output."""
        event = "%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0, changed state to down"
        return f"{self.box.stamp()}: {event}"
