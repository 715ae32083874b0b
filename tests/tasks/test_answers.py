"""A reading that says nothing for certain is made again over a fresh login."""

from __future__ import annotations

from pathlib import Path

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.state import GlobalState
from nornir.plugins.runners import SerialRunner

from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.models.platforms import platform_for
from nr_run.runbooks.engine.nornir_run import run_on_one
from nr_run.tasks.answers import running
from nr_run.tasks.device import connect_by
from nr_run.tasks.observe import observe

from .scripted import PROMPT, Scripted, credentials

RUNNING = "version 12.2\r\nhostname vpn2611\r\nline vty 0 4\r\nend\r\n\r\n"
SHOWN = {
    "show running-config": RUNNING,
    "show crypto isakmp sa": "dst             src             state          conn-id slot\r\n",
    "show crypto ipsec sa": "No SAs found\r\n",
}


class Garbling(Scripted):
    """Serves two logins; in the first the echo of every show command is spoilt, as on a bad line."""

    def __init__(self) -> None:
        """Nothing is listened to yet."""
        super().__init__(self._shown)
        self.logins = 0

    def _serve(self) -> None:
        for _ in range(2):
            self.logins += 1
            self.typed = []
            super()._serve()

    def _shown(self, line: str) -> str | None:
        if line not in SHOWN:
            return None
        return f"{line.replace('show', 'sh~w') if self.logins == 1 else line}\r\n{SHOWN[line]}{PROMPT}"


def nornir_of(box: Scripted, folder: Path) -> Nornir:
    """One device, reached where the device listens."""
    data = {f"{name}_ref": f"credential:{place}" for name, place in REFERENCES.items()}
    host = Host(name="vpn2611", hostname="127.0.0.1", port=box.port, data=data, defaults=Defaults())
    inventory = Inventory(Hosts({"vpn2611": host}), Groups(), Defaults())
    made = Nornir(inventory=inventory, runner=SerialRunner(), config=Config(), data=GlobalState())
    platforms = {"vpn2611": platform_for("2611", "12.2(8)T")}
    return connect_by(made, Secrets(folders=(credentials(folder),)), platforms, timeout_seconds=10)


REFERENCES = {"username": "device-username", "password": "device-password", "enable": "enable-secret"}


def test_an_echo_that_is_spoilt_once_is_read_again(tmp_path: Path) -> None:
    """A running configuration whose command came back spoilt is asked for again, and then known."""
    with Garbling() as box:
        nornir = nornir_of(box, tmp_path)
        assert run_on_one(nornir, running, "vpn2611").text.startswith("version 12.2")
        nornir.close_connections()
        assert box.logins == 2


def test_a_look_whose_echo_is_spoilt_once_is_made_again(tmp_path: Path) -> None:
    """The same for the SAs of a proof: a verified tunnel is not taken down for it."""
    with Garbling() as box:
        nornir = nornir_of(box, tmp_path)
        seen, _ = run_on_one(nornir, observe, "vpn2611")
        assert seen.answers["ipsec"].complete
        nornir.close_connections()
        assert box.logins == 2
