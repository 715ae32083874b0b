"""What the exec commands of 12.4 and 15.4 do beyond 12.2: files, archive, the revert timer, and what is printed otherwise."""

from __future__ import annotations

from ...core.box import Box
from ...core.flash import file_name
from ...features import feature_execs, flexvpn_shows, tcl, tunnel_shows, watch_shows
from .. import config_log
from ..configure import Place
from ..effects import insecure
from ..outputs import shows124, shows_crypto124, shows_session
from ..rollback import archive
from ..rollback.replace import replace
from .execs import HANDLERS as BEFORE
from .execs import Call, Handler, of_box, reload, write_memory

ENTER = "Enter configuration commands, one per line.  End with CNTL/Z."
SURE = (
    "This will apply all necessary additions and deletions\n"
    "to replace the current running configuration with the\n"
    "contents of the specified configuration file, which is\n"
    "assumed to be a complete configuration, not a partial\n"
    "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
)


async def archive_config(call: Call) -> list[str]:
    """`archive config`."""
    if not archive.path_of(call.box):
        return [" Archive feature not enabled", ""]
    archive.keep(call.box)
    return []


async def configure_replace(call: Call) -> list[str]:
    """`configure replace`; without `force` it asks."""
    url = call.values["url"]
    lines = _contents(call, url)
    if lines is None:
        return [f"%Error opening {url} (No such file or directory)", ""]
    if "force" not in call.values:
        answer = await call.ask(SURE)
        if not answer.lower().startswith("y"):
            return []
    return ["", *replace(call.box, lines, listed="list" in call.values)]


def _contents(call: Call, url: str) -> list[str] | None:
    if url in ("nvram:startup-config", "startup-config"):
        return call.box.saved.lines or None
    return call.box.flash.files.get(file_name(url)) if on_flash(call.box, url) else None


async def configure_revert_timer(call: Call) -> list[str]:
    """`configure terminal revert timer N`."""
    if not archive.path_of(call.box):
        return [archive.TURN_ON, ""]
    if call.box.revert.pending is not None:
        return [archive.PENDING, ""]
    minutes = int(call.values["minutes"])
    name = call.box.revert.start(minutes, call.session.user, call.session.line)
    call.session.place = Place()
    call.session.edition = call.box.edition
    return [f"Rollback Confirmed Change: Backing up current running config to {name}", "", ENTER]


def _refusal(call: Call) -> list[str] | None:
    pending = call.box.revert.pending
    if pending is None:
        return [archive.NONE_PENDING, ""]
    return [archive.NOT_OWNER, ""] if pending.user != call.session.user else None


async def configure_confirm(call: Call) -> list[str]:
    """`configure confirm`, in silence, by the user who started the timer."""
    refusal = _refusal(call)
    if refusal is None:
        call.box.revert.confirm()
    return refusal or []


async def configure_revert_now(call: Call) -> list[str]:
    """`configure revert now`."""
    return _refusal(call) or call.box.revert.now()


async def configure_revert_again(call: Call) -> list[str]:
    """`configure revert timer N`: count anew."""
    refusal = _refusal(call)
    if refusal is None:
        call.box.revert.again(int(call.values["minutes"]))
    return refusal or []


async def copy_to_flash(call: Call) -> list[str]:
    """`copy running-config flash:X`; a class B flash offers to erase itself first, image included."""
    url = call.values["url"]
    if "startup-config".startswith(url) or url == "nvram:startup-config":
        answer = await call.ask("Destination filename [startup-config]? ")
        return await write_memory(call) if answer in ("", "startup-config") else []
    if not on_flash(call.box, url):
        return [f"%Error opening {url} (Invalid argument)", ""]
    name = await call.ask(f"Destination filename [{file_name(url)}]? ") or file_name(url)
    if call.box.profile.erases_flash:
        if await call.confirm("Erase flash: before copying? [confirm]") and await call.confirm(
            "Erasing the flash filesystem will remove all files! Continue? [confirm]"
        ):
            call.box.flash.erase()
            call.session.terminal.write("Erasing device... eeeeeeeeeeeeeeee ...erased\nErase of flash: complete\n")
    elif name in call.box.flash.files:
        question = "%Warning:There is a file already existing with this name \nDo you want to over write? [confirm]"
        if not await call.confirm(question):
            return []
    await call.box.clock.sleep(1)
    if "flash-full" in call.box.faults or not call.box.flash.has_room(name, call.box.running_lines()):
        return [f"%Error copying system:running-config to {url} (Not enough space on device)", ""]  # from memory
    size = call.box.flash.write(name, call.box.running_lines())
    checksum = ["Verifying checksum...  OK (0x" + f"{size * 37 & 0xFFFF:X})"] if call.box.profile.erases_flash else []
    return [*checksum, f"{size} bytes copied in 1.{size % 900 + 100} secs ({size * 10 // 15} bytes/sec)", ""]


