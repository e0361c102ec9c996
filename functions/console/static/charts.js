// Small charts, drawn by ourselves.

import { h, svg } from "./dom.js";
import { atClock, atDay, count } from "./words.js";

const KINDS = [
  ["succeeded", "done"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["open", "still open"],
];
const HEIGHT = 60;
const WIDTH = 10;

// What was ordered in each part of the time, by what became of it.
export function bars(spans) {
  const most = Math.max(1, ...spans.map(total));
  const columns = spans.map((span, number) => {
    let y = HEIGHT;
    const parts = KINDS.map(([kind]) => {
      const height = (span[kind] / most) * HEIGHT;
      y -= height;
      return svg("rect", { x: number * WIDTH + 1, y, width: WIDTH - 2, height, class: kind });
    });
    return svg("g", {}, svg("title", {}, `${when(span.from)}: ${count(total(span), "task")}`), svg("rect", { x: number * WIDTH, y: 0, width: WIDTH, height: HEIGHT, class: "back" }), parts);
  });
  const label = KINDS.map(([kind, words]) => `${spans.reduce((sum, span) => sum + span[kind], 0)} ${words}`).join(", ");
  return h("figure", { class: "bars" },
    svg("svg", { viewBox: `0 0 ${spans.length * WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `Tasks over time: ${label}` }, columns),
    h("figcaption", {}, h("span", {}, when(spans[0].from)), h("span", { class: "legend" }, KINDS.map(([kind, words]) => h("span", { class: kind }, words))), h("span", {}, "now")));
}

const total = (span) => KINDS.reduce((sum, [kind]) => sum + span[kind], 0);

const when = (iso) => (Date.now() - new Date(iso) > 86400e3 * 1.5 ? atDay(iso) : atClock(iso));

// A share of a whole, as a line that is filled so far.
export const meter = (share, label) =>
  svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", role: "img", "aria-label": label, class: "meter" },
    svg("rect", { x: 0, y: 0, width: 100, height: 6, class: "back" }), svg("rect", { x: 0, y: 0, width: share * 100, height: 6, class: "body" }));
