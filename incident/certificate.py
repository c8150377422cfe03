"""Certificates for the room's own network: an authority that may vouch for nothing else, and the server's certificate.

Browsers give service workers and encryption only to HTTPS; a room without internet gets no certificate from outside.
"""

import ipaddress
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click

NAME = r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
LOCAL = ("lan", "internal", "home.arpa")  # names that belong to nobody: RFC 8375, ICANN's board of 2024, and custom
PRIVATE = ("10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0", "192.168.0.0/255.255.0.0")  # RFC 1918
AUTHORITY_DAYS, SERVER_DAYS = 3650, 800  # phones refuse a server's certificate of more than 825 days
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class CannotCertify(Exception):
    """Why no certificate was made, and what to do."""


@click.command(epilog="Example: posko certificate posko.lan 192.168.1.10")
@click.argument("names", nargs=-1, required=True)
def certificate(names: tuple[str, ...]) -> None:
    """Make a certificate for the NAMES and addresses that people type, for a reverse proxy before Posko.

    The first time an authority is made too; every phone and computer must trust its `ca.pem` once. Run again, the
    authority stays and the server's certificate is made anew.
    """
    from incident.config import load_settings

    folder = load_settings().data / "tls"
    try:
        made = make(folder, [name.lower() for name in names])
    except CannotCertify as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Certificate: {made / 'posko.pem'}   key: {made / 'posko.key'}")
    click.echo(f"Let every phone and computer trust {made / 'ca.pem'}; keep {made / 'ca.key'} to yourself.")
    click.echo(f"Set POSKO_ORIGINS={','.join(f'https://{name}' for name in names)}; docs/offline.md has the proxy.")


def make(folder: Path, names: Sequence[str]) -> Path:
    """Write `ca.pem`, `ca.key`, `posko.pem` and `posko.key` into the folder; raises CannotCertify."""
    for name in names:
        if not (_is_address(name) or re.fullmatch(NAME, name)):
            raise CannotCertify(
                f"{name} is neither a name nor an address; type it as in the browser, without https://."
            )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "ca.pem").exists():
        _make_authority(folder, names)
    _make_server(folder, names)
    return folder


def _make_authority(folder: Path, names: Sequence[str]) -> None:
    """An authority believed for private addresses, local names and these names alone: a stolen key opens no bank."""
    limits = ",".join(
        [f"permitted;{'IP' if '/' in one else 'DNS'}:{one}" for one in (*LOCAL, *PRIVATE, *map(_limit, names))]
    )
    basics = ("basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign")
    more = [word for extension in (*basics, f"nameConstraints=critical,{limits}") for word in ("-addext", extension)]
    ends = ("-days", str(AUTHORITY_DAYS), "-subj", "/CN=Posko", "-keyout", "ca.key", "-out", "ca.pem")
    _openssl(folder, "req", "-x509", *KEY, *more, *ends)


def _limit(name: str) -> str:
    return f"{name}/255.255.255.255" if _is_address(name) else name


def _make_server(folder: Path, names: Sequence[str]) -> None:
    spoken = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    (folder / "posko.ext").write_text(f"subjectAltName={spoken}\nextendedKeyUsage=serverAuth\n")
    _openssl(folder, "req", *KEY, "-subj", "/CN=Posko", "-keyout", "new.key", "-out", "posko.csr")
    signed = (
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        str(SERVER_DAYS),
        "-extfile",
        "posko.ext",
    )
    _openssl(folder, "x509", "-req", "-in", "posko.csr", *signed, "-out", "new.pem")
    if _openssl(folder, "verify", "-CAfile", "ca.pem", "new.pem").returncode:
        raise CannotCertify(f"The authority in {folder} may not vouch for these names; move it away to make a new one.")
    for new, old in (("new.key", "posko.key"), ("new.pem", "posko.pem")):
        (folder / new).replace(folder / old)
    for key in ("ca.key", "posko.key"):
        (folder / key).chmod(0o600)


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(name))
    except ValueError:
        return False


def _openssl(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run openssl in the folder; raises CannotCertify with its last line, but for a verdict of `verify`."""
    program = shutil.which("openssl")
    if program is None:
        raise CannotCertify("openssl is missing. Install it with: apt-get install openssl")
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, umask=0o077)
    if done.returncode and words[0] != "verify":
        raise CannotCertify(f"openssl said: {(done.stderr.strip().splitlines() or ['nothing'])[-1]}")
    return done
