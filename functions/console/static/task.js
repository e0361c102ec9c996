// One task: its pictures, its flight recorder, and what can be done about it.

import { call, get, unlessGone } from "./api.js";
import { again, pictureActions, remover } from "./actions.js";
import { h, say, signature } from "./dom.js";
import { careful, chip, empty, facts, fill, picture } from "./parts.js";
import { recorder } from "./timeline.js";
import { FAILURES, between, inFull, lasted, size } from "./words.js";

const PAUSE = 2000;

export async function open(root, { argument: taskId, signal }) {
  const path = `v1/tasks/${encodeURIComponent(taskId)}`;
  const look = async () => {
    const [task, timeline, { deliveries }] = await Promise.all([path, `${path}/timeline`, `${path}/deliveries`].map((each) => get(each, signal)));
    return { task, timeline, deliveries };
  };
  let timer, shown;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(renew, PAUSE);
  };
  // What to draw; null where it is drawn already.
  const draw = async () => {
    const found = await look().catch(unlessGone);
    if (!found) return [gone()];
    if (!found.task.finishedAt || found.deliveries.some((each) => each.state === "pending")) later();
    const before = shown;
    shown = signature(found);
    return shown === before ? null : page(found, () => ((shown = null), renew()));
  };
  const renew = async () => {
    // Not under the hands of whoever is just being asked whether they are sure.
    if (root.querySelector("[data-asked]:enabled")) return later();
    const drawn = await draw().catch((error) => {
      if (signal.aborted) return null;
      say(error.message);
      later();
    });
    if (!drawn || signal.aborted) return;
    const open = root.querySelector("details")?.open;
    const held = document.activeElement?.dataset?.act;
    root.replaceChildren(...drawn);
    if (open) root.querySelector("details")?.setAttribute("open", "");
    if (held) root.querySelector(`[data-act=${held}]`)?.focus();
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  await fill(root, draw, signal);
}

const gone = () => empty("There is no such task", "It was deleted, or it is not yours.", h("a", { href: "#/tasks" }, "See your tasks"));

const page = ({ task, timeline, deliveries }, renew) => [
  h("header", { class: "about" }, h("h1", {}, task.input.prompt), h("p", { class: "row" }, chip(task.status), h("code", {}, task.taskId))),
  h("section", { class: "shown", "aria-label": "Pictures" }, outcome(task), h("div", { class: "row" }, acts(task, deliveries, renew)), about(task)),
  h("section", { class: "recorder", "aria-label": "Flight recorder" }, h("h2", {}, "What happened"), recorder(task, timeline)),
  deliveries.length > 0 && h("section", { class: "told", "aria-label": "Deliveries" }, h("h2", {}, "Who was told"), h("ul", {}, deliveries.map(delivery))),
  raw({ task, timeline, deliveries }),
].filter(Boolean);

function outcome(task) {
  if (task.status === "succeeded")
    return task.images.map((image, number) => h("figure", {}, picture(image, task.input.prompt), h("figcaption", { class: "row" }, pictureActions(task, number))));
  if (task.status === "failed")
    return h("div", { class: "empty trouble" }, h("p", { class: "large" }, FAILURES[task.failure.code]), h("p", {}, task.failure.message), h("p", {}, task.failure.retryable ? "The same request, sent again, may well succeed." : "Change the request before you send it again."));
  return h("div", { class: "empty" }, h("p", { class: "large" }, task.status === "cancelled" ? "It was cancelled" : "It is on its way"), task.finishedAt ? null : h("p", {}, "This page follows it by itself."));
}

function acts(task, deliveries, renew) {
  const ended = task.finishedAt !== null;
  return [
    ended && task.status !== "succeeded" && h("button", { type: "button", "data-act": "again", onclick: () => again(task) }, "Again"),
    !ended && canceller(task, renew),
    deliveries.length > 0 && h("button", { type: "button", "data-act": "redeliver", onclick: () => redeliver(task, renew) }, "Tell again"),
    ended && remover(task, () => (location.hash = "#/tasks")),
  ];
}

// A task that is bought is let go, and paid for, only if that is said.
const canceller = (task, renew) =>
  careful("Cancel", task.status === "queued" ? "Cancel it?" : "It is paid for. Let it go?", async (button) => {
    button.disabled = true;
    try {
      await call("POST", `v1/tasks/${task.taskId}/cancel`, { body: { discard: task.status !== "queued" } });
      say("Cancelled.");
    } catch (error) {
      say(error.message);
    }
    renew();
  }, { "data-act": "cancel" });

async function redeliver(task, renew) {
  try {
    await call("POST", `v1/tasks/${task.taskId}/deliveries`);
    say("It is being told again, with the same event id.");
  } catch (error) {
    say(error.message);
  }
  renew();
}

const about = (task) =>
  facts([
    ["Model", task.model],
    ["Made by", task.provider ?? "nobody yet"],
    ["Shape", task.input.aspectRatio],
    ["Resolution", task.input.resolution],
    ["References", task.input.imageUrls?.length],
    ["Ordered", inFull(task.createdAt)],
    ["Took", task.finishedAt && lasted(between(task.createdAt, task.finishedAt))],
    ["Attempts", task.attempts],
    ...task.images.map((image) => ["Picture", `${image.width} × ${image.height}, ${size(image.bytes)}`]),
    ...Object.entries(task.metadata ?? {}).map(([name, value]) => [name, String(value)]),
  ]);

const delivery = (each) =>
  h("li", {}, h("span", { class: `chip ${each.state}` }, each.state), h("code", {}, each.url),
    h("small", {}, each.tries.map((one) => one.error ?? (one.status ? `HTTP ${one.status}` : "on its way")).join(", "), each.nextAt ? ` – again at ${inFull(each.nextAt)}` : ""));

const raw = (found) =>
  h("details", { class: "raw" }, h("summary", {}, "Raw JSON"), h("pre", { tabindex: "0" }, JSON.stringify(found, null, 2)));
