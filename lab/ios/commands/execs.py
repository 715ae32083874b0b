"""What the exec commands do. Each function takes a `Call` and returns the lines to print."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from ...core.box import Box
from ...core.configuration.syntax import valid_ip
from ..configure import Place
from ..outputs import shows, shows_crypto
from ..rollback.reload import in_words, seconds_of
from ..tables import known
from . import ping as pinging

if TYPE_CHECKING:
    from ...core.access.session import Session

UNKNOWN = "% Unknown command or computer name, or unable to find computer address"
BAD_HOST = "% Bad IP address or host name"  # on younger releases, and on the same line
CONNECT_SECONDS = 30


class Call(Struct, frozen=True):
    """One exec command in one session."""

    session: Session
    values: dict[str, str]
    line: str

    @property
    def box(self) -> Box:
        """The box that the session is on."""
        return self.session.box

    async def ask(self, question: str, *, echo: bool = True) -> str:
        """Put a question to the person; Interrupted by Ctrl-C."""
        return await self.session.ask(question, echo=echo)

    async def confirm(self, question: str) -> bool:
        """Put a question that one key answers, Enter and y with yes; Interrupted by Ctrl-C."""
        return await self.session.confirm(question)


Handler = Callable[[Call], Awaitable[list[str]]]


async def enable(call: Call) -> list[str]:
    """`enable`: three tries; with AAA one."""
    if call.session.level == 15:
        return []
    aaa = call.box.aaa
    for _ in range(1 if aaa else 3):
        if call.box.enable_matches(await call.ask("Password: ", echo=False)):
            call.session.level = 15
            return []
    return ["% Access denied", ""] if aaa else ["% Bad secrets", ""]


async def disable(call: Call) -> list[str]:
    """`disable`."""
    call.session.level = 1
    return []


async def leave(call: Call) -> list[str]:
    """`exit`."""
    call.session.over = True
    return []


async def nothing(_call: Call) -> list[str]:
    """A setting of the terminal that changes nothing here."""
    return []


async def not_played(call: Call) -> list[str]:
    """A command that the release knows and the lab does not play; it says so rather than pretend."""
    return [f"% {known.words(call.line)}"]


async def unknown(call: Call) -> list[str]:
    """A word that is no command is taken for a host to connect to."""
    target = call.values["target"]
    if valid_ip(target):
        return await telnet(call)
    if call.box.store.get("ip domain-lookup") is None:
        call.session.terminal.write(f'Translating "{target}"...domain server (255.255.255.255)\n')
        await call.box.clock.sleep(3)
    return [f"{BAD_HOST if call.box.release.late else ''}{UNKNOWN}", ""]


async def telnet(call: Call) -> list[str]:
    """A connection to an address; nobody answers."""
    target = call.values["target"]
    if not valid_ip(target):
        return await unknown(call)
    call.session.terminal.write(f"Trying {target} ... ")
    await call.box.clock.sleep(CONNECT_SECONDS)
    return ["", "% Connection timed out; remote host not responding", ""]


async def ping(call: Call) -> list[str]:
    """`ping`, short or as a dialogue; below privilege 15 only the short form."""
    target = call.values.get("target", "")
    try:
        if target:
            if not valid_ip(target):
                return [
                    f'Translating "{target}"...domain server (255.255.255.255)',
                    "% Unrecognized host or address, or protocol not running.",
                    "",
                ]
            probe = pinging.one_line(call.box, call.values)
        elif call.session.level < 15:
            return ["% Incomplete command.", ""]
        else:
            probe = await pinging.dialogue(call.box, call.ask)
    except pinging.BadAnswer as answer:
        return [str(answer)]
    await pinging.send(call.box, call.session.terminal, probe)
    return []


async def terminal_length(call: Call) -> list[str]:
    """`terminal length`."""
    call.session.length = int(call.values["n"])
    return []


async def terminal_width(call: Call) -> list[str]:
    """`terminal width`."""
    call.session.width = int(call.values["n"])
    return []


async def configure_terminal(call: Call) -> list[str]:
    """`configure terminal`; `configure` alone asks from where."""
    if "terminal" not in call.values.get("line", ""):
        answer = await call.ask("Configuring from terminal, memory, or network [terminal]? ")
        if answer and not "terminal".startswith(answer.lower()):
            return ['?Must be "terminal", "memory" or "network"']
    call.session.place = Place()
    return ["Enter configuration commands, one per line.  End with CNTL/Z."]


async def write_memory(call: Call) -> list[str]:
    """`write memory`."""
    call.session.terminal.write("Building configuration...\n")
    await call.box.clock.sleep(1)
    if "nvram-busy" in call.box.faults:
        call.box.faults.strike("nvram-busy")
        return ["startup-config file open failed (Device or resource busy)", ""]
    if not call.box.save():
        return ["startup-config file open failed (Not enough space)", ""]
    return ["[OK]"]


async def copy_running(call: Call) -> list[str]:
    """`copy running-config startup-config`."""
    answer = await call.ask("Destination filename [startup-config]? ")
    if answer not in ("", "startup-config"):
        return ["%Error opening nvram:" + answer + " (Permission denied)"]
    return await write_memory(call)


async def clear_sa(call: Call) -> list[str]:
    """`clear crypto sa`, all or of one peer or map; `counters` keeps the SAs."""
    peer, name = call.values.get("peer", ""), call.values.get("map", "")
    flows = [f for f in call.box.crypto.flows if peer in ("", str(f.peer)) and name in ("", f.map)]
    if "counters" in call.values:
        for flow in flows:
            flow.encaps = flow.decaps = flow.send_errors = flow.recv_errors = 0
        return []
    call.box.network.drop(call.box, flows)
    return []


async def clear_isakmp(call: Call) -> list[str]:
    """`clear crypto isakmp`, all or one connection."""
    conn = call.values.get("conn")
    call.box.network.drop_ike(call.box, int(conn) if conn is not None else None)
    return []


async def clear_nat(call: Call) -> list[str]:
    """`clear ip nat translation *`."""
    call.box.translations.clear()
    return []


async def clear_logging(call: Call) -> list[str]:
    """`clear logging`."""
    call.box.logged.clear()
    return []


async def show_running(call: Call) -> list[str]:
    """`show running-config`."""
    name = call.values.get("interface")
    if name is None:
        return shows.running(call.box)
    found = shows.running_interface(call.box, name)
    column = len(call.session.prompt) + call.line.rstrip().rfind(" ") + 1
    return found if found is not None else [" " * column + "^", "% Invalid input detected at '^' marker.", ""]


async def show_reload(call: Call) -> list[str]:
    """`show reload`."""
    return call.box.reload.show()


async def reload(call: Call, *, announced: bool = True) -> list[str]:
    """`reload`, at once or `in` a time: asks to save if something changed, and then whether to go on."""
    seconds = seconds_of(call.values["when"]) if "when" in call.values else 0
    if seconds is None:
        return ["% Invalid time; it is mmm or hhh:mm", ""]
    if call.box.unsaved() and await _save_first(call):
        call.session.terminal.write("\n".join([*await write_memory(call), ""]))
    where = f"{call.session.user or 'console'} on vty{call.session.line} (127.0.0.1)"
    reason = call.values.get("reason", "" if announced else "Reload Command")
    if seconds and announced:
        call.session.terminal.write(f"Reload scheduled in {in_words(seconds)} by {where}\n")
    if reason:
        call.session.terminal.write(f"Reload reason: {reason}\n")
    if not await call.confirm("Proceed with reload? [confirm]"):
        return []
    call.box.reload.schedule(seconds, where, reason)
    return []


async def reload_with_reason(call: Call) -> list[str]:
    """`reload` on 15.x: it names a reason, and does not say when."""
    return await reload(call, announced=False)


async def _save_first(call: Call) -> bool:
    while True:
        answer = (await call.ask("\nSystem configuration has been modified. Save? [yes/no]: ")).lower()
        if answer and ("yes".startswith(answer) or "no".startswith(answer)):
            return "yes".startswith(answer)
        call.session.terminal.write("% Please answer 'yes' or 'no'.\n")


async def reload_cancel(call: Call) -> list[str]:
    """`reload cancel`."""
    return [] if call.box.reload.cancel() else ["%No reload is scheduled.", ""]


async def show_history(call: Call) -> list[str]:
    """`show history`."""
    return [f"  {line}" for line in call.session.history]


def of_box(function: Callable[..., list[str]], *names: str) -> Handler:
    """A handler that prints what a function of the box returns for the named arguments."""

    async def handler(call: Call) -> list[str]:
        return function(call.box, **{name: call.values[name] for name in names if name in call.values})

    return handler


async def show_ipsec_sa(call: Call) -> list[str]:
    """`show crypto ipsec sa`, whole or of a map, interface or peer."""
    values = call.values
    return shows_crypto.ipsec_sa(call.box, values.get("map", ""), values.get("interface", ""), values.get("peer", ""))


async def show_privilege(call: Call) -> list[str]:
    """`show privilege`."""
    return [f"Current privilege level is {call.session.level}"]


async def show_users(call: Call) -> list[str]:
    """`show users`."""
    return shows.users(call.box, call.session.line, call.session.user)


HANDLERS: dict[str, Handler] = {
    "enable": enable,
    "disable": disable,
    "leave": leave,
    "nothing": nothing,
    "not_played": not_played,
    "unknown": unknown,
    "telnet": telnet,
    "ping": ping,
    "terminal_length": terminal_length,
    "terminal_width": terminal_width,
    "configure_terminal": configure_terminal,
    "write_memory": write_memory,
    "copy_running": copy_running,
    "clear_sa": clear_sa,
    "clear_isakmp": clear_isakmp,
    "clear_nat": clear_nat,
    "clear_logging": clear_logging,
    "show_running": show_running,
    "show_reload": show_reload,
    "reload": reload,
    "reload_with_reason": reload_with_reason,
    "reload_cancel": reload_cancel,
    "show_history": show_history,
    "show_ipsec_sa": show_ipsec_sa,
    "show_privilege": show_privilege,
    "show_users": show_users,
    "show_version": of_box(shows.version),
    "show_clock": of_box(shows.clock),
    "show_startup": of_box(shows.startup),
    "show_ip_interface_brief": of_box(shows.ip_interface_brief),
    "show_ip_route": of_box(shows.ip_route, "target"),
    "show_access_lists": of_box(shows.access_lists, "name"),
    "show_nat": of_box(shows.nat),
    "show_pool": of_box(shows.pool),
    "show_logging": of_box(shows.logging),
    "show_isakmp_sa": of_box(shows_crypto.isakmp_sa),
    "show_isakmp_policy": of_box(shows_crypto.isakmp_policy),
    "show_transform_sets": of_box(shows_crypto.transform_sets, "name"),
    "show_lifetime": of_box(shows_crypto.lifetime),
    "show_crypto_map": of_box(shows_crypto.crypto_map, "name", "interface"),
    "show_dynamic_map": of_box(shows_crypto.dynamic_map, "name"),
    "show_engine": of_box(shows_crypto.engine),
}
