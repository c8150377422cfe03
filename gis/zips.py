"""Takes the one map out of a zip, believing nothing that the zip says of itself."""

import contextlib
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from gis.geometry import BadLayer

MAX_UNPACKED_BYTES = 600_000_000  # all that is taken out of a zip
MAX_RATIO = 200  # a member unpacks to at most so many times its size; maps reach 10
MAX_MEMBERS = 100
_MAIN = (".shp", ".gpkg", ".geojson", ".json", ".sql")
_BESIDE = (".shx", ".dbf", ".prj", ".cpg")

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, struct.error)


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The one file of shapes in a zip, with what lies beside it, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="posko-layer-") as folder:
        try:
            with zipfile.ZipFile(path) as bundle:
                main = _main_member(_checked_members(bundle))
                yield _take_out(bundle, main, Path(folder))
        except _BROKEN as fault:
            raise BadLayer("zip terpotong atau rusak; salin sekali lagi dari sumbernya.") from fault


def _checked_members(bundle: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [one for one in bundle.infolist() if not one.filename.endswith("/")]
    if len(members) > MAX_MEMBERS:
        raise BadLayer(f"zip berisi {len(members)} berkas; yang diterima paling banyak {MAX_MEMBERS}.")
    for one in members:
        _check_member(one)
    if sum(one.file_size for one in members) > MAX_UNPACKED_BYTES:
        raise BadLayer(f"zip menjadi lebih dari {MAX_UNPACKED_BYTES // 1_000_000} MB bila dibuka.")
    return members


def _check_member(one: zipfile.ZipInfo) -> None:
    parts = re.split(r"[\\/]", one.filename)
    if ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", one.filename):
        raise BadLayer("zip berisi jalur berkas yang keluar dari foldernya.")
    if one.flag_bits & 1:
        raise BadLayer("zip terkunci kata sandi; buka dahulu.")
    if one.file_size > MAX_RATIO * max(one.compress_size, 1000):
        raise BadLayer("zip mengembang tidak wajar (bom zip).")


def _main_member(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    mains = [one for one in members if _suffix(one) in _MAIN and not one.filename.startswith("__MACOSX")]
    if not mains:
        raise BadLayer("tidak ada .shp, .gpkg, .geojson, atau .sql di dalam zip.")
    if len(mains) > 1:
        names = ", ".join(sorted(Path(one.filename).name for one in mains)[:5])
        raise BadLayer(f"zip berisi {len(mains)} peta ({names}); bungkus satu saja.")
    return mains[0]


def _suffix(one: zipfile.ZipInfo) -> str:
    return Path(one.filename).suffix.lower()


def _take_out(bundle: zipfile.ZipFile, main: zipfile.ZipInfo, folder: Path) -> Path:
    """Write the file and its neighbours under names of ours, counting what really comes out."""
    stem, left = main.filename[: -len(_suffix(main))].lower(), MAX_UNPACKED_BYTES
    for one in bundle.infolist():
        beside = _suffix(one) in _BESIDE and one.filename[: -len(_suffix(one))].lower() == stem
        if one is main or beside:
            left -= _copy_out(bundle, one, folder / f"layer{_suffix(one)}", left)
    return folder / f"layer{_suffix(main)}"


def _copy_out(bundle: zipfile.ZipFile, one: zipfile.ZipInfo, to: Path, most: int) -> int:
    with bundle.open(one) as source, open(to, "wb") as target:
        while piece := source.read(1_000_000):
            target.write(piece)
            if target.tell() > min(most, one.file_size):
                raise BadLayer("zip berisi lebih banyak daripada yang disebutnya (bom zip).")
    return to.stat().st_size
