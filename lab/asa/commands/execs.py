"""What the exec commands of an ASA do. Each function takes a `Call` and returns the lines to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address

from ...ios.commands.execs import Call, Handler
from ...ios.configure import Place
from ...ios.rollback.reload import in_words, seconds_of
from ...ios.tables import known
from ..box import AsaBox
from ..configure import caret
from ..meaning import pools as asa_pools
from ..outputs import shows as asa_shows
from ..outputs import shows_bgp as asa_shows_bgp
from ..outputs import shows_ike as asa_shows_ike
from ..outputs import shows_interface as asa_shows_interface
from ..outputs import shows_ipsec as asa_shows_ipsec
from ..outputs import shows_sessions as asa_shows_sessions
from ..outputs import shows_webvpn as asa_shows_webvpn
from ..outputs.text import spaced
from . import execs_clear as asa_execs_clear
from . import packet_tracer as asa_packet_tracer
from . import ping as asa_ping
from .execs_clear import asa

NOTICE = """\
***************************** NOTICE *****************************

Help to improve the ASA platform by enabling anonymous reporting,
which allows Cisco to securely receive minimal error and health
information from the device. To learn more about this feature,
please visit: http://www.cisco.com/go/smartcall

"""
#: ASA configuration guides, command replication: what a standby says to whoever configures it.
NOT_REPLICATED = (
    "**** WARNING ****",
    "\tConfiguration Replication is NOT performed from Standby unit to Active unit.",
    "\tConfigurations are no longer synchronized.",
)
REPORTING = "Would you like to enable anonymous error reporting to help improve\nthe product? [Y]es, [N]o, [A]sk later: "


async def enable(call: Call) -> list[str]:
    """`enable`: three tries."""
    if call.session.level == 15:
        return []
    for _ in range(3):
        if call.box.enable_matches(await call.ask("Password: ", echo=False)):
            call.session.level = 15
            return []
        call.session.terminal.write("Invalid password\n")
    return ["Access denied."]


async def disable(call: Call) -> list[str]:
    """`disable`."""
    call.session.level = 1
    return []


async def leave(call: Call) -> list[str]:
    """`exit`."""
    call.session.terminal.write("\nLogoff\n\n")
    call.session.over = True
    return []


async def nothing(_call: Call) -> list[str]:
    """A setting that changes nothing here."""
    return []


async def not_played(call: Call) -> list[str]:
    """A command that the release knows and the lab does not play; it says so rather than pretend."""
    return [f"ERROR: {known.words(call.line)}"]


async def pager(call: Call) -> list[str]:
    """`terminal pager N`: of this session; 0 switches it off."""
    call.session.length = int(call.values["n"])
    return []


async def configure_terminal(call: Call) -> list[str]:
    """`configure terminal`; a box that was never told may ask whether to report errors."""
    box = asa(call)
    if "ask-reporting" in box.faults and not box.asked:
        answer = (await call.ask(f"{NOTICE}{REPORTING}")).lower()
        box.asked = answer in ("y", "n", "yes", "no")
        if box.asked:
            box.faults.spend("ask-reporting")
        call.session.terminal.write(
            "\nIn the future, if you would like to enable this feature,\n"
            'issue the command "call-home reporting anonymous".\n\nPlease remember to save your configuration.\n\n'
        )
    call.session.place = Place()
    call.session.edition = box.edition
    return list(NOT_REPLICATED) if "standby" in box.faults.text("failover-pair") else []


async def ping(call: Call) -> list[str]:
    """`ping [interface] host [repeat N] [timeout N] [size N]`."""
    words = [call.values["target"], *call.values.get("rest", "").split()]
    probe = asa_ping.read(asa(call), words)
    if isinstance(probe, str):
        return [probe] if probe else caret(call.session.prompt, len(call.line.rstrip()) - len(words[-1]))
    await asa_ping.send(asa(call), call.session.terminal, probe)
    return []


async def packet_tracer(call: Call) -> list[str]:
    """`packet-tracer input IF icmp A 8 0 B`."""
    values = call.values
    box = asa(call)
    if box.reading().interface(values["nameif"]) is None:
        return [f"ERROR: Interface {values['nameif']} does not exist"]
    return asa_packet_tracer.packet_tracer(
        box, values["nameif"], IPv4Address(values["source"]), IPv4Address(values["destination"])
    )


async def write_memory(call: Call) -> list[str]:
    """`write memory`."""
    box = asa(call)
    call.session.terminal.write("Building configuration...\n")
    await box.clock.sleep(1)
    return _written(box)


def _written(box: AsaBox) -> list[str]:
    """Save, and say so, or why not."""
    lines = [f"Cryptochecksum: {spaced(box.checksum())} ", ""]
    if "nvram-busy" in box.faults:
        box.faults.strike("nvram-busy")
        return [*lines, "%Error writing nvram:/startup-config (Device or resource busy)", "Error executing command", "[FAILED]"]
    if not box.save():
        return [*lines, "%Error writing nvram:/startup-config (No space left on device)", "Error executing command", "[FAILED]"]
    seconds = f"{1 + box.saved.size % 900 / 1000:.3f}" if box.old else "0.240"
    return [*lines, f"{box.saved.size} bytes copied in {seconds} secs ({box.saved.size} bytes/sec)", "[OK]"]


async def copy_running(call: Call) -> list[str]:
    """`copy running-config startup-config` asks for the name of the source, which Enter confirms, and for no other.

    Public notes of sessions have that one question, and a copy to a server has the checksum and the count behind its questions,
    without the words of `write memory` before and after them. No whole session was found, so it refuses as `write memory` does.
    """
    await call.ask("\nSource filename [running-config]? ")
    await asa(call).clock.sleep(1)
    return [line for line in _written(asa(call)) if line != "[OK]"]


# reload


def _options(words: list[str]) -> dict[str, str] | None:
    """The options of `reload`; None if one is not known."""
    found: dict[str, str] = {}
    rest = list(words)
    names = ("at", "cancel", "in", "max-hold-time", "noconfirm", "quick", "reason", "save-config", "save-show-tech")
    while rest:
        word = rest.pop(0)
        matching = [name for name in names if name.startswith(word.lower())]
        if len(matching) != 1:
            return None
        if matching[0] == "reason":
            found["reason"] = " ".join(rest)
            return found if rest else None
        if matching[0] in ("in", "at", "max-hold-time"):
            if not rest:
                return None
            found[matching[0]] = rest.pop(0)
        else:
            found[matching[0]] = ""
    return found


async def reload(call: Call) -> list[str]:
    """`reload`, at once or `in` a time: asks to save if something changed, and then whether to go on."""
    box = asa(call)
    words = call.values.get("options", "").split()
    options = _options(words)
    if options is None or "at" in options:
        return caret(call.session.prompt, len(call.line.rstrip()) - len(words[-1]))
    if "cancel" in options:
        return [] if box.reload.cancel() else ["No reload is scheduled."]
    seconds = seconds_of(options["in"]) if "in" in options else 0
    if seconds is None:
        return caret(call.session.prompt, call.line.index(options["in"]))
    if "save-config" in options:
        call.session.terminal.write("\n".join([*await write_memory(call), ""]))
    elif "noconfirm" not in options and box.unsaved() and not await _save_first(call):
        return []
    if "noconfirm" not in options and not await call.confirm("Proceed with reload? [confirm]"):
        return []
    where = f"{call.session.user or 'enable_15'} from ssh (remote 127.0.0.1)"
    box.reload.schedule(seconds, where, options.get("reason", ""))
    return []


async def _save_first(call: Call) -> bool:
    """Ask whether to save; False if the reload is called off there."""
    modern = asa(call).modern
    question = f"System config has been modified. Save? [Y]es/[N]o{'/[S]ave all/[C]ancel' if modern else ''}: "
    for _ in range(3):
        answer = (await call.ask(question)).lower()[:1]
        if answer == "n":
            return True
        if answer == "y" or (answer == "s" and modern):
            call.session.terminal.write("\n".join([*await write_memory(call), ""]))
            return True
        if answer == "c" and modern:
            return False
    return False


def _show_reload(box: AsaBox) -> list[str]:
    planned = box.reload.scheduled
    if planned is None:
        return ["No reload is scheduled."]
    left = planned.at - box.clock.now()
    when = box.wall() + timedelta(seconds=left)
    at = f"{when:%H:%M:%S} UTC {when:%a %b} {when.day} {when.year}"
    lines = [f"Reload scheduled for {at} (in {in_words(left)}) by {planned.by}"]
    return [*lines, *([f"Reload reason: {planned.reason}"] if planned.reason else [])]


# Showing


async def clear_logging(call: Call) -> list[str]:
    """`clear logging buffer`."""
    call.box.logged.clear()
    return []


async def run_applet(call: Call) -> list[str]:
    """`event manager run X`: an applet with `event none` runs now."""
    box, name = asa(call), call.values["name"]
    entry = box.store.get("applet", name)
    if entry is None or entry.child("event none") is None:
        return [f"ERROR: applet {name} has no event none"]
    await box.eem.run(name, "none")
    return []


async def show_curpriv(call: Call) -> list[str]:
    """`show curpriv`."""
    level = call.session.level
    modes = "P_CONF" if call.session.place is not None else "P_PRIV" if level == 15 else "P_UNPR"
    return [f"Username : {call.session.user or 'enable_15'}", f"Current privilege level : {level}", f"Current Mode/s : {modes}"]


def of_asa(function: Callable[..., list[str]], *names: str) -> Handler:
    """A handler that prints what a function of the box returns for the named arguments."""

    async def handler(call: Call) -> list[str]:
        return function(asa(call), **{name: call.values[name] for name in names if name in call.values})

    return handler


HANDLERS: dict[str, Handler] = {
    **asa_execs_clear.HANDLERS,
    "enable": enable,
    "disable": disable,
    "leave": leave,
    "nothing": nothing,
    "not_played": not_played,
    "pager": pager,
    "configure_terminal": configure_terminal,
    "ping": ping,
    "packet_tracer": packet_tracer,
    "write_memory": write_memory,
    "copy_running": copy_running,
    "reload": reload,
    "clear_logging": clear_logging,
    "run_applet": run_applet,
    "show_curpriv": show_curpriv,
    "show_reload": of_asa(_show_reload),
    "show_event_manager": of_asa(lambda box: box.eem.show()),
    "more_running": of_asa(asa_shows.more_running),
    "show_running": of_asa(asa_shows.running),
    "show_part": of_asa(asa_shows.part, "part", "name", "sub", "place"),
    "show_startup": of_asa(asa_shows.startup),
    "show_version": of_asa(asa_shows.version),
    "show_clock": of_asa(asa_shows.clock),
    "show_checksum": of_asa(asa_shows.checksum),
    "show_route": of_asa(asa_shows.route, "target", "source"),
    "show_bgp": of_asa(asa_shows_bgp.table),
    "show_bgp_summary": of_asa(asa_shows_bgp.summary),
    "show_bgp_neighbors": of_asa(asa_shows_bgp.neighbors, "neighbor"),
    "show_bgp_told": of_asa(asa_shows_bgp.told, "neighbor", "what"),
    "show_prefix_list": of_asa(asa_shows_bgp.prefix_list, "name"),
    "clear_bgp": of_asa(asa_shows_bgp.clear, "neighbor"),
    "show_interface": of_asa(asa_shows_interface.interface, "name"),
    "show_interface_brief": of_asa(asa_shows_interface.interface_brief),
    "show_nameif": of_asa(asa_shows_interface.nameif),
    "show_access_list": of_asa(asa_shows.access_list, "name"),
    "show_logging": of_asa(asa_shows.logging),
    "show_mode": of_asa(lambda _: ["Security context mode: single "]),
    "show_failover": of_asa(asa_shows.failover),
    "show_management_access": of_asa(asa_shows.management_access),
    "show_nat": of_asa(asa_shows.nat),
    "show_isakmp_sa": of_asa(asa_shows_ike.isakmp_sa, "detail"),
    "show_ikev1_sa": of_asa(asa_shows_ike.ikev1_sa, "detail"),
    "show_ikev2_sa": of_asa(asa_shows_ike.ikev2_sa, "detail"),
    "show_ipsec_sa": of_asa(asa_shows_ipsec.ipsec_sa, "peer"),
    "show_ipsec_sa_detail": of_asa(asa_shows_ipsec.ipsec_sa_detail),
    "show_webvpn_part": of_asa(asa_shows_webvpn.part, "part"),
    "show_all_group_policy": of_asa(asa_shows_webvpn.all_group_policy, "name"),
    "show_all_ssl": of_asa(asa_shows_webvpn.all_ssl),
    "show_ssl": of_asa(asa_shows_webvpn.ssl),
    "show_ssl_ciphers": of_asa(asa_shows_webvpn.ssl_ciphers),
    "show_certificates": of_asa(asa_shows_webvpn.certificates, "name"),
    "show_activation_key": of_asa(asa_shows_webvpn.licences),
    "show_phones": of_asa(asa_shows_webvpn.sessions),
    "show_session_summary": of_asa(asa_shows_sessions.summary),
    "show_license_summary": of_asa(asa_shows_webvpn.license_summary),
    "show_local_pool": of_asa(asa_pools.local_pool, "name"),
    "more_file": of_asa(asa_shows_webvpn.more_file, "path"),
    "show_sessions": of_asa(asa_shows_sessions.l2l, "peer"),
    "show_sessions_detail": of_asa(asa_shows_sessions.l2l_detail, "peer"),
}
