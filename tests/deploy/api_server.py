"""A real Kubernetes API server with its etcd, and nothing behind it: it stores, and starts no pods.

It validates what it is given as a cluster does: unknown fields, defaults, the rules of each kind,
immutable fields on upgrades, definitions of resources of others, and Pod Security.
"""

import json
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.deploy.deployment_files import ROOT, Document
from tests.fixtures.free_port import free_port

DEFINITIONS = ROOT / ".tools" / "definitions"
KUBE_APISERVER = shutil.which("kube-apiserver")
ETCD = shutil.which("etcd")
_START_SECONDS: Final = 60.0
_TOKEN: Final = "of-this-test-alone"  # noqa: S105 - opens a server on loopback that lives a minute

needs_api_server = pytest.mark.skipif(
    KUBE_APISERVER is None or ETCD is None, reason="kube-apiserver and etcd are not on PATH"
)


class RefusedError(Exception):
    """The API server did not take it; the text is what it says."""


class ApiServer:
    """One that runs, and what it is asked by."""

    def __init__(self, *, port: int, folder: Path) -> None:
        """Say where it is.

        Args:
            port: of loopback.
            folder: with its certificate, and the kubeconfig for helm.
        """
        self.kubeconfig = folder / "kubeconfig"
        self._url = f"https://127.0.0.1:{port}"
        self._certificate = folder / "certificates" / "apiserver.crt"

    def ask(self, method: str, path: str, body: Document | None = None) -> Document:
        """Return what it answers.

        Raises:
            RefusedError: it refuses.
            OSError: it does not answer.
        """
        request = urllib.request.Request(  # noqa: S310 - a URL of ours
            f"{self._url}{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"},
        )
        context = ssl.create_default_context(cafile=str(self._certificate))
        try:
            with urllib.request.urlopen(request, timeout=20, context=context) as answer:  # noqa: S310
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RefusedError(error.read().decode()) from None
        # Readiness is no JSON.
        document: Document = json.loads(text) if text.startswith(b"{") else {}
        return document

    def write_kubeconfig(self) -> None:
        """Tell helm how to reach it."""
        cluster = {"server": self._url, "certificate-authority": str(self._certificate)}
        named = {"name": "here"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "clusters": [{**named, "cluster": cluster}],
            "users": [{**named, "user": {"token": _TOKEN}}],
            "contexts": [{**named, "context": {"cluster": "here", "user": "here"}}],
        }
        self.kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")

    def await_ready(self) -> None:
        """Return when it serves.

        Raises:
            TimeoutError: it does not in time.
        """
        self._await("/readyz")

    def define(self, definitions: Path) -> None:
        """Make the resources known that are not Kubernetes' own, and wait until they are.

        Raises:
            RefusedError: a definition is not one.
            TimeoutError: one is not served in time.
        """
        created = [
            self.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", document)
            for file in sorted(definitions.glob("*.yaml"))
            for document in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
            if document
        ]
        for definition in created:
            spec = definition["spec"]
            served = next(each["name"] for each in spec["versions"] if each["served"])
            self._await(f"/apis/{spec['group']}/{served}/{spec['names']['plural']}")

    def _await(self, path: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.ask("GET", path)
            except (RefusedError, OSError) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{path}: {error}") from error
                # It cannot say beforehand when it will.
                time.sleep(0.1)
            else:
                return


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """One that keeps everything in a folder, and ends with the block."""
    clients, peers, port = free_port(), free_port(), free_port()
    server = ApiServer(port=port, folder=folder)
    with ExitStack() as stack:
        stack.enter_context(_running(_etcd(folder, clients, peers), folder / "etcd.log"))
        stack.enter_context(_running(_kube_apiserver(folder, clients, port), folder / "api.log"))
        try:
            server.await_ready()
        except TimeoutError as error:
            error.add_note((folder / "api.log").read_text(encoding="utf-8")[-2000:])
            raise
        server.write_kubeconfig()
        yield server


def _etcd(folder: Path, clients: int, peers: int) -> list[str]:
    client, peer = f"http://127.0.0.1:{clients}", f"http://127.0.0.1:{peers}"
    return [
        str(ETCD),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
    ]


def _kube_apiserver(folder: Path, etcd: int, port: int) -> list[str]:
    key, tokens = folder / "accounts.key", folder / "tokens.csv"
    key.write_bytes(
        rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    tokens.write_text(f"{_TOKEN},admin,admin,system:masters\n", encoding="utf-8")
    return [
        str(KUBE_APISERVER),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        f"--cert-dir={folder / 'certificates'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://kubernetes.invalid",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
    ]


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    """A process that is killed at the end: what it holds is thrown away."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a fixed command of ours
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            process.kill()
            process.wait(timeout=10)
