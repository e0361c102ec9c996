// What can be done with a picture and its task.

import { bytes, call, get } from "./api.js";
import { begin } from "./draft.js";
import { h, say } from "./dom.js";
import { careful } from "./parts.js";

export const again = (task) => begin({ model: task.model, ...task.input });

// A variation starts from the picture: by its link where the world can see it, else by a copy.
export function vary(task, image) {
  const seen = image.link?.startsWith("https://");
  begin({ model: task.model, ...task.input, imageUrls: seen ? [image.link] : [], from: seen ? null : image });
}

// Where the browser keeps the clipboard to itself, whoever asked copies it by hand.
export async function copyLink(image) {
  try {
    await navigator.clipboard.writeText(image.link);
    say("The link is copied. It needs no key, and lasts as long as the task.");
  } catch {
    prompt("Copy the link:", image.link);
  }
}

// By its bytes where the bucket lets this page have them; else in a tab, to be saved from there.
// Its address is asked for anew, since it holds for a quarter of an hour only.
export async function download({ taskId }, number) {
  const task = await get(`v1/tasks/${taskId}`).catch((error) => say(error.status === 404 ? "It was deleted meanwhile." : error.message));
  if (!task) return;
  const image = task.images[number];
  const link = h("a", { download: `${task.taskId}-${number}.${image.contentType.split("/")[1]}` });
  try {
    link.href = URL.createObjectURL(await bytes(image));
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch {
    Object.assign(link, { href: image.url, target: "_blank", rel: "noopener noreferrer" });
  }
  link.click();
}

export const remover = (task, then) =>
  careful("Delete", "Delete it for good?", async (button) => {
    button.disabled = true;
    try {
      await call("DELETE", `v1/tasks/${task.taskId}`);
      then();
      say("It is gone, with its pictures.");
    } catch (error) {
      button.disabled = false;
      say(error.code === "task_running" ? error.message : `It was not deleted: ${error.message}`);
    }
  });

export const pictureActions = (task, number) => [
  h("button", { type: "button", onclick: () => download(task, number) }, "Download"),
  h("button", { type: "button", onclick: () => copyLink(task.images[number]) }, "Copy link"),
  h("button", { type: "button", onclick: () => again(task) }, "Again"),
  h("button", { type: "button", onclick: () => vary(task, task.images[number]) }, "Vary"),
];
