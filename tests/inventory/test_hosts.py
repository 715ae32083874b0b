"""Every mistake in the host files is named with file and line, and no secret gets into the inventory."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from nornir.core.task import Result, Task

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.inventory.files.hosts import load_nornir, platforms_of, with_endpoints

MARKER = "S3cr3t-M4rker"


def refusal(folder: Path) -> list[str]:
    """The lines of the error that loading the folder ends in."""
    with pytest.raises(IntentError) as caught:
        load_nornir(folder)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("hosts.yaml", "  port: 12611", "  prot: 12611", "vpn2611.prot: unknown key (did you mean port?)"),
        ("hosts.yaml", "  port: 12611", "  port: many", "vpn2611.port: has to be a whole number from 1 to 65535"),
        ("hosts.yaml", "  port: 12611", "  port: 70000", "vpn2611.port: has to be a whole number from 1 to 65535"),
        ("hosts.yaml", "  port: 12611", "  port: yes", "vpn2611.port: has to be a whole number from 1 to 65535"),
        (
            "hosts.yaml",
            "  groups: [cisco-2611]",
            "  groups: [cisco-2621]",
            "vpn2611.groups[0]: there is no group 'cisco-2621' (did you mean cisco-2611?)",
        ),
        ("hosts.yaml", "  groups: [cisco-2611]", "  groups: cisco-2611", "vpn2611.groups: has to be a list of group names"),
        ("hosts.yaml", "vpn2611:", "vpn 2611:", "vpn 2611: the name may only have letters, digits, dot, dash and underscore"),
        ("hosts.yaml", "vpn2611:", "2611:", "a key has to be text (put numbers in quotes)"),
        ("hosts.yaml", "  port: 12611", "  data: {}\n  data: {}", "the key data is there twice"),
        ("groups.yaml", '    model: "2611"', "    model: 2611", "cisco-2611.data.model: has to be text (put it in quotes)"),
        (
            "groups.yaml",
            "    enable_ref: credential",
            "    enable_rev: credential",
            "ios-telnet.data.enable_rev: unknown key (did you mean enable_ref?)",
        ),
        (
            "groups.yaml",
            "credential:device-password",
            "device-password",
            "ios-telnet.data.password_ref: has to say where the value is kept, as scheme:name (credential:NAME)",
        ),
        (
            "groups.yaml",
            "  platform: cisco_ios_telnet",
            "  platform: [cisco]",
            "ios-telnet.platform: has to be text without spaces",
        ),
        ("defaults.yaml", "data:", "date:", "date: unknown key (did you mean data?)"),
        ("defaults.yaml", "  site: example", "  relaese: x", "data.relaese: unknown key (did you mean release?)"),
        ("defaults.yaml", "data:", "groups: [a]\ndata:", "groups: unknown key"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(inventory: Path, file: str, old: str, new: str, sentence: str) -> None:
    """Each wrong entry gives one sentence with file, line, field and what is wrong."""
    path = inventory / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    first = text[: text.index(old)].count("\n") + 1
    lines = range(first, first + new.count("\n") + 1)
    assert any(found.startswith(f"{path}:{line}: {sentence}") for found in refusal(inventory) for line in lines)


@pytest.mark.parametrize("file", ["hosts.yaml", "groups.yaml", "defaults.yaml"])
def test_an_empty_file_is_refused(inventory: Path, file: str) -> None:
    """A file that is there has to hold something."""
    (inventory / file).write_text("# all gone\n")
    assert f"{inventory / file}:1: the file is empty" in refusal(inventory)


def test_hosts_have_to_be_there_and_the_other_files_may_be_missing(inventory: Path) -> None:
    """Without hosts.yaml there is no inventory; without defaults.yaml there are no defaults."""
    (inventory / "defaults.yaml").unlink()
    assert set(load_nornir(inventory).inventory.hosts) == {"vpn2611", "vpn3640"}
    (inventory / "hosts.yaml").unlink()
    assert refusal(inventory) == [f"{inventory / 'hosts.yaml'}:1: the file cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hosts.yaml", "  port: 12611", f"  password: {MARKER}"),
        ("hosts.yaml", "  port: 12611", f"  username: {MARKER}"),
        ("hosts.yaml", "  port: 12611", f"  data: {{enable_secret: {MARKER}}}"),
        ("hosts.yaml", "  port: 12611", f"  connection_options: {{netmiko: {{password: {MARKER}}}}}"),
        ("hosts.yaml", "  port: 12611", f"  connection_options: {{netmiko: {{extras: {{secret: {MARKER}}}}}}}"),
        ("groups.yaml", "  platform: cisco_ios_telnet", f"  password: {MARKER}"),
        ("groups.yaml", "credential:device-password", MARKER),
        ("defaults.yaml", "  site: example", f"  nested: [{{psk: {MARKER}}}]"),
        ("defaults.yaml", "data:", f"password: {MARKER}\ndata:"),
    ],
)
def test_a_secret_in_clear_is_refused_without_being_shown(inventory: Path, file: str, old: str, new: str) -> None:
    """A password anywhere in the host files is refused with advice, and never quoted."""
    path = inventory / file
    path.write_text(path.read_text().replace(old, new))
    text = "\n".join(refusal(inventory))
    assert str(path) in text
    assert "where" in text
    assert MARKER not in text


def test_a_group_that_contains_itself_is_refused(inventory: Path) -> None:
    """A loop of groups would make Nornir look for ever."""
    path = inventory / "groups.yaml"
    path.write_text(path.read_text().replace("ios-telnet:\n", "ios-telnet:\n  groups: [cisco-2611]\n"))
    lines = refusal(inventory)
    assert [line.split(": ", 1)[1] for line in lines] == [
        "cisco-2611.groups: the group is a member of itself",
        "ios-telnet.groups: the group is a member of itself",
    ]


@pytest.mark.parametrize(
    ("old", "sentence"),
    [
        ('    model: "2611"\n', "model is missing at the host, in its groups and in the defaults"),
        ("    password_ref: credential:device-password\n", "password_ref is missing"),
        ("  platform: cisco_ios_telnet\n", "platform is missing (cisco_ios_telnet for 2611 with 12.2(8)T)"),
    ],
)
def test_what_a_host_needs_is_named_at_the_host(inventory: Path, old: str, sentence: str) -> None:
    """What neither host, groups nor defaults say is missing, at the line of the host."""
    path = inventory / "groups.yaml"
    path.write_text(path.read_text().replace(old, ""))
    assert any(line.startswith(f"{inventory / 'hosts.yaml'}:5: vpn2611: {sentence}") for line in refusal(inventory))


def test_a_host_without_an_address_is_refused(inventory: Path) -> None:
    """A host has to say where it is reached."""
    path = inventory / "hosts.yaml"
    path.write_text(path.read_text().replace("vpn2611:\n  hostname: 127.0.0.1", "vpn2611:"))
    assert refusal(inventory) == [f"{path}:5: vpn2611: hostname is missing: where is the device reached?"]


def test_an_unknown_model_and_release_are_refused_at_the_host(inventory: Path) -> None:
    """A model or release outside of the platform table is named with the host."""
    path = inventory / "groups.yaml"
    text = path.read_text().replace('model: "3640"', 'model: "3660"').replace("release: 12.2(8)T", "release: 12.2", 1)
    path.write_text(text.replace("release: 12.2\n", 'release: "12.2"\n'))
    lines = refusal(inventory)
    assert any("vpn2611: '12.2' is not a release" in line for line in lines)
    assert any("vpn3640: model '3660' is not known" in line for line in lines)


def test_a_date_that_does_not_exist_is_refused(inventory: Path) -> None:
    """Nornir itself would fail on it with a traceback."""
    (inventory / "defaults.yaml").write_text("data:\n  bought: 2028-02-30\n")
    assert refusal(inventory) == [
        f"{inventory}: data of a host, a group or the defaults has a date or number that does not exist"
    ]


def test_other_endpoints_leave_the_original_alone(inventory: Path) -> None:
    """The copy has the new address for every way to connect, and nothing else is different."""
    nornir = load_nornir(inventory)
    copy = with_endpoints(nornir, {"vpn2611": ("127.0.0.1", 40001), "vpn3640": ("127.0.0.1", 40002)})
    assert [(host.hostname, host.port) for host in copy.inventory.hosts.values()] == [("127.0.0.1", 40001), ("127.0.0.1", 40002)]
    assert [host.port for host in nornir.inventory.hosts.values()] == [12611, 13640]
    assert platforms_of(copy) == platforms_of(nornir)
    assert copy.inventory.hosts["vpn2611"].extended_data() == nornir.inventory.hosts["vpn2611"].extended_data()
    assert copy.inventory.hosts["vpn2611"].get_connection_parameters("nr_run").port == 40001
    assert copy.runner is nornir.runner


def test_options_of_a_group_survive_and_do_not_win_over_the_endpoint(inventory: Path) -> None:
    """Connection options keep their extras; the address is that of the endpoint."""
    path = inventory / "groups.yaml"
    path.write_text(
        path.read_text().replace("  port: 23\n", "  connection_options: {netmiko: {extras: {global_delay_factor: 2}}}\n")
    )
    copy = with_endpoints(load_nornir(inventory), {"vpn2611": ("127.0.0.1", 40001)})
    used = copy.inventory.hosts["vpn2611"].get_connection_parameters("netmiko")
    assert (used.hostname, used.port, used.extras) == ("127.0.0.1", 40001, {"global_delay_factor": 2})


def test_a_rehearsal_has_no_real_device_in_it(inventory: Path) -> None:
    """A host without an endpoint is not in the copy, and a mistyped one is refused."""
    nornir = load_nornir(inventory)
    assert list(with_endpoints(nornir, {"vpn3640": ("127.0.0.1", 40002)}).inventory.hosts) == ["vpn3640"]
    with pytest.raises(NothingMatched, match=r"^no host is named 'vpn364' \(did you mean vpn3640\?\)$"):
        with_endpoints(nornir, {"vpn364": ("127.0.0.1", 40002)})


def test_a_failed_host_of_the_copy_does_not_fail_in_the_original(inventory: Path) -> None:
    """Failed hosts are remembered per copy: a rehearsal that fails leaves the real run alone."""
    nornir = load_nornir(inventory)
    copy = with_endpoints(nornir, {"vpn2611": ("127.0.0.1", 40001)})
    copy.data.failed_hosts.add("vpn2611")
    assert nornir.data.failed_hosts == set()


def say(task: Task, word: str) -> Result:
    """A task that Nornir logs, with its argument."""
    return Result(host=task.host, result=len(word))


def test_loading_leaves_the_logging_of_nornir_alone(inventory: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever loads an inventory has the log of Nornir as without nr-run: nothing is silenced for the process."""
    before = {name: (logger.level, tuple(logger.filters)) for name, logger in _loggers()}
    nornir = load_nornir(inventory, workers=2)
    assert {name: (logger.level, tuple(logger.filters)) for name, logger in _loggers() if name in before} == before
    with caplog.at_level(logging.DEBUG):
        nornir.run(say, word="a word")
    assert "Running task 'say' with args {'word': 'a word'} on 2 hosts" in caplog.text


def _loggers() -> list[tuple[str, logging.Logger]]:
    names = [name for name in logging.root.manager.loggerDict if name.startswith(("nornir", "netmiko"))]
    return [(name, logging.getLogger(name)) for name in names]
