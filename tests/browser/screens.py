"""Takes the pictures of the docs: plays the exercise up to a lively moment, pauses it, and looks at every page."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import click
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.room import ROOT
from tests.clusters import free_port

HERE = Path(__file__).parent
IMAGES = ROOT / "docs" / "img"
SPEED = "4"
SCENE_S = 530.0  # of the story: boats out, a road cut, a link down, a call that waits too long
LARGEST = 250_000


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which page, how large, in which colours."""

    name: str
    person: str | None
    path: str
    width: int = 1366
    height: int = 768
    themes: tuple[str, ...] = ("dark", "light")


SHOTS = (
    Shot("board", "Komang", "/"),
    Shot("desk", "Sari", "/calls"),
    Shot("field", "Tono", "/field"),
    Shot("field-phone", "Tono", "/field", 390, 844),
    Shot("login", None, "/login"),
    Shot("people", "Ayu", "/people"),
    Shot("radio", "Komang", "/radio"),
    Shot("board-wide", "Komang", "/", 1920, 1080),
    Shot("board-phone", "Komang", "/", 390, 844),
    Shot("situation", "Komang", "/situation.html", themes=("light",)),
)


@dataclass(frozen=True)
class Stage:
    """An exercise that runs: its folder, its address, and the secrets of its cast."""

    folder: Path
    url: str

    @property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "cast.json").read_text())["secrets"]
        return found

    def story_s(self) -> float:
        with contextlib.suppress(OSError, ValueError):
            return float(json.loads((self.folder / "progress.json").read_text())["clock_s"])
        return 0.0


