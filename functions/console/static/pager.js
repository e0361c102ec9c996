// A long list, a page at a time: however many tasks there are, only so many are drawn.

import { get } from "./api.js";
import { h, signature } from "./dom.js";
import { fill } from "./parts.js";

export class Pager {
  // `path` of the cursor gives a page's address; `draw` its elements, or what stands for none.
  constructor({ path, draw, none, signal }) {
    Object.assign(this, { path, draw, none, signal });
    this.cursors = [null];
    this.next = null;
    this.turn = 0;
    this.place = h("div", { class: "page", "aria-live": "off" });
    this.newer = h("button", { type: "button", onclick: () => this.go(-1) }, "← Newer");
    this.older = h("button", { type: "button", onclick: () => this.go(1) }, "Older →");
    this.where = h("span", { class: "where" });
    this.controls = h("nav", { class: "pager", "aria-label": "Pages" }, this.newer, this.where, this.older);
    this.controls.hidden = true;
  }

  get parts() {
    return [this.place, this.controls];
  }

  async go(step) {
    if (step > 0) this.cursors.push(this.next);
    else if (step < 0) this.cursors.pop();
    await this.load();
    this.place.scrollIntoView({ block: "start" });
    this.place.querySelector("a, button")?.focus({ preventScroll: true });
  }

  // Drawn once more where it stands, without a flicker; what cannot be had now stays as it is.
  async refresh() {
    const { turn } = this;
    const found = await this.#page().catch(() => null);
    if (!found || this.signal.aborted || turn !== this.turn || seen(found) === this.seen) return;
    this.place.replaceChildren(...this.#drawn(found));
  }

  // Nobody goes further until this page is known, nor does a page that comes late replace it.
  load() {
    const turn = ++this.turn;
    this.newer.disabled = this.older.disabled = true;
    return fill(this.place, async () => {
      const found = await this.#page();
      return turn === this.turn ? this.#drawn(found) : [];
    }, this.signal);
  }

  // A filter may leave a page empty while there is more behind it.
  async #page() {
    let found = await get(this.path(this.cursors.at(-1)), this.signal);
    while (!found.tasks.length && found.cursor) found = await get(this.path(found.cursor), this.signal);
    return found;
  }

  #drawn({ tasks, cursor }) {
    this.next = cursor;
    this.seen = seen({ tasks, cursor });
    this.newer.disabled = this.cursors.length === 1;
    this.older.disabled = cursor === null;
    this.where.textContent = `Page ${this.cursors.length}`;
    this.controls.hidden = this.newer.disabled && this.older.disabled;
    return [tasks.length ? this.draw(tasks) : this.none()].flat();
  }
}

// The same tasks read otherwise a minute later: "2 min ago".
const seen = ({ tasks }) => signature(tasks) + Math.floor(Date.now() / 60000);
