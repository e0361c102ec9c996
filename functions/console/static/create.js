// The form of a new task, and what becomes of it.

import { bytes, call, once, orderName, unlessGone } from "./api.js";
import { choice, shapes, sizes } from "./choices.js";
import { keep, take } from "./draft.js";
import { $, h, say } from "./dom.js";
import { faults, judge, length, union } from "./offers.js";
import { inShort, shown, whoMakes } from "./made.js";
import { fill } from "./parts.js";
import { follow } from "./progress.js";
import { references } from "./references.js";
import { dollars } from "./words.js";

// A double click is one order, and so is a key that is held down.
const A_BREATH = 1000;
const UPLOADING = { field: "imageUrls", text: "Wait until the reference is uploaded." };
// The last order from this page: whoever comes back sees how it stands.
let latest = null;

addEventListener("signedout", () => (latest = null));

export async function open(root, { signal }) {
  await fill(root, async () => new Form(await once("v1/models"), take(), signal).parts, signal);
  $("#prompt")?.focus();
}

class Form {
  constructor({ models }, draft, signal) {
    this.models = models.filter((model) => model.providers.length);
    this.signal = signal;
    this.name = orderName();
    this.wanted = {
      model: this.models.some((each) => each.model === draft.model) ? draft.model : this.models[0]?.model,
      prompt: draft.prompt ?? "",
      aspectRatio: draft.aspectRatio ?? null,
      resolution: draft.resolution?.toUpperCase() ?? null,
      outputFormat: draft.outputFormat ?? null,
      imageUrls: [],
      routing: draft.routing ?? "",
      provider: draft.provider ?? "",
    };
    signal.addEventListener("abort", () => keep(this.wanted));
    this.result = h("section", { class: "result", "aria-label": "Result" }, this.#nothing());
    this.form = h("form", { class: "order", novalidate: true }, this.#fields(draft));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    this.form.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat && this.submit());
    this.parts = this.models.length ? [h("h1", { class: "hidden" }, "Create a picture"), this.form, this.result] : [noProvider()];
    this.check();
    if (latest) this.#follow();
  }

  get model() {
    return this.models.find((each) => each.model === this.wanted.model) ?? { providers: [] };
  }

  #fields(draft) {
    const text = h("textarea", { id: "prompt", rows: 5, value: this.wanted.prompt, placeholder: "A plantain in sunglasses, on a beach at dusk", "aria-describedby": "wrong-prompt count", oninput: () => this.want({ prompt: text.value }) });
    this.first = h("span", {});
    this.count = h("span", { class: "count", id: "count" });
    this.shape = h("div", { class: "pair" });
    this.who = h("section", { class: "who", "aria-label": "Who makes it" });
    this.routing = h("select", { id: "routing", onchange: () => this.route(this.routing.value) });
    this.button = h("button", { type: "submit", class: "main" }, "Make it");
    this.references = references(draft.imageUrls ?? [], (imageUrls) => this.want({ imageUrls }), this.signal);
    if (draft.from) this.#copy(draft.from);
    this.#redraw();
    return [
      h("div", { class: "field", "data-field": "prompt" }, h("label", { for: "prompt" }, "Prompt"), text, this.count, h("p", { class: "wrong", id: "wrong-prompt" })),
      h("div", { class: "row end" }, h("span", { class: "aside first" }, this.first), h("kbd", {}, "Ctrl Enter"), this.button),
      h("p", { class: "wrong", id: "wrong-form", role: "alert" }),
      choice("model", "Model", this.models.map(({ model, providers }) => ({ value: model, label: model, detail: cheapest(providers) })), this.wanted.model, (model) => this.want({ model }, true)),
      this.shape,
      this.references.place,
      h("div", { class: "field", "data-field": "routing" }, h("label", { for: "routing" }, "Made by"), this.routing, h("p", { class: "wrong", id: "wrong-routing" })),
      this.who,
    ];
  }

  async #copy(image) {
    try {
      await this.references.take([new File([await bytes(image)], "the picture", { type: image.contentType })]);
    } catch {
      say("The picture could not be copied; add it as a reference yourself.");
    }
  }

