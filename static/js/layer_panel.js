// The panel of the layers: what lies on the map, from the top down; each can be switched, moved and made fainter.
import { h, icon } from "./dom.js";
import { fileLinks } from "./layer_files.js";
import { changed, moved, placed } from "./layers.js";
import { signMark } from "./signs.js";
import { t } from "./words.js";

export class LayerPanel {
  /** `layers` keeps the stack: {told, stack, setStack(stack), stateOf(name)}. */
  constructor(sheet, layers) {
    Object.assign(this, { sheet, layers });
    layers.addEventListener("stack", () => this.isOpen && !this.isQuiet && this.draw());
    layers.addEventListener("state", () => this.isOpen && this.sayStates());
  }

  get isOpen() {
    return this.sheet.name === "layers";
  }

  toggle() {
    if (this.isOpen) return this.sheet.close();
    this.list = h("ol.layer-list", { "aria-label": t("Lapisan peta, yang teratas dahulu") });
    this.sheet.open("layers", t("Lapisan peta"), [this.list, h("p.muted.small", {}, t("Urutan, pilihan dan kekuatan lapisan ada di alamat halaman ini: salin untuk dibagikan."))]);
    this.draw();
  }

  // Whoever had the focus keeps it: the same control of the same layer.
  draw() {
    const had = document.activeElement?.dataset?.layerDeed;
    this.list.replaceChildren(...[...this.layers.stack].reverse().map((one, place, all) => this.row(one, place, all.length)));
    if (had) this.list.querySelector(`[data-layer-deed="${CSS.escape(had)}"]`)?.focus();
    this.sayStates();
  }

  row({ name, isOn, opacity }, place, count) {
    const told = this.layers.told.find((one) => one.name === name);
    const row = h("li.layer", { data: { layer: name }, class: isOn ? "is-on" : "" },
      h("div.layer-head", {}, this.grip(name), this.switch(name, isOn, told), h("span.layer-deeds", {}, this.mover(name, 1, place === 0), this.mover(name, -1, place === count - 1))),
      h("p.layer-state.small.late", { role: "status" }),
      isOn && this.more(name, opacity, told));
    return row;
  }

  switch(name, isOn, told) {
    const box = h("input", { type: "checkbox", checked: isOn, data: { layerDeed: `on-${name}` }, onchange: ({ target }) => this.put(changed(this.layers.stack, name, { isOn: target.checked })) });
    const online = told.is_online && h("span.chip", { title: t("Diambil dari internet begitu dinyalakan") }, t("daring"));
    return h("label.layer-switch", {}, box, h("span", {}, h("b", {}, told.words), " ", h("span.muted.small", {}, told.group), " ", online));
  }

  mover(name, step, isEnd) {
    const words = step > 0 ? t("Naikkan lapisan") : t("Turunkan lapisan");
    const told = this.layers.told.find((one) => one.name === name);
    return h("button.btn.btn-quiet.btn-icon.btn-small", { type: "button", title: words, "aria-label": `${words}: ${told.words}`, "aria-disabled": isEnd ? "true" : null, data: { layerDeed: `move${step}-${name}` }, onclick: () => this.put(moved(this.layers.stack, name, step)) }, icon(step > 0 ? "arrow-up" : "arrow-down"));
  }

  more(name, opacity, told) {
    const percent = Math.round(opacity * 100);
    const slider = h("input", { type: "range", min: 10, max: 100, step: 5, value: String(percent), "aria-label": t("Kekuatan lapisan {name}", { name: told.words }), data: { layerDeed: `opacity-${name}` }, oninput: ({ target }) => this.put(changed(this.layers.stack, name, { opacity: Number(target.value) / 100 }), false) });
    return h("div.layer-more", {},
      h("ul.layer-legend", {}, told.legend.map(({ sign, words }) => h("li", {}, signMark(sign), words))),
      h("label.layer-opacity.small", {}, h("span.muted", {}, t("kekuatan")), slider),
      fileLinks(told),
      told.attribution && h("p.muted.small", {}, told.attribution));
  }

  put(stack, isDrawn = true) {
    this.isQuiet = !isDrawn;
    this.layers.setStack(stack);
    this.isQuiet = false;
  }

  sayStates() {
    for (const row of this.list?.children ?? []) row.querySelector(".layer-state").textContent = this.layers.stateOf(row.dataset.layer);
  }

  // ---- dragging a row by its grip; arrow buttons do the same without a mouse

  grip(name) {
    return h("span.layer-grip", { title: t("Seret untuk mengurutkan"), "aria-hidden": "true", onpointerdown: (event) => this.drag(event, name) }, icon("grip-vertical"));
  }

  drag(event, name) {
    event.preventDefault();
    const row = event.target.closest("li");
    row.classList.add("is-dragged");
    const move = ({ clientY }) => this.follow(row, clientY);
    const drop = () => {
      row.classList.remove("is-dragged");
      for (const [kind, what] of [["pointermove", move], ["pointerup", drop], ["pointercancel", drop]]) removeEventListener(kind, what);
      this.put(placed(this.layers.stack, name, this.list.children.length - 1 - [...this.list.children].indexOf(row)));
    };
    for (const [kind, what] of [["pointermove", move], ["pointerup", drop], ["pointercancel", drop]]) addEventListener(kind, what);
  }

  follow(row, y) {
    const other = [...this.list.children].find((one) => one !== row && y > one.getBoundingClientRect().top && y < one.getBoundingClientRect().bottom);
    if (!other) return;
    const isBelow = y > other.getBoundingClientRect().top + other.offsetHeight / 2;
    other[isBelow ? "after" : "before"](row);
  }
}
