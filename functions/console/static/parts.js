// What more than one screen is made of.

import { h, say } from "./dom.js";
import { STATUS } from "./words.js";

export const chip = (status) => h("span", { class: `chip ${status}` }, STATUS[status] ?? status);

export const empty = (title, text, ...more) =>
  h("div", { class: "empty" }, h("p", { class: "large" }, title), h("p", {}, text), ...more);

export const waiting = (text = "Loading …") => h("p", { class: "empty waiting", role: "status" }, text);

export function trouble(error, again) {
  const retry = again && h("button", { type: "button", onclick: again }, "Try again");
  return h("div", { class: "empty trouble", role: "alert" }, h("p", { class: "large" }, "That did not work"), h("p", {}, error.message), retry);
}

const LATEST = new WeakMap();

// Fills a place with what `make` resolves to: waiting until then, or with what went wrong.
// Only the latest answer counts, in whatever order they come.
export async function fill(place, make, signal) {
  const turn = {};
  const over = () => signal?.aborted || LATEST.get(place) !== turn;
  LATEST.set(place, turn);
  place.replaceChildren(waiting());
  try {
    const made = await make();
    if (!over()) place.replaceChildren(...[made].flat().filter(Boolean));
  } catch (error) {
    if (over() || error.name === "AbortError") return;
    place.replaceChildren(trouble(error, () => fill(place, make, signal)));
  }
}

// The small picture where there is one; else, or where it does not load, the picture itself.
export function picture(image, alt, { small = false, ...props } = {}) {
  const sources = [small && image.thumbnail, image.url].filter(Boolean);
  const shown = h("img", { alt, width: image.width, height: image.height, decoding: "async", loading: small && "lazy", ...props });
  const next = () => {
    const source = sources.shift();
    if (source) shown.src = source;
    else shown.replaceWith(h("span", { class: "gone", role: "img", "aria-label": alt }, "The picture cannot be shown"));
  };
  shown.addEventListener("error", next);
  next();
  return shown;
}

// A button that asks once more before it does what cannot be undone.
export function careful(label, question, act, props = {}) {
  const button = h("button", { type: "button", class: "danger", ...props }, label);
  button.addEventListener("click", () => {
    if (button.dataset.asked) return act(button);
    button.dataset.asked = "yes";
    button.textContent = question;
    say(question, { unseen: true });
  });
  button.addEventListener("blur", () => {
    delete button.dataset.asked;
    button.textContent = label;
  });
  return button;
}

export const facts = (pairs) =>
  h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
