// How it goes: what needs a look, how long it takes, what it costs, and who calls back.

import { get } from "./api.js";
import { bars, meter } from "./charts.js";
import { every, h } from "./dom.js";
import { chip, empty, fill } from "./parts.js";
import { FAILURES, ago, count, dollars, lasted, percent } from "./words.js";

const REFRESH = 30;
const SPANS = { 1: "the last hour", 24: "the last day", 168: "the last week" };

export async function open(root, { signal }) {
  let hours = 24;
  const place = h("div", { class: "sums" });
  const look = async () => sums(await get(`v1/overview?hours=${hours}`, signal));
  const select = h("select", { id: "hours", onchange: () => {
    hours = Number(select.value);
    fill(place, look, signal);
  } }, Object.entries(SPANS).map(([value, label]) => h("option", { value, selected: Number(value) === hours }, label)));
  root.replaceChildren(h("div", { class: "row" }, h("h1", {}, "How it goes"), h("label", { for: "hours", class: "hidden" }, "Time"), select), place);
  await fill(place, look, signal);
  every(REFRESH, () => look().then((made) => place.replaceChildren(...made), () => {}), signal);
}

function sums(found) {
  const dead = Object.entries(found.deadLetters).filter(([, number]) => number > 0);
  const needs = attention(found, dead);
  if (!found.tasks) return [needs, empty("Nothing in this time", "As soon as something is ordered, it is summed up here.", h("a", { class: "button main", href: "#/create" }, "Create a picture"))];
  const whole = found.complete ? `The sum of all ${count(found.tasks, "task")} of this time.` : `The sum of the latest ${found.tasks} tasks; there were more.`;
  return [
    needs,
    tiles(found),
    h("section", { class: "card wide" }, h("h2", {}, "Ordered, and what became of it"), bars(found.spans), states(found)),
    providers(found),
    failures(found),
    h("p", { class: "aside" }, whole),
  ].filter(Boolean);
}

function attention({ attention: found }, dead) {
  if (!found.length && !dead.length) return h("section", { class: "card calm wide" }, h("h2", {}, "Nothing needs you"), h("p", {}, "No task is stuck, nothing was paid for in vain, and no dead letters lie about."));
  return h("section", { class: "card needs wide" }, h("h2", {}, "Needs a look"),
    h("ul", {}, dead.map(([name, number]) => h("li", {}, h("strong", {}, `${count(number, "dead letter")} of ${name}`), h("span", {}, "See docs/operations.md, then make redrive."))),
      found.map((each) => h("li", {}, h("a", { href: `#/tasks/${each.taskId}` }, FAILURES[each.why] ?? each.why), h("span", {}, ago(each.createdAt))))));
}

function tiles(found) {
  const { expected, arrived } = found.webhooks;
  const costs = found.providers.map((each) => each.cost);
  const known = costs.filter((cost) => cost !== null);
  return h("ul", { class: "tiles" },
    tile("Success", found.successRate === null ? "–" : percent(found.successRate), "of those that ended so"),
    tile("Half take", found.seconds ? lasted(found.seconds.p50) : "–", "from order to picture"),
    tile("Nearly all take", found.seconds ? lasted(found.seconds.p95) : "–", "95 of 100"),
    tile("Webhooks", expected ? percent(arrived / expected) : "–", expected ? `${arrived} of ${expected} arrived` : "none was expected"),
    tile("Cost", known.length ? dollars(known.reduce((sum, cost) => sum + cost, 0)) : "–", known.length === costs.length ? "by your prices" : "some prices are not set"));
}

const tile = (name, value, more) => h("li", { class: "card" }, h("h2", {}, name), h("p", { class: "number" }, value), h("small", {}, more));

const states = ({ status }) =>
  h("p", { class: "row" }, Object.entries(status).filter(([, number]) => number).map(([name, number]) => h("span", { class: "state" }, chip(name), ` ${number}`)));

const providers = ({ providers: found }) =>
  found.length === 0 ? null : h("section", { class: "card wide" }, h("h2", {}, "By provider"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "By provider" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Provider", "Tasks", "Success", "Half take", "95 of 100", "Webhooks", "Cost"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, found.map((each) => h("tr", {},
        h("th", { scope: "row" }, each.provider),
        h("td", {}, each.tasks),
        h("td", {}, each.successRate === null ? "–" : [percent(each.successRate), meter(each.successRate, `Success of ${each.provider}`)]),
        h("td", {}, each.seconds ? lasted(each.seconds.p50) : "–"),
        h("td", {}, each.seconds ? lasted(each.seconds.p95) : "–"),
        h("td", {}, each.webhooks.expected ? [percent(each.webhooks.arrived / each.webhooks.expected), meter(each.webhooks.arrived / each.webhooks.expected, `Webhooks of ${each.provider}`)] : "polled"),
        h("td", {}, each.cost === null ? "–" : dollars(each.cost))))))));

const failures = ({ failures: found }) =>
  found.length === 0 ? null : h("section", { class: "card wide" }, h("h2", {}, "Why tasks failed"), h("ul", { class: "failures" }, found.map(({ code, tasks }) => h("li", {}, h("span", {}, FAILURES[code] ?? code), h("span", {}, tasks)))));
