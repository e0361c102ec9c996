// The door: an API key, tried before it is believed.

import { call, session } from "./api.js";
import { $, h } from "./dom.js";

export function open(root, then) {
  const key = h("input", { id: "key", name: "key", type: "password", autocomplete: "off", spellcheck: "false", placeholder: "plt_…", required: true });
  const wrong = h("p", { class: "wrong", role: "alert", id: "wrong" }, session.why);
  const enter = h("button", { type: "submit", class: "main" }, "Sign in");
  const form = h("form", { class: "door", novalidate: true },
    h("h1", {}, "Pictures from a prompt"),
    h("p", {}, "Sign in with an API key of this Plantain. It stays in this tab and is forgotten when you close it."),
    h("label", { for: "key" }, "API key"), key, wrong, enter,
    h("p", { class: "aside" }, "No key yet? ", h("code", {}, "make run"), " prints one, ", h("code", {}, "make key OWNER=you"), " makes another."));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = key.value.trim();
    wrong.textContent = given ? "" : "Paste an API key first: it begins with plt_.";
    if (!given || !isHeader(given)) {
      if (given) wrong.textContent = "That is no API key: it begins with plt_ and has no spaces.";
      return key.focus();
    }
    enter.disabled = true;
    try {
      await call("GET", "v1/models", { key: given });
      session.enter(given);
      then();
    } catch (error) {
      wrong.textContent = error.status === 401 || error.status === 403 ? "This key is wrong, or was revoked." : error.message;
      enter.disabled = false;
      key.focus();
    }
  });
  root.replaceChildren(form);
  $("#key").focus();
}

const isHeader = (text) => /^[!-~]+$/.test(text);
