// Putting points on the map with the pointer or, by the keyboard, at the crosshair in its middle.
import { h } from "./dom.js";
import { t } from "./words.js";

/** Buttons of a tool that collects points; `deeds` are {add, undo, done, cancel}, those that are missing have none. */
export function spotButtons({ add, undo, done, cancel }, leave = t("Batal")) {
  return h("div.stack", {},
    h("p.small.muted", {}, t("Klik di peta, atau geser peta dengan tombol panah dan tekan Enter: titik jatuh di tanda silang.")),
    h("div.line", {},
      add && h("button.btn.btn-small", { type: "button", data: { spot: "add" }, onclick: add }, t("Titik di tanda silang")),
      undo && h("button.btn.btn-small", { type: "button", data: { spot: "undo" }, onclick: undo }, t("Hapus titik terakhir"))),
    h("div.line", {},
      done && h("button.btn.btn-primary", { type: "button", data: { spot: "done" }, onclick: done }, t("Selesai")),
      cancel && h("button.btn.btn-quiet", { type: "button", data: { spot: "cancel" }, onclick: cancel }, leave, " ", h("kbd", {}, "Esc"))));
}

/** While a tool is busy: crosshair shown, Enter on the map puts a point; returns how to end it. */
export function aim(box, map, { add, cancel }) {
  const container = map.getContainer();
  const press = (event) => {
    if (event.key === "Enter") (event.preventDefault(), event.stopPropagation(), add());
    if (event.key === "Escape") (event.stopPropagation(), cancel());
  };
  box.classList.add("is-aiming");
  container.addEventListener("keydown", press);
  container.focus({ preventScroll: true });
  return () => (box.classList.remove("is-aiming"), container.removeEventListener("keydown", press));
}

/** A point put in the middle of the map, as a click there would. */
export function clickMiddle(map) {
  const containerPoint = map.getSize().divideBy(2);
  const latlng = map.containerPointToLatLng(containerPoint);
  const { x, y } = map.getContainer().getBoundingClientRect();
  const originalEvent = new MouseEvent("click", { clientX: x + containerPoint.x, clientY: y + containerPoint.y });
  map.fire("mousemove", { latlng, containerPoint, layerPoint: map.containerPointToLayerPoint(containerPoint), originalEvent });
  map.fire("click", { latlng, containerPoint, layerPoint: map.containerPointToLayerPoint(containerPoint), originalEvent });
}
