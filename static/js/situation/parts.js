// Elements from values. Every word goes in as text: nothing anyone said can become markup.
const SVG = "http://www.w3.org/2000/svg";

/** el("p.soft", {title: "…"}, "words", child): falsy children are left out. */
export function el(what, facts = {}, ...children) {
  const [name, ...classes] = what.split(".");
  return filled(document.createElement(name), classes, facts, children);
}

/** The same for a drawing. */
export function svg(what, facts = {}, ...children) {
  const [name, ...classes] = what.split(".");
  return filled(document.createElementNS(SVG, name), classes, facts, children);
}

function filled(element, classes, facts, children) {
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(facts)) setFact(element, key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

function setFact(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) return element.addEventListener(key.slice(2), value);
  if (key === "vars") return Object.entries(value).forEach(([name, one]) => element.style.setProperty(name, one));
  element.setAttribute(key, value === true ? "" : value);
}

/** A colour of the house by its name. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const coloursOf = (names) => Object.fromEntries(names.map((name) => [name, colour(name)]));
