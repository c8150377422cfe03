"""HTTPS without internet: a certificate that browsers believe, of an authority that can vouch for nothing else."""

import socket
import ssl
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from incident import certificate
from incident.certificate import CannotCertify, make
from incident.cli import root

NAMES = ["posko.lan", "192.168.1.10", "posko.lomboktimurkab.go.id"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("room") / "tls", NAMES)


def shake_hands(folder: Path, name: str, believes: Path | None = None) -> None:
    """One TLS handshake, as a browser makes it; raises where a browser would warn."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "posko.pem", folder / "posko.key")
    client = ssl.create_default_context(cafile=str(believes or folder / "ca.pem"))
    near, far = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(far, server_side=True).close()
        except OSError:
            far.close()

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        client.wrap_socket(near, server_hostname=name).close()
    finally:
        near.close()
        answering.join()


@pytest.mark.parametrize("name", NAMES)
def test_who_trusts_the_authority_believes_the_names_it_was_made_for(folder: Path, name: str):
    shake_hands(folder, name)


def test_another_name_and_another_authority_are_not_believed(folder: Path, tmp_path: Path):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, "bank.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, "posko.lan", make(tmp_path / "other", NAMES) / "ca.pem")


def test_the_authority_cannot_vouch_for_a_strangers_name(folder: Path, tmp_path: Path):
    stolen = tmp_path / "stolen"
    subprocess.run(["cp", "-r", folder, stolen], check=True)
    with pytest.raises(CannotCertify, match="may not vouch"):
        make(stolen, ["bank.example"])
    shake_hands(stolen, "posko.lan")  # and the certificate that was there still stands


def test_run_again_the_authority_stays_and_the_keys_are_their_owners_alone(tmp_path: Path):
    folder = make(tmp_path / "tls", ["posko.lan"])
    before = (folder / "ca.pem").read_bytes()
    first = (folder / "posko.pem").read_bytes()
    make(folder, ["posko.lan", "10.1.2.3"])
    assert (folder / "ca.pem").read_bytes() == before
    assert (folder / "posko.pem").read_bytes() != first
    shake_hands(folder, "10.1.2.3")
    for key in ("ca.key", "posko.key"):
        assert stat.S_IMODE((folder / key).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["https://posko.lan", "posko lan", "-x", "a,DNS:bank.example", ""])
def test_what_is_no_name_is_refused_with_a_sentence(tmp_path: Path, name: str):
    with pytest.raises(CannotCertify, match="neither a name nor an address"):
        make(tmp_path / "tls", [name])
    assert not (tmp_path / "tls").exists()


def test_without_openssl_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotCertify, match="apt-get install openssl"):
        make(tmp_path / "tls", ["posko.lan"])


def test_the_command_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("POSKO_DATA", str(tmp_path))
    said = CliRunner().invoke(root, ["certificate", "Posko.lan"])
    assert said.exit_code == 0, said.output
    assert (tmp_path / "tls" / "posko.pem").exists()
    assert "POSKO_ORIGINS=https://" in said.output and "ca.pem" in said.output
    assert CliRunner().invoke(root, ["certificate"]).exit_code == 2
    assert CliRunner().invoke(root, ["certificate", "a b"]).exit_code == 1


def test_a_server_certificate_is_not_longer_than_phones_take():
    assert certificate.SERVER_DAYS <= 825
