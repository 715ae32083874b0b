"""The table of faults that a box can have, and which of them are on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from .access.logforms import FORMS
from .errors import NoSuchFault, nearest
from .profile import Profile
from .refusals import WORDS

Where = Literal["any", "ios", "asa", "xe", "ssh"]

#: What an argument may be, where it is one of several words.
CHOICES: dict[str, tuple[str, ...]] = {
    "every": ("every",),
    "FORM": tuple(FORMS),
    "MOMENT": ("random", "prompt", "echo", "output", "question"),
    "WORDS": tuple(WORDS),
    "HOW": ("confirm", "yes-no"),
    "WHICH": ("ike", "esp", "pfs"),
    "TO": ("sink", "peer"),
    "UNIT": ("active", "standby", "pseudo-standby"),
}
WHERE: dict[Where, str] = {
    "any": "",
    "ios": "a router",
    "asa": "an ASA",
    "xe": "a router with IOS-XE",
    "ssh": "a box that is reached by SSH",
}


class Fault(Struct, frozen=True):
    """A fault: the names of its arguments (those with `=` may be left out), one sentence, and on which boxes it strikes.

    `N`, `MS` and `SECONDS` are numbers, `AMOUNT` is a number of lines or, with a `b` behind it, of bytes. A `TEXT` that
    commands begin with may be several with `|` between them; with a `$` at its end it is the whole command.
    """

    name: str
    arguments: tuple[str, ...]
    says: str
    only: Where = "any"


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("drop-ike", (), "UDP 500 is lost on the way to and from this box."),
        Fault("drop-esp", (), "ESP is lost on the way to and from this box."),
        Fault(
            "drop-4500", (), "UDP 4500 is lost on the way to and from this box: what a translator in the path makes necessary."
        ),
        Fault(
            "late-esp",
            (),
            "Of four packets of ESP that come to this box three are too late for its anti-replay window, and are dropped.",
        ),
        Fault(
            "path-mtu",
            ("N",),
            "On the way to and from this box packets of more than N bytes that may not be cut are lost, and nobody is told.",
        ),
        Fault("behind-nat", ("ADDRESS",), "The box stands behind a translator: the others know it by ADDRESS only."),
        Fault(
            "clear-path",
            ("TO=",),
            "What this box sends in clear to an address that its provider does not know is carried all the same: to somebody who "
            "answers (sink, which it is without a word), or to the box that has the address (peer).",
        ),
        Fault("wrong-psk", (), "From now on the box stores and shows another key than it is given; one character differs."),
        Fault("wrong-psk-silent", (), "From now on the box shows the key it is given but uses another one."),
        Fault("cut-session-after", ("N", "every="), "The session is cut after N lines in configuration mode; once, or each."),
        Fault("cut-in-echo", ("N",), "The session is cut in the middle of the echo of configuration line N; once."),
        Fault("refuse-line", ("TEXT",), "A configuration line with TEXT in it is refused as invalid; its no form is not."),
        Fault(
            "no-hardware",
            ("TEXT",),
            "A transform set with TEXT in it is taken, and answered as one that the encryption hardware does not do.",
            "ios",
        ),
        Fault(
            "refuse-inverse",
            ("TEXT",),
            "A configuration line that begins with no, or with clear configure, and has TEXT in it is refused as invalid.",
        ),
        Fault(
            "ignore",
            ("TEXT",),
            "A line with TEXT in it that would change something is taken without a word, and changes nothing.",
        ),
        Fault(
            "lose-management-after",
            ("N",),
            "After N lines in configuration mode nobody gets in, until the box has reloaded or reverted; once.",
        ),
        Fault("reboot-after", ("N",), "The power fails after N lines in configuration mode: the box boots its startup; once."),
        Fault("shutdown-banner", (), "A SHUTDOWN warning comes in the middle of the next echo; once."),
        Fault("clock-step", ("SECONDS",), "The clock of the box is ahead by SECONDS; behind, if they are negative."),
        Fault("clock-unset", (), "The clock was never set: show clock marks it, and kron does not run."),
        Fault("refuse-exec", ("TEXT",), "An exec command with TEXT in it is refused: the user is not authorized for it."),
        Fault("slow", ("MS",), "Each answer is late by MS milliseconds."),
        Fault("latency", ("MS",), "Each packet from the client takes MS milliseconds longer; order is kept."),
        Fault("no-answer", (), "The box accepts the connection and then says nothing."),
        Fault("down", (), "The box refuses connections; sessions are cut and nothing passes through it."),
        Fault("flash-full", (), "The flash has no room left: dir says so, and a copy to it fails."),
        Fault("nvram-full", (), "Saving fails for lack of NVRAM; the startup configuration stays as it was."),
        Fault("save-drops", ("TEXT",), "Saving says [OK], and a router does not keep the lines with TEXT in it."),
        Fault("syslog", (), "A log message comes in the middle of the output."),
        Fault("garbage", (), "Bytes that mean nothing come in the middle of a show command's output."),
        Fault(
            "ask-reporting",
            (),
            "An ASA asks at each configure terminal whether it may report errors, until it is told.",
            "asa",
        ),
        Fault("login-refused", (), "No login is accepted, whatever the password."),
        Fault(
            "refuse-show",
            ("TEXT", "N=", "WORDS="),
            "Commands that show, and begin with TEXT, are refused in the words of the release; N times, or for good.",
        ),
        Fault(
            "cut-show",
            ("AMOUNT", "TEXT=", "N="),
            "The answer of show commands, or those that begin with TEXT, ends after AMOUNT lines or bytes; N times, or for good.",
        ),
        Fault("empty-show", ("TEXT", "N="), "Show commands that begin with TEXT print nothing; N times, or for good."),
        Fault(
            "garble-show",
            ("TEXT", "N="),
            "Noise takes the place of characters in the answer of show commands that begin with TEXT; N times, or for good.",
        ),
        Fault(
            "hang-show",
            ("N", "TEXT="),
            "The Nth answer of show commands, or of those that begin with TEXT, stops in the middle, and the session says "
            "nothing more; once.",
        ),
        Fault(
            "lose-lines",
            ("LOST", "TEXT=", "N="),
            "Lines with LOST in them, and what is below them, are lost from the answers of show commands, or of those that begin "
            "with TEXT, the same ones each time; N times, or for good.",
        ),
        Fault(
            "console-logs",
            ("FORM", "MOMENT="),
            "The terminal shows log messages in a stamp form: at a chosen moment each time, or now and then at any.",
        ),
        Fault(
            "prompt",
            ("TEXT",),
            "The exec prompt is TEXT and not the host name, with %h %n %p %s as in IOS; an ASA has it in every mode.",
        ),
        Fault(
            "swallow-submode",
            (),
            "A sub-mode takes the first words of a global line that it knows: no crypto map M 10 at an interface unbinds M.",
        ),
        Fault(
            "banner-marks",
            (),
            "A banner is configured, saved and shown at login whose lines look like prompts, questions, refusals and end marks.",
        ),
        Fault("split-reads", (), "Answers arrive in pieces of 1 to 40 bytes, cut inside a character of several bytes too."),
        Fault("nvram-busy", ("N",), "The startup configuration is busy: the next N times it is not written."),
        Fault("host-key", (), "The box shows another SSH host key than before.", "ssh"),
        Fault(
            "security-warnings",
            (),
            "Insecure lines are taken and answered with SECURITY WARNING or INSECURE DYNAMIC WARNING, as IOS-XE 17.18 does.",
            "xe",
        ),
        Fault(
            "failover-pair",
            ("UNIT",),
            "The box is this unit of a failover pair, whose other unit nobody plays; one that is not active has the SAs of the "
            "other, and passes no packet of its own.",
            "asa",
        ),
        Fault(
            "ask-after",
            ("TEXT", "HOW=", "N="),
            "A configuration line with TEXT in it is applied only after a question is answered with yes; N times, or for good.",
        ),
    )
}

#: What can be broken on a far end that is played from data, and has no command line.
FAR_FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *(FAULTS[name] for name in ("drop-ike", "drop-esp", "drop-4500", "path-mtu", "behind-nat")),
        Fault("wrong-psk", (), "It holds another key than its peers; one character differs."),
        Fault("wrong-proposal", ("WHICH=",), "It was told other proposals than its peers: for ike, for esp, or for pfs."),
        Fault("wrong-selectors", (), "It was told other networks than its peers."),
        Fault("down", (), "It is dead: it answers nothing, and nothing passes through it."),
        Fault("bgp-down", (), "Its BGP speaker answers nobody."),
        Fault("bgp-untold", ("PREFIX=",), "It tells its BGP peers nothing of PREFIX, or nothing at all."),
        Fault("bgp-flap", ("N",), "Its BGP speaker ends each session N seconds after it began."),
        Fault("bgp-wrong-as", (), "Its BGP speaker is of the autonomous system after the one that was agreed."),
        Fault("wrong-identity", (), "It knows its peers by another identity, and refuses what they say that they are."),
        Fault("no-http", (), "No page behind it is given to anybody, and pings are answered as before."),
        Fault("no-ping", (), "It lets nobody ping what is behind it, nor itself."),
    )
}


def _fits(argument: str, value: str) -> bool:
    """True if the value is valid for an argument."""
    if argument in CHOICES:
        return value in CHOICES[argument]
    if argument in ("N", "MS"):
        return value.isdigit()
    if argument == "SECONDS":
        return value.removeprefix("-").isdigit()
    if argument == "AMOUNT":
        return value.removesuffix("b").isdigit()
    return bool(value)


def _named(fault: Fault, arguments: tuple[str, ...]) -> dict[str, str]:
    """The arguments by name; those that may be left out go to the narrowest name that takes them. NoSuchFault."""
    needed = [argument for argument in fault.arguments if not argument.endswith("=")]
    optional = [argument.removesuffix("=") for argument in fault.arguments if argument.endswith("=")]
    if not len(needed) <= len(arguments) <= len(fault.arguments):
        raise NoSuchFault(f"The fault {fault.name} is given as: {usage(fault)}.")
    given = dict(zip(needed, arguments, strict=False))
    for value in arguments[len(needed) :]:
        free = sorted((name for name in optional if name not in given), key=lambda name: name == "TEXT")
        name = next((name for name in free if _fits(name, value)), None)
        if name is None:
            raise NoSuchFault(f"The fault {fault.name} is given as: {usage(fault)}; {value} is none of these.{_words(fault)}")
        given[name] = value
    for name, value in given.items():
        if not _fits(name, value):
            kind = "a number" if name not in CHOICES else f"one of {', '.join(CHOICES[name])}"
            raise NoSuchFault(f"The fault {fault.name} takes {kind} for {name}, not {value}.")
    return given


def _words(fault: Fault) -> str:
    """The valid values of a fault as a sentence."""
    names = [argument.removesuffix("=") for argument in fault.arguments]
    told = [f" {name}: {', '.join(CHOICES[name])}." for name in names if name in CHOICES]
    return "".join(told)


def usage(fault: Fault) -> str:
    """Usage line of a fault: name and arguments, optional ones in brackets."""
    return " ".join([fault.name, *(f"[{word[:-1]}]" if word.endswith("=") else word for word in fault.arguments)])


def strikes_on(name: str) -> Where:
    """The kinds of boxes that a fault is for. An unknown name is for any; `Faults.set` refuses it."""
    return FAULTS[name].only if name in FAULTS else "any"


def kinds(profile: Profile) -> set[Where]:
    """The kinds that a box of a profile belongs to."""
    found: set[Where] = {"any", "asa" if profile.asa else "ios"}
    if profile.release.startswith(("17.", "26.")):
        found.add("xe")
    return found | {"ssh"} if profile.ssh is not None else found


class Faults(Struct):
    """The faults of one box that are on, with their arguments."""

    table: Mapping[str, Fault] = field(default_factory=lambda: FAULTS)
    active: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: dict[str, dict[str, str]] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)

    def set(self, name: str, arguments: tuple[str, ...], *, on: bool) -> None:
        """Switch a fault on. Raises NoSuchFault for an unknown fault or wrong arguments."""
        fault = self.table.get(name)
        if fault is None:
            raise NoSuchFault(f"There is no fault {name}.{nearest(name, self.table)}")
        given = _named(fault, arguments) if on else {}
        self.off(name)
        if on:
            self.active[name], self.given[name] = arguments, given

    def off(self, name: str) -> None:
        """Switch a fault off, if it is on."""
        for table in (self.active, self.given, self.struck):
            table.pop(name, None)

    def __contains__(self, name: str) -> bool:
        return name in self.active

    def number(self, name: str) -> int:
        """The first argument of a fault as a number; 0 when it is off."""
        return int(self.active[name][0]) if name in self.active else 0

    def text(self, name: str) -> str:
        """The first argument of a fault; empty when it is off."""
        return self.active[name][0] if name in self.active else ""

    def argument(self, name: str, which: str, default: str = "") -> str:
        """One argument of a fault by name; the default if it was left out or the fault is off."""
        return self.given.get(name, {}).get(which, default)

    def spend(self, name: str) -> None:
        """Switch a fault off after it has applied, unless it was set to apply to `every` command."""
        if self.argument(name, "every") != "every":
            self.off(name)

    def strike(self, name: str) -> None:
        """Count down a fault that applies N times; without a number it stays on."""
        times = self.argument(name, "N")
        self.struck[name] = self.struck.get(name, 0) + 1
        if times and self.struck[name] >= int(times):
            self.off(name)
