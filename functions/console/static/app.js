// Which screen is shown: the address after # says so, and each one is loaded when first asked for.

import { session, UNREACHED } from "./api.js";
import { $ } from "./dom.js";
import { trouble } from "./parts.js";
import { open as openDoor } from "./signin.js";

const SCREENS = {
  create: ["Create", () => import("./create.js")],
  gallery: ["Gallery", () => import("./gallery.js")],
  tasks: ["Tasks", () => import("./tasks.js")],
  task: ["Task", () => import("./task.js")],
  overview: ["Overview", () => import("./overview.js")],
};
let leaving = new AbortController();

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const root = $("#screen");
  const [name, argument] = place();
  for (const part of [$("#screens"), $("#leave")]) part.hidden = !session.key;
  if (!session.key) return openDoor(root, show);
  const [title, load] = SCREENS[name];
  document.title = `${title} – Plantain`;
  mark(name === "task" ? "tasks" : name);
  try {
    const screen = await load().catch(() => {
      throw new Error(UNREACHED);
    });
    if (signal.aborted) return;
    root.className = name;
    root.replaceChildren();
    await screen.open(root, { argument, signal });
  } catch (error) {
    if (!signal.aborted) root.replaceChildren(trouble(error, show));
  }
}

function place() {
  const [, name, argument] = location.hash.split("/");
  if (name === "tasks" && argument) return ["task", argument];
  return [Object.hasOwn(SCREENS, name) && name !== "task" ? name : "create", null];
}

function mark(name) {
  for (const link of document.querySelectorAll("#screens a"))
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

addEventListener("hashchange", async () => {
  await show();
  scrollTo(0, 0);
  $("#screen").focus({ preventScroll: true });
});
addEventListener("signedout", show);
// A file that is dropped would otherwise be shown in place of this page.
for (const name of ["dragover", "drop"])
  addEventListener(name, (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
$("#leave").addEventListener("click", () => session.leave());
$("#skip").addEventListener("click", () => $("#screen").focus());
show();
