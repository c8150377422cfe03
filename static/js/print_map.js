// The view on paper: A4 landscape with place, time of the picture, legend, scale, north, sources, and LATIHAN when it is one.
import { atFully } from "./clock.js";
import { fill, h, icon, setText } from "./dom.js";
import { ratioText, scaleBar } from "./measure.js";
import { t } from "./words.js";

const SETTLES_MS = 400;

/** Metres one pixel of the map stands for, in its middle. */
export function metresPerPixel(map) {
  const { x, y } = map.getSize().divideBy(2);
  return map.distance(map.containerPointToLatLng([x, y]), map.containerPointToLatLng([x + 100, y])) / 100;
}

export class PrintMap {
  /** `board` has map, live, element, credits() and fillLegend(element). */
  constructor(board) {
    this.board = board;
    this.head = board.element.querySelector("#map-print-head");
    this.foot = board.element.querySelector("#map-print-foot");
    addEventListener("beforeprint", () => this.lay());
    addEventListener("afterprint", () => this.putBack());
  }

  /** Lay the page out, wait until the map has drawn itself anew, then print. */
  async print() {
    this.lay();
    await new Promise((done) => setTimeout(done, SETTLES_MS));
    print();
  }

  lay() {
    if (this.was) return;
    const { map } = this.board;
    this.was = { center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds() };
    document.body.classList.add("is-printing");
    this.theme = document.documentElement.dataset.theme;
    this.turn("light");
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(this.was.bounds, { animate: false });
    this.write();
  }

  putBack() {
    if (!this.was) return;
    document.body.classList.remove("is-printing");
    this.turn(this.theme);
    this.board.map.invalidateSize({ animate: false, pan: false });
    this.board.map.setView(this.was.center, this.was.zoom, { animate: false });
    this.was = null;
  }

  // Ink on white whatever the room's colours are; the choice of the person is not touched.
  turn(theme) {
    Object.assign(document.documentElement.dataset, { theme, bsTheme: theme });
    dispatchEvent(new CustomEvent("posko:theme", { detail: theme }));
  }

  write() {
    const { live, map } = this.board;
    const isDrill = document.body.classList.contains("is-exercise");
    const place = live.picture.site?.name ?? "";
    const drill = () => isDrill && h("strong.print-drill", {}, t("LATIHAN"));
    fill(this.head, drill(), h("b", {}, place), h("span", {}, t("gambar {time}", { time: atFully(live.freshAt) })), drill());
    const legend = h("ul.print-legend", { "aria-label": t("Arti tanda") });
    this.board.fillLegend(legend);
    fill(this.foot, legend, this.scale(metresPerPixel(map)), h("p.print-credits", {}, this.board.credits().join(" · ")));
  }

  scale(metres) {
    const bar = scaleBar(metres, 140);
    const line = h("span.print-bar", {});
    line.style.width = `${bar.pixels}px`;
    const words = h("span", {});
    setText(words, `${bar.words} · ${ratioText((metres * 96) / 25.4)}`);
    return h("p.print-scale", {}, h("span.print-north", {}, icon("navigation"), t("U")), line, words);
  }
}

