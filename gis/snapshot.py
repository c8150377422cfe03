"""Draws the situation map: one HTML file for people without Posko, everything inside, nothing asked for.

The only door to folium, which makes the Leaflet map; its CDN links, tiles and head are left out. Nobody else's words
ever become part of a script: the picture lies in the file as JSON, and a policy of hashes lets only our scripts run.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import folium
import orjson
from branca.element import Figure, MacroElement
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "static" / "js"
STYLES = ROOT / "static" / "css"
VENDOR = ROOT / "static" / "vendor"
MODULES = (
    "marks",
    "situation/words",
    "situation/picture",
    "situation/parts",
    "ground_kinds",
    "middle",
    "situation/kinds",
    "situation/ink",
    "situation/ground",
    "situation/sheet",
    "situation/slider",
    "situation/card",
    "situation/main",
)  # each after those it imports
MAP_OPTIONS: dict[str, Any] = {
    "zoom_control": "topleft",
    "prefer_canvas": True,
    "attribution_control": False,
    "zoom_animation": False,
    "fade_animation": False,
    "marker_zoom_animation": False,
    "zoom_snap": 0.25,
    "zoom_delta": 0.5,
    "max_bounds_viscosity": 0.8,
}
NO_SCRIPT = {
    "id": "Peta ini digambar oleh skrip di dalam berkas ini; peramban Anda tidak menjalankannya.",
    "en": "This map is drawn by the script inside this file; your browser does not run it.",
}
TITLE = {"id": "Peta situasi", "en": "Situation map"}
DRILL = {"id": "LATIHAN", "en": "EXERCISE"}
SHEET = {"id": "Ringkasan", "en": "Summary"}


def draw(picture: Mapping[str, Any], theme: str = "", classes: str = "") -> bytes:
    """The file: HTML in UTF-8. `picture` is what incident.situation gathers; every word in it is text."""
    made = picture["made"]
    language = made["language"]
    return (
        _frame()
        .render(
            language=language,
            theme=theme,
            classes=classes,
            title=_title(made),
            exercise=made["exercise"],
            policy=policy(),
            no_script=NO_SCRIPT[language],
            sheet_label=SHEET[language],
            styles=[Markup(one) for one in _styles()],
            scripts=[Markup(one) for one in _scripts()],
            body=Markup(_folium()[0]),
            picture=Markup(_json(picture)),
        )
        .encode()
    )


def _title(made: Mapping[str, Any]) -> str:
    language = made["language"]
    words = f"{TITLE[language]} {made['site']} {made['stamp']}"
    return f"{DRILL[language]} · {words}" if made["exercise"] else words


def policy() -> str:
    """The Content-Security-Policy of the file: our scripts and styles by their hashes, nothing from anywhere."""
    scripts = " ".join(_hash(one) for one in _scripts())
    styles = " ".join(_hash(one) for one in _styles())
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(picture: Mapping[str, Any]) -> str:
    r"""JSON that holds neither `<` nor `&` nor a line separator: nothing in it can end its element (HTML 13.2.5.15)."""
    text = orjson.dumps(picture).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def _frame() -> Template:
    folder = FileSystemLoader(ROOT / "templates" / "gis")
    return Environment(loader=folder, autoescape=True).get_template("situation.html")


# ---- what folium makes: the map's element and the script that makes a Leaflet map of it


class _OfflineMap(folium.Map):
    """folium's map without its ten files from four CDNs."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class _Situation(MacroElement):
    """Hands folium's map to our own script."""

    _template = Template(
        "{% macro script(this, kwargs) %}situation.begin({{ this._parent.get_name() }});{% endmacro %}"
    )


@cache
def _folium() -> tuple[str, str]:
    """The body and the script of the map. The same in every file: the picture's words stand in neither."""
    figure, drawn = Figure(), _OfflineMap(location=[-2.5, 118.0], zoom_start=5, tiles=None, **MAP_OPTIONS)
    drawn._id = "situation"
    drawn.add_child(_Situation())
    figure.add_child(drawn)
    figure.render()
    return figure.html.render().strip(), figure.script.render().strip()


# ---- scripts and styles, from our own files


@cache
def _scripts() -> tuple[str, ...]:
    leaflet = re.sub(r"//# sourceMappingURL=.*", "", (VENDOR / "leaflet.js").read_text())
    scripts = (leaflet, bundle(MODULES), _folium()[1])
    return tuple(_inlined(one, "script") for one in scripts)


@cache
def _styles() -> tuple[str, ...]:
    sheets = (
        _with_images((VENDOR / "leaflet.css").read_text()),
        *(_read(STYLES / f"{name}.css") for name in ("tokens", "situation")),
    )
    return tuple(_inlined(one, "style") for one in sheets)


def _read(path: Path) -> str:
    return path.read_text()


def _inlined(text: str, element: str) -> str:
    """The text as it may stand in its element; raises ValueError when it would end it."""
    if re.search(rf"</{element}|<!--", text, re.IGNORECASE):
        raise ValueError(f"A {element} of the situation map would end its own element.")
    return text


def _with_images(sheet: str) -> str:
    """Leaflet's pictures as data inside the sheet."""
    return re.sub(r"url\((images/[\w.-]+)\)", lambda found: f"url({_data_url(VENDOR / found[1])})", sheet)


def _data_url(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def bundle(names: tuple[str, ...]) -> str:
    """ES modules as one classic script: a file opened from a disk cannot import. Each keeps its own scope."""
    parts = "\n".join(_module(name) for name in names)
    last = _key(names[-1])
    return f'"use strict";\nconst situation = (() => {{\nconst modules = {{}};\n{parts}\nreturn modules.{last};\n}})();'


_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\.{1,2}/([\w/]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:const|function|class) (\w+))", re.MULTILINE)


def _module(name: str) -> str:
    text = _read(SCRIPTS / f"{name}.js")
    exported = ", ".join(found[2] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(lambda found: f"const {found[1]} = modules.{_key(found[2])};", text))
    return f"modules.{_key(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _key(name: str) -> str:
    return name.rpartition("/")[2]
