// Elements from values. Every word goes in as text: nothing a caller said can become markup.
const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../vendor/icons.svg", import.meta.url).pathname;

/** h("button.btn#send", {type: "button", onclick: send}, "Kirim", child, null): null and false children are left out. */
export function h(what, facts = {}, ...children) {
  const [name, ...marks] = what.split(/(?=[.#])/);
  const element = document.createElement(name || "div");
  for (const mark of marks) mark[0] === "#" ? (element.id = mark.slice(1)) : element.classList.add(mark.slice(1));
  for (const [key, value] of Object.entries(facts)) setFact(element, key, value);
  element.append(...kept(children));
  return element;
}

const kept = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

function setFact(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) return element.addEventListener(key.slice(2), value);
  if (key === "data") return Object.assign(element.dataset, value);
  if (key === "class") return element.classList.add(...value.split(" ").filter(Boolean));
  if (key === "value" || key === "checked" || key === "selected") return void (element[key] = value);
  element.setAttribute(key, value === true ? "" : value);
}

/** An icon of the sprite; it says nothing, so words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** Set text only where it changed, so that a tick costs nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function fill(element, ...children) {
  element.replaceChildren(...kept(children));
  return element;
}

/** Put children in this order with the fewest moves; what stays where it is is not touched. */
export function arrange(parent, wanted) {
  let place = parent.firstChild;
  for (const child of wanted) {
    if (child === place) place = place.nextSibling;
    else parent.insertBefore(child, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Many changes, one painting: calls back once, in the next animation frame (or soon, in a hidden tab). */
export function oncePerFrame(callback) {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    const run = () => { isAsked = false; callback(); };
    document.visibilityState === "visible" ? requestAnimationFrame(run) : setTimeout(run, 200);
  };
}
