"""A session at the privileged prompt of one device: whole blocks in one write, replies attributed line by line.

A round trip costs more than anything else here, so lines that may go together are written at once, followed by a comment
line that marks the end and that nobody can guess: the reply is complete when that comment has been echoed and the prompt stands
again. What does not go as foreseen ends the session, unless the prompt stands: no later line is typed into a question.

A line that changes something is typed in configuration mode only: ``configure terminal`` comes last in its write, and its prompt
comes before anything is typed there.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence

from ...changes.configurations.configuration import counts
from ...changes.timer_config import without_timer_lines
from ...inventory.errors import ConfigurationRefused, DeviceRefused, Unreachable
from ...inventory.files.connection_settings import ConnectionSettings
from ...inventory.hiding.secrets import Secrets
from ..access.login import REFUSED, Words
from .channel import Channel, Done
from .device_questions import all_asked, asks, ends
from .dialects import IOS, Dialect
from .messages import Cleaned, cleaned, may_hold, without_messages
from .reply import Reply as Reply
from .transcript import MARK, Part, Prompts, begin_of, echoed, marked, parts_of, with_marks
from .transport import Transport
from .unsolicited_messages import Heard

logger = logging.getLogger("nr_run.session")

#: What a device draws again while a line that is typed outgrows a terminal of 80 columns, which an ASA has until somebody changes
#: its configuration: it steps back, puts a dollar sign for what has moved out on the left, and wipes the rest of the line.
_SCROLLED = re.compile(r"\x08+\$[^\x08\n]*\x08+")
_PRIVILEGED = re.compile(r"^Current privilege level is 15\s*$", re.MULTILINE)
RUNNING = "show running-config"
#: Enters configuration mode. Typed again behind the ``exit`` of a sub-mode it sees to it that the next line stands there: where
#: the header was refused, that exit has left configuration mode; where it was not, IOS refuses the line, an ASA takes no notice.
ENTER = "configure terminal"


class Session(Channel):
    """One logged-in device. Not for several threads at once."""

    def __init__(
        self,
        name: str,
        driver: Transport,
        secrets: Secrets,
        timeout_seconds: float,
        dialect: Dialect = IOS,
        tag: str = "",
        settings: ConnectionSettings | None = None,
        tell: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        """``timeout_seconds`` is how long the device may say nothing before the session counts as lost.

        The lines of the timer of the run with this ``tag`` are left out of every running configuration. ``tell`` is given each
        warning of the device once.
        """
        super().__init__(name, driver, secrets, timeout_seconds, dialect)
        self._tag = tag
        self._words = Words.of(settings or ConnectionSettings())
        #: True from configure() to the line ``end``: every line is typed in configuration mode, or the session ends.
        self._bound = False
        #: True while a question stands that the next send_batch() answers.
        self._asked = False
        #: Lines that go along with the first exchange, so that they cost no round trip of their own.
        self._preparation: list[str] = []
        #: What this session has read of its device already, and what will not change while it lasts.
        self.remembered: dict[str, str] = {}
        #: The whole running configuration that this session was shown last, with tokens; empty before.
        self.shown_running = ""
        self.heard = Heard(name, secrets, tell)

    def prepare(self, enable_ref: str | None) -> None:
        """Become privileged, switch paging off. Raises Unreachable."""
        self._last = self._driver.login_prompt
        if re.fullmatch(r"\S+\(config[^\s()]*\)#", self._last.rstrip()):
            # A console on which somebody has left configuration mode open.
            self._settle("end", lambda line: line.endswith("#") and "(config" not in line)
        if self._last.rstrip().endswith(">"):
            self._enable(enable_ref)
        self._prompts = Prompts(self._last)
        self._preparation = list(self.dialect.preparation)

    def _enable(self, enable_ref: str | None) -> None:
        if enable_ref is None:
            raise Unreachable(f"{self.name}: the login is not privileged and the inventory names no enable_ref")
        secret, asks = self._secrets.resolve(enable_ref), self._words.asks_password
        said = self._settle("enable", lambda line: line.endswith((">", "#")) or asks(line))
        if asks(self._last):
            said = self._settle(secret, lambda line: line.endswith((">", "#")) or asks(line), echo=False)
        if not self._last.rstrip().endswith("#") and not self._is_privileged(said):
            raise Unreachable(f"{self.name}: the login works, but enable does not: the device refuses the enable secret")

    def _is_privileged(self, said: str) -> bool:
        """That of ``prompt <%h>`` ends in one sign whatever the privilege is: where nothing was refused, the device is asked."""
        if REFUSED.search(said) or not self.dialect.privilege or self._words.asks_password(self._last):
            return False
        self._prompts = Prompts(self._last)
        return _PRIVILEGED.search(self.ask(self.dialect.privilege)) is not None

    def send_batch(
        self, lines: Sequence[str], *, answer: str | None = None, patience_seconds: float | None = None
    ) -> tuple[Reply, ...]:
        """Write all lines at once; one Reply a line. Lines hold tokens, the device gets the secrets.

        ``answer`` is typed first, to a question that stands (see answer_prompts()).

        Raises SessionLost when the session ends or the device is silent for longer than it may be, DeviceRefused when a
        line's echo is missing, so that it is not certain what the device took, and when it was not typed in its mode.
        """
        self._refuse_question(answer)
        self._refuse_left()
        before, self._preparation = self._preparation, []
        asked = with_marks([*before, *(line.strip() for line in lines)])
        typed = [self._secrets.reveal(line) for line in asked]
        self._delicate = typed != asked
        at = self._last
        self._write([*([] if answer is None else [answer]), *typed])
        seen = _SCROLLED.sub("", self._read_until(marked(self._prompts, asked[-1], first=bool(before)), patience_seconds))
        replies = tuple(reply for reply in self._replies(asked, typed, seen, at) if not reply.line.startswith(MARK))
        for reply in replies[: len(before)]:
            if reply.text.strip():
                self.heard.warn(f"{self.name}: {reply.line!r} was answered with {reply.words!r}")
        return replies[len(before) :]

    def configure(
        self, lines: Sequence[str] = (), *, by: str = ENTER, before: Sequence[str] = (), answer: str | None = None
    ) -> tuple[Reply, ...]:
        """Enter configuration mode, see that it is that, and only then write the lines there.

        A Reply for each line of ``before``, which are typed in exec mode along with ``by``, for ``by``, and one a line;
        ``answer`` as in send_batch(). Raises DeviceRefused where another prompt comes, with nothing typed, and where the device
        asks something, which ends the session.
        """
        # A header that was refused: the exit behind it has left configuration mode, and it is entered again.
        self._bound = self._bound and not self._prompts.is_exec(self._last)
        self._refuse_question(answer)
        self.ready()
        opening = [*(with_marks(before) if before else ()), by]
        typed = [self._secrets.reveal(line) for line in opening]
        self._delicate, at = typed != opening, self._last
        self._write([*([] if answer is None else [answer]), *typed])
        questions = self.dialect.entering
        begun = re.compile(echoed(by))

        def done(text: str, last: str) -> bool:
            if not begun.search(without_messages(text)):
                return False
            return self._prompts.enter(last) or self._prompts.is_exec(last) or asks(last, questions) is not None

        seen = _SCROLLED.sub("", self._read_until(done))
        asked = asks(self._last, questions)
        if asked is not None:
            self.close()
            raise DeviceRefused(f"{self.name}: {questions[asked]}")
        replies = self._replies(opening, typed, seen, at)
        entered = tuple(reply for reply in replies if not reply.line.startswith(MARK))
        if not self._prompts.is_configuration(self._last):
            raise ConfigurationRefused(
                f"{self.name}: line {by!r} was answered with {entered[-1].words!r}, and nothing more was typed"
            )
        self._bound = True
        return (*entered, *(self.send_batch(lines) if lines else ()))

    def leave(self, lines: Sequence[str], last: Sequence[str] = (), *, back: bool = False) -> tuple[Reply, ...]:
        """Leave configuration mode, unless an exit has done so already; replies to ``last`` and ``lines``.

        ``last`` are typed in configuration mode before it is left, ``lines`` in exec mode; with ``back`` it is entered again.
        """
        if self.configuring or last:
            typed = [*last, "end", *lines]
            replies = self.configure(before=typed)[:-1] if back else self.send_batch(typed)
            return (*replies[: len(last)], *replies[len(last) + 1 :])
        self._bound = False
        return self.send_batch(lines)

    def ask(self, line: str, *, patience_seconds: float | None = None) -> str:
        """The answer to one line."""
        return self.send_batch([line], patience_seconds=patience_seconds)[0].text

    def answer_prompt(self, opening: str, question: str, answers: Sequence[str], *, patience_seconds: float | None = None) -> str:
        """Type ``opening``; if the device asks ``question`` (a pattern), type all answers at once. Returns all that came.

        Raises DeviceRefused when the prompt came instead, and then no answer was typed; and when it came before the last answer,
        which ends the session, since the rest was typed there.
        """
        return self.answer_prompt_and(opening, question, answers, patience_seconds=patience_seconds)[0]

    def answer_prompt_and(
        self,
        opening: str,
        question: str,
        answers: Sequence[str],
        then: Sequence[str] = (),
        *,
        patience_seconds: float | None = None,
    ) -> tuple[str, tuple[Reply, ...]]:
        """As answer_prompt(); and the replies to ``then``, lines that only read and are typed along with the answers."""
        first, _ = self._open([], opening, {question: ""}, None)
        if not ends(self._last, question):
            raise DeviceRefused(
                f"{self.name}: {opening!r} was answered with {self._said(first, opening)!r}, not with its question"
            )
        asked = with_marks(then) if then else []
        self._write([*answers, *asked])
        done = marked(self._prompts, asked[-1], first=False) if asked else lambda _, last: self._is_prompt(last)
        rest = self._read_until(done, patience_seconds)
        at = (begin_of(rest, asked[0], self._prompts) if asked else None) or len(rest)
        own = rest[:at]
        if not all_asked(without_messages(own), answers, self._prompts):
            self.close()
            raise DeviceRefused(f"{self.name}: {opening!r} ended before it had all its answers: {self._said(own, opening)!r}")
        replies = self._replies(asked, asked, rest[at:], self._prompts.exec) if asked else ()
        return self._told(opening, first + own), tuple(reply for reply in replies if not reply.line.startswith(MARK))

    def answer_same_prompts(
        self, opening: str, question: str, each: Sequence[Sequence[str]], *, seen_before: bool, patience_seconds: float
    ) -> str:
        """Several dialogues of one kind, typed at once behind the question of the first, or with it if it was ``seen_before``.

        Returns all that came. Raises DeviceRefused when the prompt came instead of the question, and then no answer was typed.
        """
        first = "" if seen_before else self._open([], opening, {question: ""}, None)[0]
        if not seen_before and not ends(self._last, question):
            raise DeviceRefused(f"{self.name}: {opening!r} was answered with {self._said(first, opening)!r}, not its question")
        lines = [line for answers in each for line in (opening, *answers)][0 if seen_before else 1 :]
        (mark,) = with_marks(())
        self._write([*lines, mark])
        return self._told(opening, first + self._read_until(marked(self._prompts, mark, first=False), patience_seconds))

    def answer_prompts(
        self,
        line: str,
        questions: Mapping[str, str],
        *,
        leave: str | None = None,
        patience_seconds: float | None = None,
    ) -> str:
        """The answer to a line that may ask some of ``questions`` (pattern to answer) before it does its work.

        The question ``leave`` is left standing, to be answered along with a send_batch(). Raises SessionLost when the device
        asks something else: no answer is guessed.
        """
        return self.conclude((), line, questions, leave=leave, patience_seconds=patience_seconds)[1]

    def conclude(
        self,
        lines: Sequence[str],
        line: str,
        questions: Mapping[str, str],
        *,
        leave: str | None = None,
        patience_seconds: float | None = None,
    ) -> tuple[tuple[Reply, ...], str]:
        """The replies to ``lines``, and the answer to a last line that may ask something (see answer_prompts()): one write."""
        seen, replies = self._open(lines, line, questions, leave, patience_seconds)
        for _ in range(2 * len(questions) + 1):
            asked = asks(self._last, questions)
            if asked is None:
                break
            self._write([questions[asked]])
            seen += self._read_until(self._answered(questions, leave), patience_seconds)
        self._asked = leave is not None and ends(self._last, leave)
        if not self._asked and not self._is_prompt(self._last):
            raise self._lost("was asked the same question again and again")
        return replies, self._told(line, seen)

    def _open(
        self,
        lines: Sequence[str],
        line: str,
        questions: Mapping[str, str],
        leave: str | None,
        patience_seconds: float | None = None,
    ) -> tuple[str, tuple[Reply, ...]]:
        """Type the line of a dialogue behind ``lines``, up to a question or the prompt; what came for it, and for them."""
        self.ready()
        self._refuse_left()
        asked, at = with_marks(lines) if lines else [], self._last
        self._delicate = False
        self._write([*asked, line])
        begun, answered = re.compile(echoed(line)), self._answered(questions, leave)

        def done(text: str, last: str) -> bool:
            # The echo may be cut by messages; a prompt without it is an older one, and so is a question behind other lines.
            if not answered(text, last):
                return False
            return (not asked and not self._is_prompt(last)) or bool(begun.search(without_messages(text)))

        seen = _SCROLLED.sub("", self._read_until(done, patience_seconds))
        if not asked:
            return seen, ()
        replies = self._replies([*asked, line], [*asked, line], seen, at)
        own = seen[begin_of(seen, line, self._prompts, last=True) or 0 :]
        return own, tuple(reply for reply in replies[:-1] if not reply.line.startswith(MARK))

    def _answered(self, questions: Mapping[str, str], leave: str | None) -> Done:
        def done(_: str, last: str) -> bool:
            return asks(last, questions) is not None or (leave is not None and ends(last, leave)) or self._is_prompt(last)

        return done

    @property
    def messages(self) -> list[str]:
        """What the device said without having been asked."""
        return self.heard.messages

    @property
    def warnings(self) -> list[str]:
        """What of it a person has to hear of."""
        return self.heard.warnings

    @property
    def prompt(self) -> str:
        """The unfinished line at which the device waits."""
        return self._last.strip()

    def ready(self) -> None:
        """See that the prompt is known and paging is off before a line goes that is no block. Raises SessionLost."""
        self._refuse_question(None)
        if self._preparation:
            self.send_batch(())

    def _refuse_question(self, answer: str | None) -> None:
        """Raise SessionLost rather than type a line into a question, or an answer where none stands."""
        if self._asked != (answer is not None):
            raise self._lost("was about to type a line into a question" if self._asked else "has no question to be answered")
        self._asked = False

    def _refuse_left(self) -> None:
        """Raise DeviceRefused, with nothing typed, where lines for configuration mode would be typed in exec mode."""
        if self._bound and self._prompts.is_exec(self._last):
            self.close()
            raise DeviceRefused(f"{self.name}: the device left configuration mode unexpectedly, and nothing more was typed")

    def _said(self, text: str, opening: str) -> str:
        lines = [line.strip() for line in cleaned(text).text.splitlines() if line.strip(" ^") and opening not in line]
        return self._secrets.hide(" ".join(line for line in lines if not self._prompts.pattern.match(line)))

    def _told(self, line: str, seen: str) -> str:
        """All that came in a dialogue, with tokens and without messages."""
        found = cleaned(seen)
        self.heard.keep(found.messages, found.warnings)
        text = self._secrets.hide(found.text)
        logger.debug("%s: %s -> %s", self.name, line, text)
        return text

    def _replies(self, lines: Sequence[str], typed: Sequence[str], seen: str, at: str) -> tuple[Reply, ...]:
        """A reply for each line that was typed, the first at the prompt ``at``."""
        parts = parts_of(seen, typed, self._prompts)
        if isinstance(parts, int):
            self.close()
            raise DeviceRefused(
                f"{self.name}: the echo of {lines[parts]!r} did not come back, so it is not certain what was taken"
            )
        quiet, replies = not may_hold(seen), []
        found = Cleaned(seen) if quiet else cleaned(seen)
        self.heard.keep(found.messages, found.warnings)
        self._refuse_other_mode(lines, parts, at)
        for line, part in zip(lines, parts, strict=True):
            text = part.text if part.text.endswith("\n") else f"{part.text}\n"
            found = Cleaned(text) if quiet or text == "\n" else cleaned(text)
            in_exec = self._prompts.is_exec(part.prompt or at)
            reply = self._reply(line, found.text.rstrip("\n"), found.warnings, in_exec=in_exec)
            replies.append(reply)
            logger.debug("%s: %s -> %s", self.name, line, reply.text)
        return tuple(replies)

    def _refuse_other_mode(self, lines: Sequence[str], parts: Sequence[Part], at: str) -> None:
        """Raise DeviceRefused, and end the session, where a line was not typed in the mode in which it was to be."""
        for line, part in zip(lines, parts, strict=True):
            prompt = part.prompt or at
            # A mark is a comment, and may stand behind the exit with which a refused header has left configuration mode.
            if self._bound and self._prompts.is_exec(prompt) and not line.startswith(MARK) and line != ENTER:
                self.close()
                raise DeviceRefused(
                    f"{self.name}: {line!r} was to be typed in configuration mode and was typed at {prompt.strip()!r}"
                )
            self._bound = self._bound and line != "end"
        after = lines.index("end") + 1 if "end" in lines else 0
        behind = parts[after].prompt if after < len(parts) else self._last
        if after and self._prompts.is_configuration(behind.lstrip()):
            self.close()
            raise DeviceRefused(f"{self.name}: 'end' did not leave configuration mode: the prompt is {behind.strip()!r}")

    def _reply(self, line: str, seen: str, warnings: Sequence[str], *, in_exec: bool) -> Reply:
        text, told = self._secrets.hide(seen), tuple(self._secrets.hide(words) for words in warnings)
        commands = self.dialect
        if line not in (RUNNING, commands.running, commands.startup):
            return Reply(line, text, told, in_exec=in_exec)
        whole = text if line == commands.startup else without_timer_lines(text, self._tag)
        # The size is that of the text as it arrived, before anything is hidden or left out.
        return Reply(line, whole, told, counted=counts(seen), with_timer=whole != text, in_exec=in_exec)
