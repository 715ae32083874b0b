"""What a user writes who has no nr-run: the same lines, pings, shows and saving, by nornir_netmiko or scrapli, and no safety.

    python benchmarks/plain.py JOB.json

A process of its own, as the command is. The job has `mode`: `plain` is nornir_netmiko as its documentation shows it; `tuned` what
one finds who looks for speed (fast_cli, no verification of echoes, a prompt that is known, a hundred threads); `scrapli` that
library with a hundred threads. It ends with an error where a device refuses a line or a ping is never answered.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

JOB: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else {}
#: Pings until one is answered.
TRIES = 20
THREADS = 100


def refused(output: str) -> bool:
    """Whether a device did not take a line."""
    return bool(re.search(r"% ?(?:Invalid|Incomplete|Ambiguous)|ERROR: %", output))


def by_nornir(mode: str) -> None:
    """Nornir with nornir_netmiko: all devices are changed, then pings are sent, then all are looked at and saved."""
    from nornir.core import Nornir
    from nornir.core.configuration import Config
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.state import GlobalState
    from nornir.core.task import Result, Task
    from nornir.plugins.runners import ThreadedRunner
    from nornir_netmiko.connections import Netmiko
    from nornir_netmiko.tasks import netmiko_save_config, netmiko_send_command, netmiko_send_config

    tuned = mode == "tuned"
    # A hundred logins at once on two cores take longer than the 10 seconds that Netmiko waits for one.
    patient = {"conn_timeout": 120, "banner_timeout": 120, "auth_timeout": 120}
    extras: dict[str, Any] = {"secret": JOB["enable"], "read_timeout_override": 120, **patient}
    if tuned:
        extras |= {"fast_cli": True, "global_delay_factor": 0.1}
    words: dict[str, Any] = {"expect_string": r"[#>]\s*$", "cmd_verify": False} if tuned else {}
    ConnectionPluginRegister.register("netmiko", Netmiko)
    hosts = Hosts()
    for name, device in JOB["devices"].items():
        options = {"netmiko": ConnectionOptions(extras=extras)}
        place = (device["host"], device["port"])
        hosts[name] = Host(name, *place, JOB["user"], JOB["password"], device["type"], connection_options=options)
    runner = ThreadedRunner(num_workers=THREADS if tuned else 20)
    nornir = Nornir(Inventory(hosts, Groups(), Defaults()), data=GlobalState(), config=Config(), runner=runner)

    def change(task: Task) -> Result:
        device = JOB["devices"][task.host.name]
        for command in device["before"]:
            task.run(netmiko_send_command, command_string=command, **words)
        extra = {"cmd_verify": False} if tuned else {}
        output = task.run(netmiko_send_config, config_commands=device["lines"], **extra)[0].result
        if refused(output):
            raise RuntimeError(f"{task.host.name} refused a line: {output}")
        return Result(host=task.host)

    def ping(task: Task) -> Result:
        asked = JOB["devices"][task.host.name]["ping"]
        for _ in range(TRIES if asked else 0):
            said = answer(task, asked)
            if "!!!" in said:
                return Result(host=task.host)
        if asked:
            raise RuntimeError(f"{task.host.name}: no ping was answered: {said}")
        return Result(host=task.host)

    def answer(task: Task, asked: list[str]) -> str:
        if len(asked) == 1:
            return str(task.run(netmiko_send_command, command_string=asked[0], **words)[0].result)
        connection = task.host.get_connection("netmiko", task.nornir.config)
        last = len(asked) - 1
        questions = [[line, r"[#>]\s*$" if number == last else r":\s*$"] for number, line in enumerate(asked)]
        return str(connection.send_multiline(questions))

    def look_and_save(task: Task) -> Result:
        for command in JOB["devices"][task.host.name]["after"]:
            task.run(netmiko_send_command, command_string=command, **words)
        task.run(netmiko_save_config)
        return Result(host=task.host)

    for work in (change, ping, look_and_save):
        for result in nornir.run(task=work).values():
            for part in reversed(result):
                if part.exception is not None:
                    raise part.exception
    nornir.close_connections()


def by_scrapli(_mode: str) -> None:
    """scrapli, a thread a device."""
    from scrapli import AuthOptions, Cli, LookupKeyValue, SessionOptions, TransportSsh2Options, TransportTelnetOptions

    def opened(device: dict[str, Any]) -> Cli:
        telnet = device["type"].endswith("telnet")
        lookups = [LookupKeyValue("enable", JOB["enable"])]
        connection = Cli(
            device["host"],
            port=device["port"],
            definition_file_or_name="cisco_asa" if device["type"] == "cisco_asa" else "cisco_iosxe",
            auth_options=AuthOptions(username=JOB["user"], password=JOB["password"], lookups=lookups),
            session_options=SessionOptions(operation_timeout_s=120),
            transport_options=TransportTelnetOptions() if telnet else TransportSsh2Options(),
        )
        connection.open()
        return connection

    def send(connection: Cli, lines: list[str], mode: str = "privileged_exec") -> str:
        result = connection.send_inputs(lines, requested_mode=mode)
        if result.failed:
            raise RuntimeError(result.result)
        return str(result.result)

    def change(name: str) -> None:
        send(connections[name], JOB["devices"][name]["before"])
        lines = [line for line in JOB["devices"][name]["lines"] if line != "end"]
        send(connections[name], lines, "configuration")
        connections[name].enter_mode("privileged_exec")

    def ping(name: str) -> None:
        asked = JOB["devices"][name]["ping"]
        if len(asked) > 1:
            raise RuntimeError("a ping that asks its questions one by one is not sent here")
        if asked and not any("!!!" in send(connections[name], asked) for _ in range(TRIES)):
            raise RuntimeError(f"{name}: no ping was answered")

    def look_and_save(name: str) -> None:
        send(connections[name], [*JOB["devices"][name]["after"], "write memory"])
        connections[name].close()

    with ThreadPoolExecutor(THREADS) as pool:
        connections = dict(zip(JOB["devices"], pool.map(opened, JOB["devices"].values()), strict=True))
        steps: tuple[Callable[[str], None], ...] = (change, ping, look_and_save)
        for step in steps:
            list(pool.map(step, JOB["devices"]))


if __name__ == "__main__":
    (by_scrapli if JOB["mode"] == "scrapli" else by_nornir)(JOB["mode"])
