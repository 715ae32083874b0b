"""nr-run import-sample: the report, the intent, the keys in the store and nowhere else; a refusal leaves nothing written."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from .. import warm

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "provider_samples"
KEY = "Rf6yHn3Vb8Jm1Kx5Tz0Qw7Lp"
FULL = ("--interface", "GigabitEthernet0/0", "--outside-ip", "198.51.100.1", "--probe", "10.100.0.1")


class Desk:
    """A folder with the example inventory and a store for keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inventory = folder / "inventory"
        self.store = folder / "credentials"
        self.out = self.inventory / "vpn" / "ibm.yaml"
        shutil.copytree(ROOT / "inventory", self.inventory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        self.store.mkdir(mode=0o700)

    def run(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of nr-run."""
        own = {
            "NR_RUN_CREDENTIALS": str(self.store),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "NR_RUN_RUNS": str(self.folder / "runs"),
            "NR_RUN_INVENTORY": str(self.inventory),
            **environment,
        }
        done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], {**os.environ, **own})
        return done.returncode, done.stdout, done.stderr

    def importing(self, sample: str, *words: str, **environment: str) -> tuple[int, str, str]:
        """One of the small samples of the tests."""
        return self.run("import-sample", str(SAMPLES / sample), *words, **environment)

    def files(self) -> dict[str, bytes]:
        """Every file below the folder, but for the store."""
        paths = (path for path in self.folder.rglob("*") if path.is_file() and self.store not in path.parents)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder to work in."""
    return Desk(tmp_path)


def test_what_is_written_passes_the_plan_of_the_deploy(desk: Desk) -> None:
    """The intent goes to a new file, the key to the store for its owner alone, and the plan on a lab finds everything to add."""
    for path in desk.out.parent.iterdir():
        path.unlink()
    code, shown, errors = desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--name", "to-ibm", "--out", str(desk.out))
    assert (code, errors) == (0, "")
    assert "to-ibm, with 1 peer" in " ".join(shown.split())
    kept = desk.store / "to-ibm-psk"
    assert kept.read_text() == f"{KEY}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    code, planned, errors = desk.run("deploy-l2l", "to-ibm", "--plan", "--lab")
    assert code == 2, planned + errors
    assert "203.0.113.57" in planned
    for name, data in desk.files().items():
        assert KEY.encode() not in data, name
    assert KEY not in shown + planned + errors


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
@pytest.mark.parametrize("words", [("--detail",), ("--json", "--stronger", "--static", *FULL)], ids=["screen", "json"])
def test_no_key_is_in_anything_that_comes_out(desk: Desk, sample: str, words: tuple[str, ...]) -> None:
    """Neither on the screen, nor in JSON, nor in a file: whatever the sample, and however it ends."""
    before = desk.files()
    code, shown, errors = desk.importing(sample, "--host", "hub-asa", *words)
    assert code in (0, 2)
    assert desk.files() == before
    assert list(desk.store.iterdir()) == []
    for key in _keys(sample):
        assert key not in shown + errors
        assert key[: len(key) // 2] not in shown + errors


def _keys(sample: str) -> list[str]:
    text = SAMPLES.joinpath(sample).read_text()
    return [
        word.strip('",')
        for line in text.splitlines()
        for word in line.replace("<", " ").replace(">", " ").split()
        if _is_key(word)
    ]


def _is_key(word: str) -> bool:
    """The keys of the samples are 24 letters and digits of both cases."""
    bare = word.strip('",')
    return len(bare) == 24 and bare.isalnum() and bare.lower() != bare != bare.upper()


def test_the_samples_of_the_tests_have_keys_to_find() -> None:
    """The search for keys would find them: each sample but the one with a row of one character has one."""
    assert {path.name for path in SAMPLES.iterdir() if not _keys(path.name)} == {"azure-ios-map.txt"}


def test_json_says_all_of_it(desk: Desk) -> None:
    """Provider, device, each line with its word, what is missing with its option, and no intent as long as anything is."""
    code, shown, _ = desk.importing("aws-ios.txt", "--host", "xe-1712", "--json")
    made = json.loads(shown)
    assert (code, made["exit_code"], made["outcome"]) == (2, 2, "pending")
    assert (made["provider"], made["form"], made["os"], made["host"], made["compared"]) == (
        *("aws", "commands", "ios", "xe-1712"),
        False,
    )
    assert {"line": 33, "word": "shared"}.items() <= next(one for one in made["lines"] if one["line"] == 33).items()
    assert made["counts"]["placeholder"] == 8
    assert [one["field"] for one in made["missing"]][:2] == ["routes", "interface"]
    assert made["intent"] == ""
    assert made["peers"] == ["203.0.113.21", "203.0.113.87"]


def test_blanks_are_filled_in_by_their_words(desk: Desk) -> None:
    """The word of the sample is replaced wherever it stands; one that the sample has not is refused with those that it has."""
    words = ("--host", "xe-1712", "--fill", "YOUR_UPLINK_ADDRESS=198.51.100.14", "--fill", "YOUR_BGP_ASN=65010")
    code, shown, _ = desk.importing("aws-ios.txt", *words, "--json")
    assert code == 2
    assert json.loads(shown)["counts"]["placeholder"] == 0
    code, _, errors = desk.importing("aws-ios.txt", "--host", "xe-1712", "--fill", "YOUR_UPLINK=198.51.100.14")
    assert code == 64
    assert "YOUR_UPLINK_ADDRESS" in errors
    code, _, errors = desk.importing("azure-ios-map.txt", "--host", "xe-1712", "--fill", f"XXXXXXXXXXXXXXXXXXXXXXXX={KEY}")
    assert code == 64
    assert KEY not in errors


def test_a_configuration_says_what_stands_there(desk: Desk) -> None:
    """Of a file: what is shared is told with what it is shared with, and the interface and the probe need not be given."""
    text = (
        ": Saved\n:\nASA Version 9.19(1)\n!\nhostname hub-asa\n!\ninterface GigabitEthernet0/0\n nameif outside\n"
        " ip address 198.51.100.1 255.255.255.0\n!\ninterface GigabitEthernet0/1\n nameif inside\n"
        " ip address 10.100.0.1 255.255.255.0\n!\ncrypto ikev2 policy 100\n encryption aes-256\n integrity sha256\n group 14\n"
        " prf sha256\n lifetime seconds 86400\nCryptochecksum:0123456789abcdef0123456789abcdef\n: end\n"
    )
    config = desk.folder / "running.cfg"
    config.write_text(text)
    code, shown, _ = desk.importing("ibm-asa.txt", "--host", "hub-asa", "--config", str(config))
    assert code == 0
    assert "ikev2-policy 100 is there already without" in " ".join(shown.split())
    config.write_text(text[:300])
    code, _, errors = desk.importing("ibm-asa.txt", "--host", "hub-asa", "--config", str(config))
    assert code == 65
    assert "is no running configuration of hub-asa" in errors


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--host", "hub-as"), 66, "did you mean hub-asa"),
        (("--host", "hub-asa", "--name", "a b"), 64, "--name"),
        (("--host", "hub-asa", "--lan", "10.0.0.1/8"), 64, "is not an IPv4 network"),
        (("--host", "hub-asa", "--probe", "x"), 64, "is not an IPv4 address"),
        (("--host", "hub-asa", "--waiver", "soon"), 64, "--waiver wants"),
        (("--host", "hub-asa", "--key-ref", "Secret-Itself-123"), 64, "never the key itself"),
        (("--host", "hub-asa", "--config", "nowhere.cfg"), 65, "cannot be read"),
        (("--host", "hub-asa", "--fill", "X"), 64, "--fill wants WORD=VALUE"),
        (("--host", "hub-asa", "--set", "Circuit=1"), 64, "--set wants FIELD=VALUE"),
        (("--host", "hub-asa", "--set", "psk=Secret-Itself-123"), 64, "never written into the intent"),
        (("--host", "hub-asa", "--out", "nowhere/x.yaml"), 64, "is no folder"),
        (("--host", "hub-asa", *FULL, "--key-ref", "env:K", "--out", "/proc/x.yaml"), 64, "/proc/x.yaml cannot be written"),
    ],
)
def test_what_is_typed_wrongly_is_told_in_one_sentence(desk: Desk, words: tuple[str, ...], code: int, told: str) -> None:
    """With the exit code of its kind, and nothing of a key in it."""
    ended, shown, errors = desk.importing("ibm-asa.txt", *words)
    assert ended == code
    assert told in errors
    assert "Secret-Itself" not in shown + errors


def test_a_file_that_is_there_is_never_written_over(desk: Desk) -> None:
    """It stays as it was, and no key is kept."""
    desk.out.write_text("mine\n")
    code, _, errors = desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--out", str(desk.out))
    assert code == 64
    assert "is there already" in errors
    assert desk.out.read_text() == "mine\n"
    assert list(desk.store.iterdir()) == []


def test_a_key_that_is_there_is_never_written_over(desk: Desk) -> None:
    """The same value is in order; another one is refused, and no intent is written."""
    (desk.store / "hub-asa-ibm-psk").write_text("Another-key-of-somebody-1\n")
    code, _, errors = desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--out", str(desk.out))
    assert code == 65
    assert "is there with another value" in errors
    assert not desk.out.exists()
    (desk.store / "hub-asa-ibm-psk").write_text(f"{KEY}\n")
    assert desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--out", str(desk.out))[0] == 0


def test_without_a_store_the_command_that_makes_one_is_named(desk: Desk) -> None:
    """Nothing is written; with --key-ref no store is needed, and the intent names that."""
    nowhere = {"NR_RUN_CREDENTIALS": str(desk.folder / "none")}
    code, _, errors = desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--out", str(desk.out), **nowhere)
    assert code == 65
    assert f"install -d -m 700 {desk.folder / 'none'}" in errors
    assert not desk.out.exists()
    words = (*FULL, "--key-ref", "env:IBM_KEY", "--out", str(desk.out))
    assert desk.importing("ibm-asa.txt", "--host", "hub-asa", *words, **nowhere)[0] == 0
    assert "preshared_key_ref: env:IBM_KEY" in desk.out.read_text()


def test_a_field_that_no_sample_says_is_set_by_its_place(desk: Desk) -> None:
    """It stands in the intent; one that the intent has not is told by its name."""
    words = ("--host", "hub-asa", *FULL, "--set", "dpd={interval_seconds: 20, retries: 4}", "--json")
    assert "interval_seconds: 20" in json.loads(desk.importing("ibm-asa.txt", *words)[1])["intent"]
    code, shown, _ = desk.importing("ibm-asa.txt", "--host", "hub-asa", *FULL, "--set", "colour=blue")
    assert code == 2
    assert "colour" in shown


def test_nothing_is_written_while_anything_is_missing(desk: Desk) -> None:
    """With --out too: no file, no key, and each field with its option."""
    code, shown, _ = desk.importing("ibm-asa.txt", "--host", "hub-asa", "--out", str(desk.out))
    assert code == 2
    assert "give --interface NAME" in " ".join(shown.split())
    assert not desk.out.exists()
    assert list(desk.store.iterdir()) == []


def test_what_the_validation_refuses_is_told_and_not_written(desk: Desk) -> None:
    """Traffic that another tunnel of the device has: the sentence of the validation, and no file."""
    words = ("--lan", "10.100.0.0/24", "--far", "10.1.13.0/24", *FULL, "--out", str(desk.out))
    code, shown, _ = desk.importing("ibm-asa.txt", "--host", "hub-asa", *words)
    assert code == 2
    assert "is also that of tunnel lisbon" in " ".join(shown.split())
    assert not desk.out.exists()


def test_a_cut_file_is_no_whole_sample(desk: Desk) -> None:
    """The lines are told all the same, the exit code is 65, and nothing is written."""
    half = desk.folder / "half.txt"
    text = SAMPLES.joinpath("aws-ios.txt").read_text()
    half.write_text(text[: text.index("crypto isakmp policy 201")])
    code, shown, _ = desk.run("import-sample", str(half), "--host", "xe-1712", "--out", str(desk.out))
    assert code == 65
    assert "announces 2 tunnels and has 1" in " ".join(shown.split())
    assert not desk.out.exists()
    assert "nowhere.txt cannot be read" in desk.run("import-sample", "nowhere.txt", "--host", "xe-1712")[2]
    half.write_text("")
    assert desk.run("import-sample", str(half), "--host", "xe-1712")[2] == "nr-run: half.txt is empty\n"


def test_two_tunnels_with_bgp_become_a_connection_to_the_cloud(desk: Desk) -> None:
    """The service of that shape takes the sample: its file is written, and the plan of its deploy finds all to add."""
    shutil.rmtree(desk.inventory / "vpn")
    (desk.inventory / "cloud.yaml").unlink(missing_ok=True)
    out = desk.inventory / "cloud.yaml"
    fields = {
        "lan_interface": "inside",
        "circuit.interface": "VBR",
        "circuit.address": "10.0.0.2",
        "circuit.next_hop": "10.0.0.1",
        "circuit.aggregates": "[192.168.0.0/16]",
        "encryption_mandatory": "true",
        "on_total_loss": "closed",
        "on_removal": "closed",
    }
    words = ["--host", "hub-asa", "--name", "dc", "--interface", "VPN-A", "--interface", "VPN-B"]
    words += ["--lan", "192.168.20.0/24", "--far", "172.16.0.0/16", "--far-probe", "172.16.10.225"]
    code, shown, _ = desk.importing("alibaba-dual-bgp.json", *words, "--out", str(out))
    assert code == 2
    assert "circuit.next_hop: the sample does not say it; give --set circuit.next_hop=VALUE" in " ".join(shown.split())
    sets = [word for field, value in fields.items() for word in ("--set", f"{field}={value}")]
    code, shown, errors = desk.importing("alibaba-dual-bgp.json", *words, *sets, "--out", str(out))
    assert code == 0, shown + errors
    assert sorted(path.name for path in desk.store.iterdir()) == ["dc-1-psk", "dc-2-psk"]
    code, planned, errors = desk.run("deploy-cloud", "dc", "--plan", "--lab")
    assert code == 2, planned + errors
    assert not [key for key in _keys("alibaba-dual-bgp.json") if key in shown + planned + errors + out.read_text()]
