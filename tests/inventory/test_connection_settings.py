"""What the inventory says of a connection reaches it, or is refused with file and line: nothing is accepted and ignored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir

from nr_run.inventory.errors import IntentError
from nr_run.inventory.files.connection_settings import SETTINGS, TUNING, ConnectionSettings
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.tasks.device import connect_by, settings_of


def with_options(folder: Path, options: str, file: str = "groups.yaml") -> Nornir:
    """The example inventory with these connection options, at a group or in the defaults."""
    path = folder / file
    line = f"connection_options: {options}\n"
    if file == "groups.yaml":
        path.write_text(path.read_text().replace("  port: 23\n", f"  {line}"))
    else:
        path.write_text(f"{path.read_text()}{line}")
    return load_nornir(folder)


def right(folder: Path) -> dict[str, Any]:
    """A value for each setting."""
    (folder / "file").write_text("")
    times = {name: 7 for name in SETTINGS if name.endswith("_timeout")}
    truths = {name: True for name, setting in SETTINGS.items() if setting.type == "boolean"}
    files = {name: str(folder / "file") for name in ("alt_key_file", "key_file", "ssh_config_file")}
    words = {"username_prompt": "Kennung>", "password_prompt": "Kennwort>", "passphrase_ref": "credential:passphrase"}
    return {**times, **truths, **files, **words}


@pytest.mark.parametrize("plugin", ["nr_run", "netmiko"])
@pytest.mark.parametrize("file", ["groups.yaml", "defaults.yaml"])
def test_every_setting_reaches_the_login(inventory: Path, plugin: str, file: str) -> None:
    """Each setting, at a group or in the defaults, under either name, is in the login of the host, also in one made again."""
    values = right(inventory)
    assert set(values) == set(SETTINGS)
    nornir = with_options(inventory, json.dumps({plugin: {"extras": values}}), file)
    for _ in range(2):
        connect_by(nornir, Secrets(()), platforms_of(nornir))
        assert settings_of(nornir.inventory.hosts["vpn2611"]) == ConnectionSettings(**values)


def test_ours_wins_over_netmikos(inventory: Path) -> None:
    """Where both names have a setting, that of nr_run counts; the others are taken together."""
    options = {"netmiko": {"extras": {"ssh_strict": False, "use_keys": True}}, "nr_run": {"extras": {"ssh_strict": True}}}
    host = with_options(inventory, json.dumps(options)).inventory.hosts["vpn2611"]
    assert settings_of(host) == ConnectionSettings(ssh_strict=True, use_keys=True)


@pytest.mark.parametrize(
    ("extras", "sentence"),
    [
        ("{ssh_strickt: true}", "ssh_strickt: is no setting that nr-run honours (did you mean ssh_strict?)"),
        ("{session_log: /tmp/log}", "session_log: is no setting that nr-run honours"),
        ("{ssh_strict: 'yes'}", "ssh_strict: has to be true or false"),
        ("{use_keys: 1}", "use_keys: has to be true or false"),
        ("{key_file: id_rsa}", "key_file: has to be the path of a file, from / or ~ on"),
        ("{key_file: /no/such/file}", "key_file: /no/such/file cannot be read: No such file or directory"),
        ("{ssh_config_file: /no/such/file}", "ssh_config_file: /no/such/file cannot be read: No such file or directory"),
        ("{alt_host_keys: true}", "alt_host_keys: needs alt_key_file beside it, which names the file"),
        ("{passphrase_ref: secret, use_keys: true}", "passphrase_ref: has to say where the value is kept, as scheme:name"),
        ("{passphrase_ref: 'credential:x'}", "passphrase_ref: needs key_file or use_keys beside it"),
        ("{passphrase: secret}", "passphrase: is never written into the inventory: use passphrase_ref"),
        ("{login_timeout: 0}", "login_timeout: has to be a number of seconds, more than 0 and 600 at most"),
        ("{conn_timeout: true}", "conn_timeout: has to be a number of seconds"),
        ("{username_prompt: '('}", "username_prompt: is no regular expression"),
        ("{password_prompt: '.*'}", "password_prompt: matches an empty line"),
        ("[ssh_strict]", "extras: has to be a mapping (key: value)"),
    ],
)
@pytest.mark.parametrize("plugin", ["nr_run", "netmiko"])
def test_what_cannot_be_honoured_is_refused(inventory: Path, plugin: str, extras: str, sentence: str) -> None:
    """A setting that nobody reads, or that cannot be followed, is refused with its place."""
    with pytest.raises(IntentError) as caught:
        with_options(inventory, f"{{{plugin}: {{extras: {extras}}}}}")
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{inventory / 'groups.yaml'}:")
    assert f"ios-telnet.connection_options.{plugin}.extras" in line
    assert sentence in line


def test_tuning_is_netmikos(inventory: Path) -> None:
    """What tunes Netmiko's own reading may stand under its name, for tasks of one's own, and not under ours."""
    values = dict.fromkeys(TUNING, 2)
    with_options(inventory, json.dumps({"netmiko": {"extras": values}}))
    with pytest.raises(IntentError) as caught:
        with_options(inventory, json.dumps({"nr_run": {"extras": values}}), "defaults.yaml")
    assert len(str(caught.value).splitlines()) == len(TUNING)


def test_a_platform_among_the_options_is_refused(inventory: Path) -> None:
    """The platform of a device stands at the host or its groups; among the options it would reach nothing."""
    with pytest.raises(IntentError, match=r"connection_options\.nr_run\.platform: has no effect"):
        with_options(inventory, "{nr_run: {platform: cisco_ios}}")


@pytest.mark.parametrize(
    ("model", "release", "platform", "taken"),
    [
        ("2611", "12.2(8)T", "cisco_ios_telnet", True),
        ("2611", "12.2(8)T", "cisco_ios", False),
        ("881", "15.4(3)M3", "cisco_ios", True),
        ("881", "15.4(3)M3", "cisco_ios_telnet", True),
        ("881", "15.4(3)M3", "cisco_asa", False),
        ("ASA", "9.19(1)", "cisco_asa", True),
        ("ASA", "9.19(1)", "cisco_asa_telnet", True),
        ("C8000V", "17.9.4a", "cisco_xe", True),
        ("C8000V", "17.9.4a", "cisco_nxos", False),
    ],
)
def test_a_device_is_reached_as_the_inventory_says(inventory: Path, model: str, release: str, platform: str, taken: bool) -> None:
    """A router with SSH may stand behind a console server; a platform that cannot be is refused, with those that can."""
    data = f"{{model: '{model}', release: '{release}', username_ref: 'env:A', password_ref: 'env:B'}}"
    (inventory / "hosts.yaml").write_text(f"edge: {{hostname: 192.0.2.1, platform: {platform}, data: {data}}}\n")
    if not taken:
        with pytest.raises(IntentError, match=rf"hosts\.yaml:1: edge: platform is {platform}: .* is reached by "):
            load_nornir(inventory)
        return
    nornir = load_nornir(inventory)
    connect_by(nornir, Secrets(()), platforms_of(nornir))
    host = nornir.inventory.hosts["edge"]
    assert host.connection_options["netmiko"].extras["login"].platform == platform
