// Everything that was made, newest first.

import { get, unlessGone } from "./api.js";
import { pictureActions, remover } from "./actions.js";
import { every, h } from "./dom.js";
import { Pager } from "./pager.js";
import { empty, facts, fill, picture } from "./parts.js";
import { ago, between, inFull, lasted, size } from "./words.js";

const A_PAGE = 24;
const REFRESH = 300;

export async function open(root, { signal }) {
  const pager = new Pager({
    path: (cursor) => `v1/tasks?status=succeeded&limit=${A_PAGE}${cursor ? `&cursor=${cursor}` : ""}`,
    draw: (tasks) => h("ul", { class: "pictures" }, tasks.flatMap((task) => task.images.map((image, number) => card(task, image, number)))),
    none: () => empty("No pictures yet", "Whatever is made appears here, newest first.", h("a", { class: "button main", href: "#/create" }, "Create one")),
    signal,
  });
  const card = (task, image, number) => {
    const ratio = image.width / image.height;
    return h("li", { vars: { ratio: ratio.toFixed(4) } },
      h("button", { type: "button", onclick: () => view(task.taskId, number, () => pager.refresh(), signal) },
        picture(image, task.input.prompt, { small: true }), h("span", { class: "caption" }, h("span", {}, task.input.prompt), h("small", {}, ago(task.createdAt)))));
  };
  root.replaceChildren(h("h1", { class: "hidden" }, "Gallery"), ...pager.parts);
  await pager.load();
  // The addresses of thumbnails that are still to be loaded hold for a quarter of an hour only.
  every(REFRESH, () => !document.querySelector("dialog") && !pager.place.contains(document.activeElement) && pager.refresh(), signal);
}

// One picture, as large as it fits, and all about it; the arrow keys lead to its neighbours.
export function view(taskId, number, changed, signal) {
  const opener = document.activeElement;
  const inside = h("div", { class: "inside" });
  const dialog = h("dialog", { class: "view", "aria-label": "Picture" },
    h("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: () => dialog.close() }, "✕"), inside);
  dialog.addEventListener("close", () => {
    dialog.remove();
    (opener?.isConnected ? opener : document.querySelector("#screen")).focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const cards = [...document.querySelectorAll(".pictures button")];
    const next = step && cards[cards.indexOf(opener) + step];
    if (!next) return;
    dialog.close();
    next.focus();
    next.click();
  });
  signal.addEventListener("abort", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  // Asked for anew, since the addresses of pictures hold for a quarter of an hour only.
  return fill(inside, async () => {
    const task = await get(`v1/tasks/${taskId}`, signal).catch(unlessGone);
    if (!task) return empty("This picture is gone", "It was deleted meanwhile.");
    return about(task, number, () => (dialog.close(), changed()));
  }, signal);
}

const about = (task, number, gone) => {
  const image = task.images[number];
  return [
    h("figure", {}, picture(image, task.input.prompt)),
    h("aside", {},
      h("h2", {}, "Prompt"), h("p", { class: "prompt" }, task.input.prompt),
      h("div", { class: "row" }, pictureActions(task, number), remover(task, gone)),
      facts([
        ["Model", task.model],
        ["Made by", task.provider],
        ["Size", `${image.width} × ${image.height}, ${size(image.bytes)}`],
        ["Kind", image.contentType],
        ["Ordered", inFull(task.createdAt)],
        ["Took", lasted(between(task.createdAt, task.finishedAt))],
        ["SHA-256", h("code", { class: "hash" }, image.sha256)],
        ["Task", h("a", { href: `#/tasks/${task.taskId}` }, task.taskId)],
      ])),
  ];
};
