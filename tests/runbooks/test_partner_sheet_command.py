"""nr-run partner-sheet: what the far side has to set, from the inventory alone, and never the key."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from .. import warm
from ..conftest import copy_inventory

KEY = "Zq7-never-shown"
EXAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """The example inventory, with a partner in the place of the second router, and a key that must not be shown."""
    folder = tmp_path / "inventory"
    copy_inventory(folder, {})
    path = folder / "vpn" / "hq-branch.yaml"
    ours = path.read_text()
    partner = re.sub(r"name: hq-branch$", "name: to-partner", ours, flags=re.MULTILINE)
    partner = re.sub(r"- host: vpn3640\n(\s+role: peer\n)\s+interface: Ethernet0/0\n", r"- partner: Example Ltd\n\1", partner)
    partner = partner.replace("172.18.124.199", "203.0.113.9").replace("10.10.20.", "10.9.0.")
    (folder / "vpn" / "partner.yaml").write_text(partner)
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "hq-branch-psk").write_text(KEY)
    return folder


def sheet(inventory: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    own = {"NR_RUN_CREDENTIALS": str(inventory.parent / "credentials"), "XDG_CONFIG_HOME": str(inventory.parent / "config")}
    command = [str(Path(sys.executable).parent / "nr-run"), "partner-sheet", *words, "--inventory", str(inventory)]
    done = warm.run(command, {**os.environ, **own})
    return done.returncode, done.stdout, done.stderr


def test_the_sheet_of_a_partner(inventory: Path) -> None:
    """It is for the partner, from its own side, as text and as JSON; no key, and no run folder is left behind."""
    code, text, _ = sheet(inventory, "to-partner")
    assert code == 0
    assert text.startswith("VPN tunnel to-partner: settings for Example Ltd\n")
    assert re.search(r"your address +203\.0\.113\.9$", text, re.MULTILINE)
    assert "10.9.0.0/24 to 10.10.10.0/24" in text
    code, as_json, _ = sheet(inventory, "to-partner", "--json")
    assert json.loads(as_json)["peers"]["our_address"] == "172.18.124.159"
    assert KEY not in text + as_json
    assert "hq-branch-psk" not in text + as_json
    assert not list(inventory.parent.glob("**/journal.jsonl"))


def test_the_sheet_of_an_end_that_is_ours(inventory: Path) -> None:
    """With --for it is for that end: its own networks are local there."""
    code, text, _ = sheet(inventory, "hq-branch", "--for", "vpn2611")
    assert code == 0
    assert text.startswith("VPN tunnel hq-branch: settings for vpn2611\n")
    assert "10.10.10.0/24 to 10.10.20.0/24" in text


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("hq-branch",), 65, "vpn2611 and vpn3640 are ours; name one with --for vpn3640"),
        (("hq-branch", "--for", "nobody"), 66, "has no end 'nobody': its ends are vpn2611 and vpn3640"),
        (("to-partners",), 66, "did you mean to-partner"),
        ((), 64, "Missing argument"),
    ],
)
def test_what_cannot_be_printed(inventory: Path, words: tuple[str, ...], code: int, sentence: str) -> None:
    """One sentence and the right exit code for a tunnel without a far end, an unknown end, an unknown name, and no name."""
    found, out, err = sheet(inventory, *words)
    assert (found, out) == (code, "")
    assert sentence in err


def test_the_sheet_of_another_service(inventory: Path) -> None:
    """Whatever has a far end that is not ours has a sheet, in the words of that end; two of one name are told apart."""
    text = (EXAMPLE / "zia.yaml").read_text()
    (inventory / "zia.yaml").write_text(text.replace("name: shop", "name: hq-branch").replace("zia-shop", "hq-branch-psk"))
    code, out, err = sheet(inventory, "hq-branch")
    assert (code, out) == (64, "")
    assert "say --service l2l or --service zia" in err
    code, out, _ = sheet(inventory, "hq-branch", "--service", "zia")
    assert code == 0
    assert re.search(r"^Administration > VPN Credentials > Add VPN Credential\n  Authentication Type +FQDN$", out, re.MULTILINE)
    code, as_json, _ = sheet(inventory, "hq-branch", "--service", "zia", "--json")
    assert json.loads(as_json)["phase_1"]["encryption"] == "AES-256"
    assert KEY not in out + as_json
    assert "hq-branch-psk" not in out + as_json


def test_a_broken_file_of_another_service_is_no_hindrance(inventory: Path) -> None:
    """The sheet of a tunnel is printed whatever is wrong with the file of the sites; of a name that is nowhere, that is told."""
    (inventory / "zia.yaml").write_text("schema_version: 1\nzia:\n  - name: shop\n")
    assert sheet(inventory, "to-partner")[0] == 0
    code, _, err = sheet(inventory, "shop")
    assert code == 65
    assert "zia.yaml:3: zia[0].host: is missing" in err
