"""A Dask cluster of plain processes with TLS, to try nr-run's --scheduler on: one scheduler, two workers, certificates made here.

    python examples/dask/cluster.py FOLDER [--workers 2] [--minutes 480]

It runs until Ctrl-C. FOLDER then has ca.pem, cert.pem, key.pem (readable by you only), the logs of the processes, environment.sh
to source before nr-run, and cluster.json with the address and the process numbers. Workers resolve secrets as nr-run does, so
begin it where $NR_RUN_CREDENTIALS or ~/.config/nr-run/credentials is theirs.
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FILES = ("ca.pem", "cert.pem", "key.pem")


def make_certificates(folder: Path) -> None:
    """An authority and one certificate for scheduler, workers and operators; the key of the authority is thrown away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC)
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nr-run example authority")])

    def begun(subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(minutes=5))
        made = made.not_valid_after(now + datetime.timedelta(days=30))
        return made.add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)

    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    ca = begun(issuer, authority, ca=True).sign(authority, hashes.SHA256())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nr-run example")])
    cert = begun(subject, own, ca=False).add_extension(names, critical=False).sign(authority, hashes.SHA256())
    pem = serialization.Encoding.PEM
    key = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for name, data in zip(FILES, (ca.public_bytes(pem), cert.public_bytes(pem), key), strict=True):
        with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)


def environment(folder: Path) -> dict[str, str]:
    """What Dask reads its certificates from, in every process of the cluster and where nr-run runs."""
    where = dict(zip(("CA_FILE", "CERT", "KEY"), (str(folder / name) for name in FILES), strict=True))
    found = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": where["CA_FILE"], "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    for role in ("CLIENT", "WORKER", "SCHEDULER"):
        found[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = where["CERT"]
        found[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = where["KEY"]
    return found


def begin(folder: Path, name: str, *words: str) -> subprocess.Popen[bytes]:
    """One process of the cluster, with a log of its own."""
    with (folder / f"{name}.log").open("ab") as log:
        line = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        return subprocess.Popen(  # noqa: S603 - our own command line
            line, env={**os.environ, **environment(folder)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def begin_scheduler(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The scheduler, and its address once it listens."""
    where = folder / "scheduler.json"
    where.unlink(missing_ok=True)
    words = ("--host", "127.0.0.1", "--port", "0", "--protocol", "tls", "--scheduler-file", str(where))
    process = begin(folder, "scheduler", "scheduler", *words)
    while not where.is_file() or not where.read_text().strip():
        if process.poll() is not None:
            raise SystemExit(f"the scheduler has ended: see {folder}/scheduler.log")
        time.sleep(0.05)
    return process, json.loads(where.read_text())["address"]


def begin_worker(folder: Path, address: str, name: str) -> subprocess.Popen[bytes]:
    """A worker without a nanny: where it is killed nobody begins it again. It ends when the scheduler is gone."""
    words = ("--no-nanny", "--nthreads", "4", "--memory-limit", "0", "--death-timeout", "30", "--name", name)
    return begin(folder, name, "worker", address, *words, "--local-directory", str(folder / "space"))


def main() -> None:
    """Begin, say how to use it, and wait."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=480)
    asked = parser.parse_args()
    folder = asked.folder.absolute()
    make_certificates(folder)
    scheduler, address = begin_scheduler(folder)
    processes = {"scheduler": scheduler}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for number in range(asked.workers):
            processes[f"worker-{number}"] = begin_worker(folder, address, f"worker-{number}")
        lines = {**environment(folder), "NR_RUN_SCHEDULER": address}
        (folder / "environment.sh").write_text("".join(f"export {name}='{value}'\n" for name, value in lines.items()))
        known = {"scheduler": address, "processes": {name: process.pid for name, process in processes.items()}}
        (folder / "cluster.json").write_text(json.dumps(known))
        print(f"source {folder}/environment.sh && nr-run verify", flush=True)
        scheduler.wait(timeout=60 * asked.minutes)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        pass
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # a worker that looks for its scheduler may not hear it
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