  #redraw() {
    const { aspectRatio, resolution, outputFormat } = this.wanted;
    const formats = [{ value: null, label: "Any" }, ...union(this.model, "outputFormat").map((value) => ({ value, label: value }))];
    this.shape.replaceChildren(
      choice("aspectRatio", "Shape", shapes(union(this.model, "aspectRatio")), aspectRatio, (value) => this.want({ aspectRatio: value })),
      choice("resolution", "Resolution", sizes(union(this.model, "resolution")), resolution, (value) => this.want({ resolution: value })),
      choice("outputFormat", "Format", formats, outputFormat, (value) => this.want({ outputFormat: value })));
    const option = (value, label) => h("option", { value, selected: value === (this.wanted.provider || this.wanted.routing) }, label);
    this.routing.replaceChildren(option("", "Whoever can, in my order"), option("value", "The cheapest"), option("official", "An official channel"),
      ...this.model.providers.map((offer) => option(offer.provider, `Only ${offer.provider}`)));
  }

  want(change, anew = false) {
    Object.assign(this.wanted, change);
    this.name = orderName();
    if (anew) {
      this.wanted.provider = this.wanted.routing = "";
      for (const name of ["aspectRatio", "resolution", "outputFormat"])
        if (!union(this.model, name).includes(this.wanted[name])) this.wanted[name] = null;
      this.#redraw();
    }
    if (this.parts) this.check();
  }

  route(value) {
    const isProvider = this.model.providers.some((offer) => offer.provider === value);
    this.want({ provider: isProvider ? value : "", routing: isProvider ? "" : value });
  }

  // Live: by the limits that the API told, in the words it would use itself.
  check() {
    const most = Math.max(0, ...this.model.providers.map((offer) => offer.prompt.maximum));
    this.count.textContent = `${length(this.wanted.prompt).toLocaleString()} of ${most.toLocaleString()}`;
    const untouched = this.wanted.prompt === "";
    const judged = judge(this.model, untouched ? { ...this.wanted, prompt: "a prompt" } : this.wanted);
    this.first.textContent = inShort(judged);
    this.who.replaceChildren(...whoMakes(judged));
    const found = faults(judged);
    this.tell(found);
    return untouched ? [{ field: "prompt", text: "Say first what is to be seen." }, ...found] : found;
  }

  tell(found) {
    for (const place of this.form.querySelectorAll(".wrong")) {
      const fault = found.find(({ field }) => place.id === `wrong-${field}`);
      place.textContent = fault?.text ?? "";
      for (const control of place.parentElement.querySelectorAll("textarea, input:not([type=file]), select"))
        if (fault) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
    }
  }

  async submit() {
    const found = [...(this.references.busy() ? [UPLOADING] : []), ...this.check()];
    if (found.length) {
      this.tell(found);
      say(found[0].text);
      return this.form.querySelector(`[data-field=${found[0].field}]`)?.querySelector("textarea, input, select").focus();
    }
    if (this.#pressedAlready()) return;
    this.button.setAttribute("aria-disabled", "true");
    try {
      const task = await call("POST", "v1/tasks", { body: this.#body(), headers: { "Idempotency-Key": this.name } });
      this.name = orderName();
      latest = { ...task, began: Date.now() };
      this.#follow();
      this.result.scrollIntoView({ block: "nearest" });
    } catch (error) {
      this.tell(error.errors?.length ? error.errors.map(fieldOf) : [{ field: "form", text: error.message }]);
      say(error.message);
    } finally {
      this.button.removeAttribute("aria-disabled");
    }
  }

  #pressedAlready() {
    const before = this.pressed ?? 0;
    this.pressed = Date.now();
    return this.button.hasAttribute("aria-disabled") || this.pressed - before < A_BREATH;
  }

  #body() {
    const { model, provider, routing, prompt, ...more } = this.wanted;
    const input = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null && value.length));
    return { model, input: { prompt, ...input }, ...(provider && { provider }), ...(routing && { routing }) };
  }

  async #follow() {
    const task = latest;
    const place = h("div", { class: "progress" });
    const stays = h("a", { href: `#/tasks/${task.taskId}` }, "See what is happening");
    this.result.replaceChildren(h("h2", {}, "On its way"), h("p", { class: "prompt" }, task.input.prompt), place, h("p", {}, stays));
    await fill(place, async () => {
      const typical = (await once("v1/overview").catch(() => null))?.seconds;
      const ended = await follow(task, typical, place, this.signal).catch(unlessGone);
      if (task === latest && !this.signal.aborted) this.#end(ended);
      return [];
    }, this.signal);
  }

  #end(task) {
    if (!task) latest = null;
    this.result.replaceChildren(...(task ? shown(task) : [this.#nothing()]));
  }

  #nothing() {
    return h("div", { class: "empty" }, h("p", { class: "large" }, "Your picture appears here"), h("p", {}, "It is kept in your own bucket, whoever makes it."));
  }
}

const fieldOf = (error) => {
  const field = error.field.replace(/^input\./, "").split(".")[0];
  const known = ["prompt", "imageUrls", "aspectRatio", "resolution", "outputFormat", "routing"].includes(field);
  const text = `${error.message}${error.allowed?.length ? ` – ${error.allowed.join(", ")}` : ""}`;
  return { field: known ? field : field === "provider" ? "routing" : "form", text };
};

const cheapest = (providers) => {
  const prices = providers.map((offer) => offer.price).filter((price) => price !== null);
  return prices.length ? `from ${dollars(Math.min(...prices))}` : null;
};

const noProvider = () =>
  h("div", { class: "empty" }, h("p", { class: "large" }, "No provider is set up yet"), h("p", {}, "Whoever runs this API sets a provider's key with make provider; within five minutes its models are here."));
