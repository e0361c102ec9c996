// Who makes a picture, at what price; and what came of it.

import { pictureActions } from "./actions.js";
import { h } from "./dom.js";
import { facts, picture } from "./parts.js";
import { FAILURES, between, dollars, lasted, size } from "./words.js";

export function inShort(judged) {
  const first = judged.find((each) => !each.wrong.length)?.offer;
  if (!first) return "Nobody can make this as it is";
  return first.price === null ? `By ${first.provider}` : `By ${first.provider}, about ${dollars(first.price)}`;
}

export function whoMakes(judged) {
  const [first, ...others] = judged.filter((each) => !each.wrong.length);
  const cost = first && (first.offer.price === null ? "Its price is not set: see the parameter Prices." : `About ${dollars(first.offer.price)}.`);
  const next = others.length ? `If it cannot: ${others.map((each) => each.offer.provider).join(", then ")}.` : "";
  return [
    h("p", {}, first ? [h("strong", {}, first.offer.provider), ` is asked first. ${next} ${cost}`] : "Nobody can make this as it is."),
    h("ul", {}, judged.map(({ offer, wrong }) =>
      h("li", { class: wrong.length ? "not" : "can" }, h("span", {}, offer.provider), h("span", {}, wrong.length ? wrong.map((one) => one.text).join("; ") : "can make it"), h("span", {}, offer.price === null ? "" : dollars(offer.price))))),
  ];
}

export function shown(task) {
  const details = h("p", {}, h("a", { href: `#/tasks/${task.taskId}` }, "What happened, step by step"));
  if (task.status !== "succeeded")
    return [h("h2", {}, "No picture this time"), h("p", { class: "large" }, FAILURES[task.failure?.code] ?? "It was cancelled"), h("p", {}, task.failure?.message ?? ""), details];
  const took = lasted(between(task.createdAt, task.finishedAt));
  return [
    h("h2", {}, `Done in ${took}`),
    ...task.images.map((image, number) => h("figure", {}, picture(image, task.input.prompt), h("div", { class: "row" }, pictureActions(task, number)),
      facts([["Made by", task.provider], ["Size", `${image.width} × ${image.height}, ${size(image.bytes)}`]]))),
    details,
  ];
}
