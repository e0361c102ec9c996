// Choices that are seen rather than read: shapes of pictures, and how large they are.

import { h, svg } from "./dom.js";

const BOX = 34;

// Radio buttons, each with a drawing; `value` null leaves it to the provider.
export function choice(name, legend, options, selected, changed) {
  const items = options.map(({ value, label, drawing, detail }) =>
    h("label", { class: "option" },
      h("input", { type: "radio", name, value: value ?? "", checked: value === selected, onchange: () => changed(value) }),
      drawing, h("span", { class: "label" }, label), detail && h("small", {}, detail)));
  return h("fieldset", { class: `choice ${name}`, "data-field": name },
    h("legend", {}, legend), h("div", { class: "options" }, items), h("p", { class: "wrong", id: `wrong-${name}` }));
}

export const shapes = (ratios) => [
  { value: null, label: "Any", drawing: drawn(unknown()) },
  ...ratios.filter((ratio) => ratio !== "auto").toSorted((a, b) => wide(b) - wide(a)).map((ratio) => ({ value: ratio, label: ratio, drawing: drawn(rectangle(ratio)) })),
  ...(ratios.includes("auto") ? [{ value: "auto", label: "auto", drawing: drawn(unknown()) }] : []),
];

export const sizes = (resolutions) => [
  { value: null, label: "Any", drawing: drawn(unknown()) },
  ...resolutions.map((name) => ({ value: name, label: name, drawing: drawn(nested(Number.parseInt(name))) })),
];

const wide = (ratio) => {
  const [width, height] = ratio.split(":").map(Number);
  return width / height;
};

const drawn = (...parts) => svg("svg", { viewBox: `0 0 ${BOX} ${BOX}`, width: BOX, height: BOX, "aria-hidden": "true", class: "shape" }, parts);

function rectangle(ratio) {
  const [width, height] = ratio.split(":").map(Number);
  const scale = (BOX - 4) / Math.max(width, height);
  return box(Math.max(4, width * scale), Math.max(4, height * scale));
}

const box = (width, height, kind = "body") =>
  svg("rect", { x: (BOX - width) / 2, y: (BOX - height) / 2, width, height, rx: 2, class: kind });

const unknown = () => svg("rect", { x: 5, y: 5, width: BOX - 10, height: BOX - 10, rx: 4, class: "any" });

// 1K, 2K and 4K as squares in one another: the side is what doubles.
const nested = (times) => [1, 2, 4].map((each) => box(7 * each + 2, 7 * each + 2, each === times ? "body" : "outline"));
