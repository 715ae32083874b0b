"""What IOS 12.4 and 15.4 do beyond 12.2: entry numbers in named lists, AES, shown defaults, archive and kron.

Sources: Cisco's "IP Access List Entry Sequence Numbering" and the release's command references. The wording of a duplicate or
missing number is from memory; that IP addresses are refused on switch ports, and how, is in public captures of the 800 series.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.store import Entry
from ..rollback.reload import seconds_of
from . import rules, rules_aaa

STEP = 10


def _sequence(entry: Entry) -> int:
    return int(entry.values["seq"])


def _sort(section: Entry) -> None:
    """Entries of a list stand in the order of their numbers."""
    ordered = sorted(section.children.items(), key=lambda item: _sequence(item[1]))
    section.children.clear()
    section.children.update(ordered)


def sequenced_ace(edit: Edit) -> None:
    """One entry of a named list: appended, put in at its number, or removed by its number or its text."""
    assert edit.section is not None
    seq = edit.values.get("seq")
    text = edit.values["line"].removeprefix(f"{seq}").strip()
    line = rules.canonical_ace(text) if text else ""
    entries = edit.section.all("ace")
    if edit.negated:
        going = [e for e in entries if (e.text == line if line else e.values["seq"] == seq)]
        if not going and not line:
            raise Refused(f"% Access-list entry with sequence number {seq} does not exist")
        for entry in going:
            del edit.section.children[(entry.form.family, entry.key)]
            rules.drop_users_of_acl(edit, edit.section.key[0])
        return
    if any(e.text == line for e in entries):
        return
    if seq is not None and any(e.values["seq"] == seq for e in entries):
        raise Refused("% Duplicate sequence number")
    number = seq or str(max((_sequence(e) for e in entries), default=0) // STEP * STEP + STEP)
    edit.section.children[("ace", (line,))] = Entry(edit.form, (line,), line, {"line": line, "seq": number})
    _sort(edit.section)


def resequence(edit: Edit) -> None:
    """`ip access-list resequence` numbers the entries anew."""
    named = edit.box.store.get("named-acl", edit.values["name"])
    if named is None:
        raise Refused("% Access-list does not exist")
    for index, entry in enumerate(named.all("ace")):
        entry.values["seq"] = str(int(edit.values["start"]) + index * int(edit.values["step"]))


def isakmp_encr(edit: Edit) -> None:
    """128 bits are what `aes` means; DES is the default that is not shown."""
    if edit.negated or edit.values.get("value") == "des":
        edit.clear()
        return
    bits = edit.values.get("bits", "128")
    edit.values["value"] += "" if edit.values["value"] != "aes" or bits == "128" else f" {bits}"
    edit.put("encr {value}".format(**edit.values))


def transform_set(edit: Edit) -> None:
    """`esp-aes 128` is stored as `esp-aes`."""
    edit.values["line"] = edit.values["line"].replace("esp-aes 128", "esp-aes")
    rules.transform_set(edit)


def transform_set_with_mode(edit: Edit) -> None:
    """15.x shows the mode of every transform set, the default too."""
    transform_set(edit)
    if edit.entered is not None and edit.entered.child("mode") is None:
        edit.entered.children[("mode", ())] = Entry(edit.form, (), "mode tunnel", {"value": "tunnel"})


def shown_mode(edit: Edit) -> None:
    """Taking a mode away brings the default back."""
    value = "tunnel" if edit.negated else edit.values["value"]
    edit.values = {"value": value}
    edit.put(f"mode {value}")


def aaa_new_model(edit: Edit) -> None:
    """Whether it is on or off is shown either way."""
    edit.values = {}
    edit.put("no aaa new-model" if edit.negated else "aaa new-model")
    rules_aaa.session_id(edit)


def ip_domain_lookup(edit: Edit) -> None:
    """The older spelling of `ip domain lookup`."""
    edit.values = {}
    if edit.negated:
        edit.put("no ip domain lookup")
    else:
        edit.clear()


def archive_path(edit: Edit) -> None:
    """A place in a file system of the box."""
    if edit.negated:
        edit.clear()
    elif edit.values["url"].partition(":")[0] not in (*edit.box.disks, "nvram") or ":" not in edit.values["url"]:
        raise Misread(edit.values["url"])
    else:
        edit.put()


def kron_occurrence(edit: Edit) -> None:
    """`in` takes minutes, or hours and minutes."""
    if edit.negated:
        edit.clear()
    elif seconds_of(edit.values["when"]) is None:
        raise Misread(edit.values["when"])
    else:
        edit.entered = edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {
    **rules.HOOKS,
    "sequenced_ace": sequenced_ace,
    "resequence": resequence,
    "isakmp_encr": isakmp_encr,
    "transform_set": transform_set,
    "transform_set_with_mode": transform_set_with_mode,
    "shown_mode": shown_mode,
    "aaa_new_model": aaa_new_model,
    "ip_domain_lookup": ip_domain_lookup,
    "archive_path": archive_path,
    "kron_occurrence": kron_occurrence,
}
