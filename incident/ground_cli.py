"""`posko gis landmarks` and `posko gis facilities`: lists from a file. They need the journal, so they join here."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from gis.cli import gis
from gis.tables import FACILITIES, LANDMARKS, MAX_BYTES, BadTable, Fault, Table, read
from incident.boundary_cli import import_command

MAX_SHOWN = 20  # faulty rows named on the screen
BY = "cli"

gis.add_command(import_command)

skip_bad_option = click.option("--skip-bad", is_flag=True, help="Leave out the rows that cannot be used.")
confirmed_option = click.option("--confirmed", is_flag=True, help="Places far from this site are meant so.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@gis.command(LANDMARKS, epilog="Example: posko gis landmarks patokan.csv")
@file_argument
@skip_bad_option
@confirmed_option
@json_option
def landmarks(file: Path, skip_bad: bool, confirmed: bool, as_json: bool) -> None:
    """Bring places that people know (patokan) in from FILE, a CSV or GeoJSON.

    Columns: nama, bujur, lintang, and where known jenis, kode (Kemendagri), radius_m, id.
    """
    _bring_in(LANDMARKS, file, skip_bad, confirmed, as_json)


@gis.command(FACILITIES, epilog="Example: posko gis facilities puskesmas.csv --skip-bad")
@file_argument
@skip_bad_option
@confirmed_option
@json_option
def facilities(file: Path, skip_bad: bool, confirmed: bool, as_json: bool) -> None:
    """Bring facilities (puskesmas, fire posts, shelters, schools) in from FILE, a CSV or GeoJSON.

    Columns: nama, jenis, bujur, lintang, and where known kapasitas, kode (Kemendagri), catatan, id.
    """
    _bring_in(FACILITIES, file, skip_bad, confirmed, as_json)


@gis.command("population", epilog="Example: posko gis population penduduk_2025.xlsx")
@file_argument
@skip_bad_option
@json_option
def people(file: Path, skip_bad: bool, as_json: bool) -> None:
    """Bring in how many people live in each village from FILE, a CSV or Excel (.xlsx) list of the civil registry.

    Columns: jiwa (or jumlah penduduk), and kode (Kemendagri) or desa with kecamatan; where known kk, tahun.
    """
    from gis.population import MAX_BYTES as MOST
    from incident import population
    from incident.commands import _post

    post = _post()
    try:
        with open(file, "rb") as opened:
            table = population.read_list(post, opened.read(MOST + 1))
    except BadTable as fault:
        raise click.ClickException(f"{file.name}: {fault} Tidak ada yang diubah.") from None
    if table.faults and not (skip_bad and table.rows):
        raise click.ClickException(_refusal(file.name, table.faults))
    counts = population.bring_in(post, BY, str(uuid4()), table.rows, file.name)
    told = {**counts, "left_out": len(table.faults)}
    click.echo(json.dumps(told) if as_json else _sentence(told))


def _bring_in(what: str, file: Path, skip_bad: bool, confirmed: bool, as_json: bool) -> None:
    """Read the whole file first; with a row at fault nothing is changed, unless it may be left out."""
    from incident.commands import _post
    from incident.doubtful import site_box

    post = _post()
    table = _read(what, file, site_box(post), confirmed)
    if table.faults and not skip_bad:
        raise click.ClickException(_refusal(file.name, table.faults))
    counts = _import(post, what, table, file.name)
    told = {**counts, "left_out": len(table.faults)}
    click.echo(json.dumps(told) if as_json else _sentence(told))


def _read(what: str, file: Path, site: Any, confirmed: bool) -> Table:
    try:
        with open(file, "rb") as opened:
            return read(what, opened.read(MAX_BYTES + 1), site, confirmed)
    except BadTable as fault:
        raise click.ClickException(f"{file.name}: {fault} Tidak ada yang diubah.") from None


def _import(post: Any, what: str, table: Table, source: str) -> dict[str, int]:
    """With a bar where somebody looks on; it goes to stderr, so that --json stays clean."""
    from incident.ground import import_table

    with click.progressbar(length=len(table.rows), label=source, file=sys.stderr) as bar:
        return import_table(post, BY, str(uuid4()), what, table.rows, source[:120], bar.update)


def _refusal(name: str, faults: list[Fault]) -> str:
    rows = [f"  baris {one.line}: {one.why}" for one in faults[:MAX_SHOWN]]
    if len(faults) > MAX_SHOWN:
        rows.append(f"  dan {len(faults) - MAX_SHOWN} lagi")
    way = "--confirmed bila memang benar" if all(one.confirm for one in faults) else "--skip-bad melewatinya"
    head = f"{name}: {len(faults)} baris tidak dapat dipakai, jadi tidak ada yang diubah ({way})."
    return "\n".join([head, *rows])


def _sentence(told: dict[str, int]) -> str:
    parts = [f"{told['added']} baru", f"{told['changed']} diubah", f"{told['same']} tetap"]
    parts += [f"{told['gone']} sudah ditutup di sini dan dibiarkan"] if told["gone"] else []
    parts += [f"{told['left_out']} baris dilewati"] if told["left_out"] else []
    return ", ".join(parts) + "."
