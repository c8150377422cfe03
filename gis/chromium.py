"""Takes a picture of a page with the Chromium of this machine, where there is one: a process of its own with an end.

Chromium is told to ask nobody, and the page it opens lies in a folder of its own that goes with it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
TIMEOUT_S = 40.0
DRAWN_WITHIN_MS = 5000
QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


class NoBrowser(Exception):
    """No picture can be taken here; the message is a sentence with what to do next."""


def find_chromium() -> str | None:
    """The program, found by name."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def photograph(page: bytes, width: int, height: int, scale: float = 1.0, timeout_s: float = TIMEOUT_S) -> bytes:
    """A PNG of the page, `width` x `height` CSS pixels times `scale`; raises NoBrowser."""
    with tempfile.TemporaryDirectory(prefix="posko-picture-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        picture = folder / "picture.png"
        facts = (f"--window-size={width},{height}", f"--force-device-scale-factor={scale}", f"--screenshot={picture}")
        _run(folder, page, facts, timeout_s)
        if not picture.exists():
            raise NoBrowser(
                "Chromium di komputer ini tidak menghasilkan gambar; simpan berkas HTML dan cetak dari sana."
            )
        return picture.read_bytes()


def dump(page: bytes, timeout_s: float = TIMEOUT_S) -> str:
    """The page's elements after its scripts have run, as HTML; raises NoBrowser."""
    with tempfile.TemporaryDirectory(prefix="posko-picture-", ignore_cleanup_errors=True) as name:
        return _run(Path(name), page, ("--window-size=1366,768", "--dump-dom", "--timeout=15000"), timeout_s).decode()


def _run(folder: Path, page: bytes, facts: tuple[str, ...], timeout_s: float) -> bytes:
    program = find_chromium()
    if program is None:
        raise NoBrowser(
            "Di komputer ini tidak ada Chromium. Pasang dengan `apt-get install chromium`, atau simpan berkas HTML."
        )
    path = folder / "page.html"
    path.write_bytes(page)
    command = [program, *QUIET, *_as_root(), f"--user-data-dir={folder}/profile", *facts, path.as_uri()]
    return _spoken(command, folder, timeout_s)


def _as_root() -> tuple[str, ...]:
    """Chromium's own sandbox refuses to start as root."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()


def _spoken(command: list[str], folder: Path, timeout_s: float) -> bytes:
    """What the program said; it and all its children are gone when this returns. Raises NoBrowser."""
    own = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    env = {**os.environ, **own}
    none = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=none, stdout=subprocess.PIPE, stderr=none, env=env, start_new_session=True
    ) as child:
        try:
            said, _ = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise NoBrowser(f"Chromium tidak selesai dalam {timeout_s:.0f} detik; simpan berkas HTML.") from None
        finally:
            _end_all(child.pid)
    return bytes(said)


def _end_all(session: int) -> None:
    """End what still runs of the program's session: Chromium leaves helpers behind when it is interrupted."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
