// Elements, made of text only: nothing that anybody wrote ever becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export const h = (tag, props, ...children) =>
  filled(document.createElement(tag), props, children);

export const svg = (tag, props, ...children) =>
  filled(document.createElementNS(SVG, tag), props, children);

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "vars") for (const [key, to] of Object.entries(value)) element.style.setProperty(`--${key}`, to);
  else if (name === "value") element.value = value;
  else if ((name === "href" || name === "src") && !isSafe(value)) return;
  else element.setAttribute(name, value === true ? "" : value);
}

// A link may lead to a page or a picture, never to a script.
const isSafe = (url) => /^(https?:|blob:|#|[\w./-]+$)/.test(url) && !/^javascript:/i.test(url);

export const $ = (selector, root = document) => root.querySelector(selector);

const said = $("#said");

// Said to whoever listens to the page instead of looking at it, and shown for a moment.
// A dialog hides, and silences, whatever is outside of it.
export function say(text, { unseen = false } = {}) {
  const place = $("dialog[open]") ?? document.body;
  if (said.parentElement !== place) place.append(said);
  said.textContent = text;
  said.classList.toggle("hidden", unseen);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (said.textContent = ""), 5000);
}

// Whether two answers show the same, whose addresses of pictures are new each time.
export const signature = (found) => JSON.stringify(found, (name, value) => (["url", "thumbnail"].includes(name) ? Boolean(value) : value));

export function every(seconds, look, signal) {
  const timer = setInterval(() => document.hidden || look(), seconds * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
}
