"""A configuration that a device showed, whole: the only form in which running and startup configurations are judged.

What is absent in an answer is gone only if the answer is the whole configuration. So there is no ``Configuration`` of a text that
was refused, is empty, breaks off or holds what no configuration holds: to make one of it raises NotKnown. Texts hold placeholders
instead of secrets, and are without the lines of the run's own rollback timer.

Sources: Cisco configuration fundamentals command references (show running-config, show startup-config, more, privilege levels and
role-based CLI); how rancid, oxidized and Netspoc-Approve tell whole configurations from others; published sessions of IOS 12.2 to
17.9 and of ASA 7.2 to 9.22. Next to each form below stands what it was seen in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from ...inventory.errors import NotKnown
from ...inventory.kept import Kept
from ..objects import Config, read
from . import tree
from .literals import begins_text, literal_at, may_begin, places
from .refusals import refusal_in, words_of

#: What stands in no configuration but comes between the lines of one where output is lost or two outputs are glued together: a
#: pager, and a prompt with or without what was typed there. No command begins with a word that ends in these signs.
_BETWEEN = re.compile(r"[ \t]*(?:-+ ?More ?-+|<-+ ?More ?-+>).*|[A-Za-z][^\s!#>]*[#>].*", re.IGNORECASE)
#: Lines that begin so stand once at the margin of a configuration.
_ONCE = ("version ", "ASA Version ", "PIX Version ", "hostname ", "end", ": end")


class Form(Struct, frozen=True):
    """What a complete configuration of one operating system looks like.

    ``heads``: what its first line may be. ``parts``: lines that each configuration has, with their names; a view or a privilege
    level below 15 may leave the last ones out though its text ends as a whole one does. ``end``: its last line. ``wished``: a
    line that only edited copies lack, so that its absence is a doubt.
    """

    heads: re.Pattern[str]
    parts: Mapping[str, re.Pattern[str]]
    end: str
    wished: Mapping[str, re.Pattern[str]] = field(default_factory=dict)


#: ``Load for`` and ``Time source`` stand above every output with ``terminal exec prompt timestamp``; a file in flash begins with
#: its comments.
_IOS = Form(
    heads=re.compile(
        r"Load for five secs: .*|Time source is .*|Building configuration\.\.\.|Current configuration\s*:.*"
        r"|Using \d+ (?:out of \d+ )?bytes.*|Uncompressed configuration from .*|!.*|version \d.*"
    ),
    parts={
        "a version line": re.compile(r"version \d"),
        "a host name": re.compile(r"hostname \S"),
        "a line section, so that it is what a view or a privilege level lets through": re.compile(r"line \S"),
    },
    end="end",
)
#: ``: Saved`` may be missing (9.2); the ``Cryptochecksum`` line is missing in sanitised copies only.
_ASA = Form(
    heads=re.compile(r":.*|Cryptochecksum: .*|ASA Version .*|PIX Version .*|!.*"),
    parts={
        "a version line": re.compile(r"(?:ASA|PIX) Version \d"),
        "a host name": re.compile(r"hostname \S"),
    },
    end=": end",
    wished={"its Cryptochecksum line": re.compile(r"Cryptochecksum: ?[0-9a-f]{8}")},
)
FORMS: Mapping[str, Form] = {"ios": _IOS, "asa": _ASA}

#: The words with which a device says that nothing is saved. That is an answer, not a refusal of one.
_NOTHING_SAVED = re.compile(
    r"(?:%+ ?)?startup-config is not present"
    # Older IOS, and one whose NVRAM was erased.
    r"|%+ ?Non-volatile configuration memory (?:is not present|has not been set up or has bad checksum)\.?"
    r"|No Configuration",  # an ASA
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"^(?:Current configuration ?: (?P<running>\d+) bytes"
    r"|Using (?P<used>\d+) out of \d+ bytes(?:, uncompressed size = (?P<unpacked>\d+) bytes)?)[ \t]*\n"
    r"(?:Uncompressed configuration from .*\n)?",
    re.MULTILINE,
)
#: By how much the number that a device prints is larger than the length of the text up to and with ``end``: it was so in all
#: texts of 15.2 to 17.3 that nobody had edited.
_MORE = 2


def counts(text: str) -> bool | None:
    """Does the size that the device prints above its configuration fit the text below? None if it prints none.

    ``text`` is to be as it arrived, blanks at the ends of lines and secrets included. A size that fits proves that the text is
    whole. One that does not proves nothing: consoles were seen to alter texts by some bytes.
    """
    head = _SIZE.search(text, 0, 4000)
    if head is None:
        return None
    below = text[head.end() :].rstrip().replace("^C", "\x03")
    printed = int(head["running"] or head["unpacked"] or head["used"])
    return printed - _MORE in (len(below), len(below.encode("utf-8", "replace")))


class Configuration(Struct, frozen=True, dict=True):
    """What ``command`` showed on ``host``. Raises NotKnown, in a sentence with the device's own words, unless it is whole.

    ``counted``: the size that the device printed fits (see counts()). ``with_timer``: the run's rollback timer stood in it.
    """

    host: str
    os: str
    command: str
    text: str
    counted: bool | None = None
    with_timer: bool = False

    def __post_init__(self) -> None:
        """Judge the text. Raises NotKnown."""
        why = "" if self.empty else _JUDGED.get(self.text, self.os, lambda: _why_not_whole(self.os, self.text))
        if why:
            raise NotKnown(f"{self.host}: {self.command!r} {why}, so its {self.what} is not known")

    @property
    def what(self) -> str:
        """Which configuration it is, in words."""
        if "startup-config" in self.command:
            return "startup configuration"
        return "running configuration" if "running-config" in self.command else "copy of a configuration"

    @cached_property
    def empty(self) -> bool:
        """True if the device says that it has no startup configuration: it is known, and holds nothing."""
        return "startup-config" in self.command and _NOTHING_SAVED.fullmatch(self.text.strip()) is not None

    @cached_property
    def nodes(self) -> tuple[tree.Node, ...]:
        """Its lines as a tree."""
        return () if self.empty else tree.parse(self.text)

    @cached_property
    def objects(self) -> Config:
        """The objects of known families in it."""
        return read(self.os, "" if self.empty else self.text)

    @property
    def doubts(self) -> tuple[str, ...]:
        """A sentence for each part of a complete configuration that it lacks, though nothing proves that it was cut."""
        missing = [name for name, line in FORMS[self.os].wished.items() if not _has(self.text.splitlines(), line)]
        sentences = [f"{self.host}: {self.command!r} shows a configuration without {name}" for name in missing if not self.empty]
        if self.counted is False:
            sentences.append(
                f"{self.host}: {self.command!r} is not verified as complete: its size is not the one that the device states"
            )
        return tuple(sentences)

    @property
    def is_proved(self) -> bool:
        """True if the device printed a size that fits, so that nothing was lost on the way; or if nothing is saved there."""
        return self.counted is True or self.empty

    def is_doubtful_beside(self, earlier: Configuration | None) -> bool:
        """True if this device has printed a size that fitted before, and now prints one that does not."""
        return self.counted is False and earlier is not None and earlier.counted is True

    @property
    def name(self) -> str:
        """How the device calls itself."""
        return next((node.line.split()[1] for node in self.nodes if node.line.startswith("hostname ")), "")

    def behind(self, earlier: Configuration, *, renamed: bool = False) -> Configuration:
        """This configuration, if it may be taken for what became of an earlier one of the same device. Raises NotKnown.

        ``renamed``: something else than its name has proved that it is the same.

        What is absent in it is judged to be gone, so two texts that agree are not enough: a line that loses the same part of a
        text each time, and a console server that has come to another device, show the same thing twice as well.
        """
        if self.is_doubtful_beside(earlier):
            why = "is not verified as complete: its size matched before, and does not match now"
        elif self.name != earlier.name and not renamed:
            why = f"is that of {self.name!r} now, and was that of {earlier.name!r} before"
        else:
            return self
        raise NotKnown(f"{self.host}: {self.command!r} {why}, so its {self.what} is not known")

    def equals(self, other: Configuration) -> bool:
        """True if both are the same configuration, line for line."""
        return self.nodes == other.nodes

    def same(self, other: Configuration) -> bool:
        """True if both are the same configuration, whatever the order of unrelated objects."""
        return self.nodes == other.nodes or sorted(node.text for node in self.nodes) == sorted(node.text for node in other.nodes)

    def difference(self, later: Configuration, most: int = 4) -> str:
        """The first lines that came (+) and went (-) until ``later``, for a sentence; nothing if they are equal."""
        if self.equals(later):
            return ""
        old, new = (
            {line for node in configuration.nodes for line in (node.line, *(f"{node.line}: {child}" for child in node.paths))}
            for configuration in (self, later)
        )
        lines = [f"+ {line}" for line in sorted(new - old)] + [f"- {line}" for line in sorted(old - new)]
        rest = f"; and {len(lines) - most} more" if len(lines) > most else ""
        return "; ".join(lines[:most]) + rest or "the order of lines"


#: A configuration is shown several times, and each text is judged once.
_JUDGED: Kept[str] = Kept(8_000_000)


def _why_not_whole(os: str, text: str) -> str:
    """How the device answered instead of with a whole configuration; nothing if it did."""
    if not text.strip():
        return "was answered with nothing"
    form = FORMS[os]
    lines, open_text = _outside(text.splitlines(), asa=os == "asa")
    shown = [line for line in lines if line.strip()]
    words = refusal_in("\n".join(lines))
    if words:
        return f"was answered with {words!r}"
    if not form.heads.fullmatch(shown[0].rstrip()):
        return f"was answered with {words_of(text)!r}" if len(shown) < 4 else "does not begin as a configuration does"
    if open_text or shown[-1].rstrip() != form.end:
        count = len(text.splitlines())
        return f"breaks off after {count} line{'' if count == 1 else 's'}, without {form.end!r}"
    disturbed = _disturbed(shown)
    if disturbed:
        return disturbed
    missing = next((name for name, line in form.parts.items() if not _has(shown, line)), "")
    return f"shows no {missing.removeprefix('a ')}" if missing else ""


def _disturbed(shown: list[str]) -> str:
    """What stands between the lines, as where a pager has stopped or two answers are one; nothing if all is well."""
    lines = [line.rstrip() for line in shown]
    between = next((line for line in lines if ("#" in line or ">" in line or "ore" in line) and _BETWEEN.fullmatch(line)), "")
    if between:
        return f"has {words_of(between)!r} between its lines"
    text = "".join(f"\n{line}\n" for line in lines)
    for begin in _ONCE:
        count = text.count(f"\n{begin}" if begin.endswith(" ") else f"\n{begin}\n")
        if count > 1:
            return f"shows {begin.strip()!r} {count} times, as two answers in one do"
    return ""


def _has(lines: list[str], wanted: re.Pattern[str]) -> bool:
    return any(wanted.match(line) for line in lines)


def _outside(lines: list[str], *, asa: bool) -> tuple[list[str], bool]:
    """The lines that are no part of a text for people or for another program, and whether such a text never ends."""
    found: list[str] = []
    behind, open_text = 0, False
    for number in places(lines):
        if number < behind:
            continue
        found += lines[behind:number]
        line, behind = lines[number], number + 1
        literal = literal_at(lines, number, asa=asa) if may_begin(line.strip()) else None
        if literal is None:
            open_text = open_text or (not asa and begins_text(line.strip()))
            found.append(line)
        else:
            behind = number + literal.lines
    return [*found, *lines[behind:]], open_text
