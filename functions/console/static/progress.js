// A task on its way: where it is by its own timeline, and how long that usually takes.

import { get } from "./api.js";
import { h, say } from "./dom.js";
import { FAILURES, lasted } from "./words.js";

const STAGES = [
  ["queued", "Queued"],
  ["provider", "At the provider"],
  ["storing", "Storing"],
  ["done", "Done"],
];
// What the latest step of a timeline says about where the task is.
const AT = { submitting: 1, submitted: 1, unknown: 1, webhook: 1, sweep: 1, check: 1, result: 2, unkept: 2, succeeded: 3, told: 3, late: 3 };
const ENDS = ["succeeded", "failed", "cancelled"];

// Often at first, then less: a key may be allowed only so many requests a minute.
const patience = (began) => Math.min(1000 + (Date.now() - began) / 20, 5000);

// Follows the task until its end, which it resolves to; null when the screen was left.
export async function follow({ taskId, began }, typical, place, signal) {
  const stages = STAGES.map(([, label]) => h("li", {}, label));
  const meter = h("progress", { "aria-label": "Time against what it usually takes", max: 1, value: 0 });
  const said = h("p", { class: "elapsed" });
  place.replaceChildren(h("ol", { class: "stages", "aria-label": "Progress" }, stages), typical && meter, said);
  let silent = false;
  const tick = () => {
    const seconds = (Date.now() - began) / 1000;
    meter.value = typical ? Math.min(seconds / typical.p95, 1) : 0;
    said.textContent = lasted(seconds) + (typical ? ` – half of them take ${lasted(typical.p50)}, nearly all ${lasted(typical.p95)}` : "") + (silent ? ". The API does not answer; it is asked again" : "");
  };
  const timer = setInterval(tick, 250);
  tick();
  try {
    for (let stage = -1; !signal.aborted; await pause(patience(began), signal)) {
      const found = await get(`v1/tasks/${taskId}/timeline`, signal).catch(patient);
      silent = !found;
      if (silent) continue;
      const { steps } = found;
      const end = steps.find((step) => ENDS.includes(step.what));
      const now = end ? AT[end.what] ?? 3 : AT[steps.findLast((step) => step.what in AT || step.what === "queued")?.what] ?? 0;
      if (now !== stage) mark(stages, (stage = now), end);
      if (end) return await get(`v1/tasks/${taskId}`, signal);
    }
  } finally {
    clearInterval(timer);
  }
  return null;
}

function mark(stages, stage, end) {
  stages.forEach((each, number) => {
    each.className = number < stage || end ? "past" : number === stage ? "now" : "";
    if (number === stage && !end) each.setAttribute("aria-current", "step");
    else each.removeAttribute("aria-current");
  });
  say(end ? FAILURES[end.why] ?? end.what : STAGES[stage][1], { unseen: true });
}

// Whoever cannot be reached for a moment has not lost the task.
function patient(error) {
  if (error.name === "AbortError" || (error.status >= 400 && error.status < 429)) throw error;
  return null;
}

const pause = (milliseconds, signal) =>
  new Promise((go) => {
    const timer = setTimeout(go, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), go()), { once: true });
  });
