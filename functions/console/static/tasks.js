// Every task, newest first, whatever became of it.

import { every, h } from "./dom.js";
import { Pager } from "./pager.js";
import { chip, empty, picture } from "./parts.js";
import { FAILURES, STATUS, ago, between, inFull, lasted } from "./words.js";

const A_PAGE = 50;
const REFRESH = 5;

export async function open(root, { signal }) {
  let status = "";
  const pager = new Pager({
    path: (cursor) => `v1/tasks?limit=${A_PAGE}${status && `&status=${status}`}${cursor ? `&cursor=${cursor}` : ""}`,
    draw: (tasks) => h("ul", { class: "rows" }, tasks.map(row)),
    none: () => (status ? empty("None of these", `No task is ${STATUS[status].toLowerCase()}.`) : empty("No tasks yet", "Every order is listed here, and what became of it.", h("a", { class: "button main", href: "#/create" }, "Create one"))),
    signal,
  });
  const filter = (value, label) =>
    h("label", {}, h("input", { type: "radio", name: "status", value, checked: value === status, onchange: () => {
      status = value;
      pager.cursors = [null];
      pager.load();
    } }), label);
  root.replaceChildren(h("h1", { class: "hidden" }, "Tasks"),
    h("fieldset", { class: "filters" }, h("legend", { class: "hidden" }, "Only"), filter("", "All"), Object.entries(STATUS).map(([value, label]) => filter(value, label))),
    ...pager.parts);
  await pager.load();
  // Only the first page changes by itself, and not under the hands of whoever is in it.
  every(REFRESH, () => pager.cursors.length === 1 && !pager.place.contains(document.activeElement) && pager.refresh(), signal);
}

const row = (task) =>
  h("li", {}, h("a", { href: `#/tasks/${task.taskId}` },
    h("span", { class: "thumb" }, task.images[0] && picture(task.images[0], "", { small: true })),
    h("span", { class: "prompt" }, task.input.prompt),
    chip(task.status),
    h("span", { class: "why" }, task.failure ? FAILURES[task.failure.code] : [task.model, task.provider].filter(Boolean).join(" · ")),
    h("time", { datetime: task.createdAt, title: inFull(task.createdAt) }, ago(task.createdAt)),
    h("span", { class: "took" }, task.finishedAt ? lasted(between(task.createdAt, task.finishedAt)) : "")));
