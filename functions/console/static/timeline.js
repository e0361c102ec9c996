// A task's steps in words, and where its time went.

import { h, svg } from "./dom.js";
import { FAILURES, inFull, lasted } from "./words.js";

const WORDS = {
  ordered: ["Ordered", "start"],
  queued: ["Waits for a provider", "wait"],
  submitting: ["Is being sent", "step"],
  refused: ["Turned away", "bad"],
  submitted: ["Taken: it is being made", "step"],
  unknown: ["No answer. It may have been charged, so nobody sends it again blindly", "bad"],
  webhook: ["The provider rang", "good"],
  sweep: ["Nobody had rung: found by the sweep", "rescue"],
  check: ["Looked at, as planned", "step"],
  result: ["The picture is ready at the provider", "step"],
  unkept: ["The picture could not be fetched yet", "bad"],
  succeeded: ["Stored and verified: done", "good"],
  failed: ["Failed", "bad"],
  cancelled: ["Cancelled", "bad"],
  late: ["A picture came after the end, paid for", "bad"],
  told: ["You were told", "good"],
};
const TAKING = ["queued", "submitting", "submitted"];
const PARTS = [
  ["Getting it to a provider", ["ordered", "queued", "submitting", "refused"]],
  ["At the provider", ["submitted", "unknown", "webhook", "sweep", "check"]],
  ["Fetching and storing", ["result", "unkept"]],
];

export function recorder(task, { steps }) {
  const all = [{ at: task.createdAt, after: 0, what: "ordered", why: null }, ...steps];
  return [spent(all), h("ol", { class: "steps" }, all.map((step, number) => drawn(step, all[number + 1], all)))];
}

function drawn(step, next, all) {
  const [words, kind] = WORDS[step.what] ?? [step.what, "step"];
  const here = waited(step, all) ? "Its turn has come again" : words;
  const gap = next ? next.after - step.after : 0;
  return h("li", { class: `${step.what === "told" && !/^HTTP 2/.test(step.why) ? "bad" : kind}`, vars: { gap: Math.min(4, Math.log1p(gap)).toFixed(2) } },
    h("time", { datetime: step.at, title: inFull(step.at) }, step.after ? `+${lasted(step.after)}` : "0"),
    h("span", { class: "what" }, here, step.why && h("small", {}, FAILURES[step.why] ?? step.why), lost(step, all) && h("small", {}, "Its webhook was lost, or late.")),
    gap >= 1 && h("span", { class: "gap" }, `${lasted(gap)} until the next`));
}

const lost = (step, all) => step.what === "sweep" && !waited(step, all) && !all.some((each) => each.what === "webhook");

// Nobody can ring for a task that no provider has taken: then the sweep only sends it on.
const waited = (step, all) => step.what === "sweep" && all.slice(0, all.indexOf(step)).findLast((each) => TAKING.includes(each.what))?.what === "queued";

// One bar from the order to the end, in the parts that the time was spent in.
function spent(all) {
  const end = all.find((step) => ["succeeded", "failed", "cancelled"].includes(step.what));
  if (!end || end.after === 0) return null;
  const until = all.slice(0, all.indexOf(end) + 1);
  const parts = PARTS.map(([label, words]) => [label, until.slice(0, -1).reduce((sum, step, n) => sum + (words.includes(step.what) ? until[n + 1].after - step.after : 0), 0)]);
  let x = 0;
  const bars = parts.map(([, seconds], number) => {
    const width = (seconds / end.after) * 100;
    const bar = svg("rect", { x, y: 0, width, height: 8, class: `part${number}` });
    x += width;
    return bar;
  });
  return h("figure", { class: "spent" },
    svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", role: "img", "aria-label": parts.map(([label, seconds]) => `${label}: ${lasted(seconds)}`).join(", ") }, bars),
    h("figcaption", {}, parts.map(([label, seconds], number) => h("span", { class: `part${number}` }, `${label} ${lasted(seconds)}`))));
}