def on_flash(box: Box, url: str) -> bool:
    """Whether a path names the flash, under one of its names."""
    return url.partition(":")[0] in box.disks and ":" in url


def shown_name(box: Box, name: str) -> str:
    """A file as questions name it: with the slash of the root where the disk is a Linux file system."""
    return f"{box.disks[-1]}:{'/' if len(box.disks) > 1 else ''}{name}"


async def delete(call: Call) -> list[str]:
    """`delete flash:X`, with its two questions."""
    name = await call.ask(f"Delete filename [{file_name(call.values['url'])}]? ") or file_name(call.values["url"])
    return _deleted(call, name) if await call.confirm(f"Delete {shown_name(call.box, name)}? [confirm]") else []


async def delete_at_once(call: Call) -> list[str]:
    """`delete /force flash:X`."""
    return _deleted(call, file_name(call.values["url"]))


def _deleted(call: Call, name: str) -> list[str]:
    if call.box.flash.files.pop(name, None) is None:
        return [f"%Error deleting {shown_name(call.box, name)} (No such file or directory)", ""]
    return []


async def directory(call: Call) -> list[str]:
    """`dir`."""
    return shows124.directory(call.box, call.values.get("url", ""))


async def more(call: Call) -> list[str]:
    """`more flash:X`."""
    lines = _contents(call, call.values["url"])
    return lines if lines is not None else [f"%Error opening {call.values['url']} (No such file or directory)", ""]


async def show_ipsec_sa(call: Call) -> list[str]:
    """`show crypto ipsec sa`, whole or of a map, interface or peer."""
    values = call.values
    which = (values.get("map", ""), values.get("interface", ""), values.get("peer", ""))
    return shows_crypto124.ipsec_sa(call.box, *which, detail="detail" in values)


async def reload_named(call: Call) -> list[str]:
    """`reload` of IOS-XE 17: it says when and by whom, and there is always a reason."""
    call.values.setdefault("reason", "Reload Command")
    return await reload(call)


HANDLERS: dict[str, Handler] = {
    **BEFORE,
    "reload_named": reload_named,
    "archive_config": archive_config,
    "configure_replace": configure_replace,
    "configure_revert_timer": configure_revert_timer,
    "configure_confirm": configure_confirm,
    "configure_revert_now": configure_revert_now,
    "configure_revert_again": configure_revert_again,
    "copy_to_flash": copy_to_flash,
    "delete": delete,
    "delete_at_once": delete_at_once,
    "directory": directory,
    "more": more,
    "show_archive": of_box(archive.show),
    "show_archive_log": of_box(config_log.show),
    "show_rollback_timer": of_box(lambda box: box.revert.show()),
    "show_kron": of_box(lambda box: box.kron.show()),
    "show_ip_ssh": of_box(shows124.ip_ssh),
    "show_access_lists_numbered": of_box(shows124.access_lists, "name"),
    "show_ip_route_local": of_box(shows124.ip_route, "target"),
    "show_isakmp_sa_younger": of_box(shows_crypto124.isakmp_sa),
    "show_isakmp_policy_younger": of_box(shows_crypto124.isakmp_policy),
    "show_isakmp_key": of_box(shows_crypto124.isakmp_key),
    "show_ipsec_sa_younger": show_ipsec_sa,
    "show_crypto_map_younger": of_box(shows_crypto124.crypto_map, "name", "interface"),
    "show_crypto_session": of_box(shows_session.session, "detail"),
    "show_ipsec_profile": of_box(tunnel_shows.profiles, "name"),
    "show_security_mode": of_box(lambda box: insecure.security_mode(box.store)),
    "show_insecure": of_box(lambda box: insecure.configuration(box.config_lines())),
    "show_interfaces": of_box(tunnel_shows.interfaces, "name"),
    **feature_execs.HANDLERS,
    **flexvpn_shows.HANDLERS,
    **tcl.HANDLERS,
    **watch_shows.HANDLERS,
}
