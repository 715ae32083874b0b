"""What can be broken on a box, as a table, and which faults are on."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import NoSuchFault, nearest


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: the names of its arguments (those with `=` may be left out) and one sentence."""

    name: str
    arguments: tuple[str, ...]
    says: str


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("drop-ike", (), "UDP 500 is lost on the way to and from this box."),
        Fault("drop-esp", (), "ESP is lost on the way to and from this box."),
        Fault("wrong-psk", (), "From now on the box stores and shows another key than it is given; one character differs."),
        Fault("wrong-psk-silent", (), "From now on the box shows the key it is given but uses another one."),
        Fault("cut-session-after", ("N", "every="), "The session is cut after N lines in configuration mode; once, or each."),
        Fault("cut-in-echo", ("N",), "The session is cut in the middle of the echo of configuration line N; once."),
        Fault("refuse-line", ("TEXT",), "A configuration line with TEXT in it is refused as invalid; its no form is not."),
        Fault(
            "refuse-inverse",
            ("TEXT",),
            "A configuration line that begins with no, or with clear configure, and has TEXT in it is refused as invalid.",
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
        Fault("ask-reporting", (), "An ASA asks at each configure terminal whether it may report errors, until it is told."),
        Fault("login-refused", (), "No login is accepted, whatever the password."),
    )
}


@dataclass(slots=True)
class Faults:
    """The faults that are on, with their arguments."""

    active: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def set(self, name: str, arguments: tuple[str, ...], *, on: bool) -> None:
        """Switch a fault; NoSuchFault for an unknown one or for arguments that do not fit."""
        fault = FAULTS.get(name)
        if fault is None:
            raise NoSuchFault(f"There is no fault {name}.{nearest(name, FAULTS)}")
        if not on:
            self.active.pop(name, None)
            return
        needed = [argument for argument in fault.arguments if not argument.endswith("=")]
        if not len(needed) <= len(arguments) <= len(fault.arguments):
            usage = " ".join([name, *fault.arguments]).replace("every=", "[every]")
            raise NoSuchFault(f"The fault {name} is given as: {usage}.")
        for argument, value in zip(fault.arguments, arguments, strict=False):
            if argument in ("N", "MS") and not value.isdigit():
                raise NoSuchFault(f"The fault {name} takes a number for {argument}, not {value}.")
            if argument == "SECONDS" and not value.removeprefix("-").isdigit():
                raise NoSuchFault(f"The fault {name} takes a number for {argument}, not {value}.")
        self.active[name] = arguments

    def __contains__(self, name: str) -> bool:
        return name in self.active

    def number(self, name: str) -> int:
        """The first argument of a fault as a number; 0 when it is off."""
        return int(self.active[name][0]) if name in self.active else 0

    def text(self, name: str) -> str:
        """The first argument of a fault; empty when it is off."""
        return self.active[name][0] if name in self.active else ""

    def spend(self, name: str) -> None:
        """A fault that strikes once has struck."""
        if self.active.get(name, ())[1:] != ("every",):
            self.active.pop(name, None)