@contextlib.contextmanager
def exercise() -> Iterator[Stage]:
    """Play the exercise until the scene we want, then hold it there; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="posko-screens-") as folder:
        port = free_port()
        words = {**os.environ, "POSKO_DATA": folder, "POSKO_BIND": f"127.0.0.1:{port}"}
        drill = [sys.executable, "-m", "incident.cli", "drill"]
        playing = subprocess.Popen([*drill, "--speed", SPEED], cwd=ROOT, env=words, stdout=subprocess.DEVNULL)
        try:
            stage = Stage(Path(folder), f"http://127.0.0.1:{port}")
            _await_scene(stage, playing)
            subprocess.run([*drill, "--pause"], cwd=ROOT, env=words, check=True, stdout=subprocess.DEVNULL)
            yield stage
        finally:
            playing.terminate()
            playing.wait(30)


def _await_scene(stage: Stage, playing: "subprocess.Popen[bytes]") -> None:
    with click.progressbar(length=int(SCENE_S), label="The night goes on", file=sys.stderr) as bar:
        while (reached := stage.story_s()) < SCENE_S:
            if playing.poll() is not None:
                raise click.ClickException("The exercise stopped by itself.")
            bar.update(max(0, int(reached) - bar.pos))
            time.sleep(0.5)


# what a player of the exercise would do: the team of the field page gets a task and an alert
GIVE_A_TASK = """async () => {
  const { get, post } = await import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'api.js'));
  const board = await get("/board");
  const unit = board.units.find((one) => one.call_sign === "TRC-2");
  if (unit.incident_ids.length) return;
  const incident = board.incidents.find((one) => one.state === "new") ?? board.incidents[0];
  const { body } = await post(`/incidents/${incident.id}/assignments`, { unit_id: unit.id });
  await post(`/assignments/${body.assignment}/acknowledge`);
  const text = "LATIHAN. Dua orang di atap rumah, bawa perahu. Lewat jalan atas, jembatan tidak aman. LATIHAN";
  await post("/alerts", { incident_id: incident.id, priority: "P1", order: "go", text, unit_ids: [unit.id] });
}"""


# and what a coordinator would draw by then: the water, the broken road, the way out, where people are taken in
DRAW_THE_GROUND = """async () => {
  const { get, post } = await import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'api.js'));
  if ((await get("/board")).zones.length) return;
  const area = (...ring) => ({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
  const line = (...coordinates) => ({ type: "LineString", coordinates });
  const water = area([116.595, -8.285], [116.632, -8.272], [116.668, -8.296], [116.655, -8.334], [116.612, -8.336]);
  const hills = area([116.503, -8.352], [116.528, -8.33], [116.55, -8.355], [116.532, -8.386], [116.508, -8.38]);
  const way = line([116.655, -8.395], [116.652, -8.44], [116.64, -8.49], [116.632, -8.545]);
  await post("/zones", { kind: "affected", words: "LATIHAN. Air setinggi lutut. LATIHAN", shape: water });
  await post("/zones", { kind: "isolated", words: "LATIHAN. Dua dusun. LATIHAN", shape: hills });
  await post("/zones", { kind: "evacuation_route", words: "LATIHAN. Jalan atas. LATIHAN", shape: way });
  const help = [
    ["shelter", "Lapangan Labuhan Lombok", 116.664, -8.5], ["puskesmas", "Puskesmas Sambelia", 116.692, -8.41],
    ["hospital", "RSUD Selong", 116.535, -8.648], ["fire_post", "Pos Damkar Aikmel", 116.54, -8.57],
    ["school", "SDN 1 Belanting", 116.675, -8.36],
  ];
  for (const [kind, name, lon, lat] of help) await post("/facilities", { kind, name, lon, lat });
}"""


# whom a room would have in its phone book by then, the shelters it told the public of, the rumours it answered
FILL_THE_BOOK = (HERE / "fill_the_book.js").read_text()


# a second person reads the first answer and lets it out; the other waits
APPROVE_THE_FIRST = (HERE / "approve_the_first.js").read_text()


def give_a_task(browser: Browser, stage: Stage) -> None:
    """Without a task the field page has little to show, and without people the phone book."""
    for person, words in (("Komang", (GIVE_A_TASK, DRAW_THE_GROUND, FILL_THE_BOOK)), ("Ayu", (APPROVE_THE_FIRST,))):
        context = browser.new_context(base_url=stage.url)
        _log_in(context, stage, person)
        page = context.new_page()
        page.goto("/")
        for one in words:
            page.evaluate(one)
        context.close()


def _log_in(context: BrowserContext, stage: Stage, person: str) -> None:
    answer = context.request.post("/login", form={"name": person, "secret": stage.secrets[person], "next": "/healthz"})
    if not answer.ok:
        raise click.ClickException(f"{person} cannot log in ({answer.status}).")


def _sit_down(
    browser: Browser, stage: Stage, person: str | None, width: int, height: int, theme: str = "dark"
) -> BrowserContext:
    """A browser of this person's, on a screen of this size."""
    is_phone = width < 500
    context = browser.new_context(
        base_url=stage.url,
        viewport={"width": width, "height": height},
        color_scheme="light" if theme == "light" else "dark",
        locale="id-ID",
        reduced_motion="reduce",
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    if person:
        _log_in(context, stage, person)
    return context


def take(browser: Browser, stage: Stage, shot: Shot, theme: str) -> Path:
    """One picture; a page that never got its picture of the room stops us."""
    context = _sit_down(browser, stage, shot.person, shot.width, shot.height, theme)
    page = context.new_page()
    page.goto(shot.path)
    if shot.person and shot.path != "/situation.html":  # that one stands alone, without lamps
        expect(page.locator("#lamps .lamp-ok").first).to_be_attached(timeout=20_000)
    _set_scene(page, shot)
    page.wait_for_timeout(1500)
    path = IMAGES / f"{shot.name}-{theme}.png"
    page.screenshot(path=path)
    context.close()
    return path


def _set_scene(page: Page, shot: Shot) -> None:
    if shot.path == "/":
        expect(page.locator(".queue-row").first).to_be_visible(timeout=20_000)
    if shot.path == "/" and shot.width > 500:
        _choose_the_busiest(page)
    if shot.path == "/calls":
        _write_half_a_call(page)
    if shot.path == NEW_ALERT:
        expect(page.locator("#reach .reach-sum")).to_be_visible(timeout=20_000)


def _choose_the_busiest(page: Page) -> None:
    """The incident with most units."""
    row = page.locator(".queue-row")
    counts = [
        int(words.split()[0]) if words[:1].isdigit() else 0 for words in row.locator(".queue-units").all_inner_texts()
    ]
    row.nth(counts.index(max(counts))).click()
    expect(page.locator("#panel-tabs")).to_be_visible()
    page.mouse.move(page.viewport_size["width"] / 2 if page.viewport_size else 0, 4)


def _write_half_a_call(page: Page) -> None:
    page.keyboard.press("F2")
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.locator("#place").fill("-8,3932 116,6604")
    page.keyboard.press("Enter")
    page.locator("#phone").fill("081900000148")
    page.locator("#caller").fill("Ibu Rahmi")
    page.locator("#narrative").fill("LATIHAN. Air masuk rumah setinggi lutut, ada lansia di lantai bawah. LATIHAN.")


# the gallery: every page, both themes, both languages, three screens


@dataclass(frozen=True)
class Leaf:
    """One page of the gallery: its name, what it is, who looks at it."""

    name: str
    words: str
    person: str | None
    path: str


GALLERY = IMAGES / "pages"
SCREENS = {"laptop": (1366, 768), "desk": (1920, 1080), "phone": (390, 844)}
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
THEMES = ("dark", "light")
QUALITY = 45  # of a webp: letters stay sharp, 160 pictures stay below 10 MB
NEW_ALERT = "/alerts/new?" + urlencode(
    {
        "what": "Air sungai naik cepat",
        "where": "pesisir Sambelia dan Labuhan Lombok",
        "todo": "Naik ke tempat tinggi, bawa lansia dan anak-anak",
        "order": "evacuate",
        "priority": "P0",
        "villages": "52.03.10.2002,52.03.08.2007",
        "heads": "1",
    }
)
LEAVES = (
    Leaf("board", "The board (`/`)", "Komang", "/"),
    Leaf("calls", "The 112 desk (`/calls`)", "Sari", "/calls"),
    Leaf("field", "The field team (`/field`)", "Tono", "/field"),
    Leaf("units", "Units (`/units`)", "Komang", "/units"),
    Leaf("handover", "Shift handover and decisions (`/handover`)", "Komang", "/handover"),
    Leaf("alerts", "Alerts (`/alerts`)", "Komang", "/alerts"),
    Leaf("compose", "A new alert (`/alerts/new`)", "Komang", NEW_ALERT),
    Leaf("contacts", "The phone book (`/contacts`)", "Komang", "/contacts"),
    Leaf("channels", "Ways out and sources (`/channels`)", "Ayu", "/channels"),
    Leaf("info", "For everybody (`/info`)", None, "/info"),
    Leaf("info-edit", "Writing the public page (`/info/edit`)", "Komang", "/info/edit"),
    Leaf("figures", "Figures (`/figures`)", "Komang", "/figures"),
    Leaf("wall", "The wall (`/wall`)", "Komang", "/wall"),
    Leaf("cards", "Question cards (`/cards`)", "Komang", "/cards"),
    Leaf("ground", "Map and ground (`/ground`)", "Komang", "/ground"),
    Leaf("radio", "Radio (`/radio`)", "Komang", "/radio"),
    Leaf("people", "People and units (`/people`)", "Ayu", "/people"),
    Leaf("situation", "The situation map (`/situation.html`)", "Komang", "/situation.html"),
    Leaf("login", "The door (`/login`)", None, "/login"),
)


def take_gallery(browser: Browser, stage: Stage, leaves: tuple[Leaf, ...]) -> None:
    """Every page in every dress; a desk and a phone load it once each, the rest is turned."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for sizes in (("laptop", "desk"), ("phone",)):
            for leaf in leaves:
                _take_dresses(browser, stage, leaf, language, sizes)
                click.echo(f"{leaf.name} {language} {' '.join(sizes)}")
    _print_gallery()


def _take_dresses(browser: Browser, stage: Stage, leaf: Leaf, language: str, sizes: tuple[str, ...]) -> None:
    width, height = SCREENS[sizes[0]]
    context = _sit_down(browser, stage, leaf.person, width, height)
    page = context.new_page()
    context.add_cookies([{"name": "posko_language", "value": language, "url": stage.url}])
    page.goto(f"{leaf.path}?lang={language}" if leaf.path == "/info" else leaf.path)
    if leaf.person and leaf.path != "/situation.html":
        expect(page.locator("#lamps .lamp-ok").first).to_be_attached(timeout=20_000)
    _set_scene(page, Shot(leaf.name, leaf.person, leaf.path, width, height))
    page.wait_for_timeout(1200)
    for size in sizes:
        page.set_viewport_size({"width": SCREENS[size][0], "height": SCREENS[size][1]})
        for theme in THEMES:
            page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            page.wait_for_timeout(300)
            _keep_small(page.screenshot(), GALLERY / f"{leaf.name}-{size}-{language}-{theme}.webp")
    context.close()


def _keep_small(picture: bytes, path: Path) -> None:
    Image.open(io.BytesIO(picture)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=4)


def _print_gallery() -> None:
    """docs/screens.md: every picture there is, page by page."""
    lines = [
        "# Every page",
        "",
        "Taken by `script/screens --gallery` from the exercise: both themes, both languages, 1366 x 768, 1920 x 1080",
        "and 390 x 844. The data is invented. Whoever takes them looks at each, side by side in sheets of four, and",
        "mends what is cut off, crowded, untranslated or says nothing before they are kept.",
    ]
    for leaf in LEAVES:
        lines += ["", f"## {leaf.words}", "", "| | dark | light |", "|---|---|---|"]
        lines += [_gallery_row(leaf, size, language) for language in LANGUAGES for size in SCREENS]
    (ROOT / "docs" / "screens.md").write_text("\n".join(lines) + "\n")


def _gallery_row(leaf: Leaf, size: str, language: str) -> str:
    width, height = SCREENS[size]
    name = f"{LANGUAGES[language]}, {width} x {height}"
    pictures = [
        f"![{leaf.name}, {name}, {theme}](img/pages/{leaf.name}-{size}-{language}-{theme}.webp)" for theme in THEMES
    ]
    return f"| {name} | {pictures[0]} | {pictures[1]} |"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--gallery", is_flag=True, help="Every page in every dress, with docs/screens.md.")
@click.option("--exercise", "folder", type=click.Path(path_type=Path), help="Folder of an exercise that runs already.")
@click.option("--url", default="http://127.0.0.1:5112", help="Its address.")
def screens(names: tuple[str, ...], gallery: bool, folder: Path | None, url: str) -> None:
    """Retake the pictures of the docs, all or those named."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    standing = contextlib.nullcontext(Stage(folder, url)) if folder else exercise()
    with standing as stage, sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        give_a_task(browser, stage)
        if gallery:
            take_gallery(browser, stage, tuple(leaf for leaf in LEAVES if not names or leaf.name in names))
        for shot in () if gallery else shots:
            for theme in shot.themes:
                path = take(browser, stage, shot, theme)
                size = path.stat().st_size
                click.echo(f"{path.relative_to(ROOT)}  {size // 1000} kB{'  TOO LARGE' if size > LARGEST else ''}")
        browser.close()
    if not gallery and (not names or "board" in names):
        shutil.copy(IMAGES / "board-dark.png", IMAGES / "board.png")


if __name__ == "__main__":
    screens()
