/** Building elements. Words of articles, models and callers are text nodes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes (functions are listeners, null and false are left out) and children. */
export function make(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/** The same for a part of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Words that come from outside the page: their writing direction stays within them. */
export function foreign(tag, text, attributes = {}) {
  return make(tag, { dir: "auto", ...attributes }, text);
}

const LONG = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** A day of the API, `2026-03-06`, as people read it; null stays null. */
export function day(value) {
  return value === null ? null : LONG.format(new Date(`${value.slice(0, 10)}T00:00:00Z`));
}

/** `one article`, `3 articles`. */
export function counted(number, one, many = `${one}s`) {
  return number === 1 ? `one ${one}` : `${number} ${many}`;
}

/** An element of the page by its id. */
export function byId(id) {
  return document.getElementById(id);
}
