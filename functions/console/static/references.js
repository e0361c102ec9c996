// Reference pictures of a new task: by URL, or uploaded from this machine.

import { call } from "./api.js";
import { h, say } from "./dom.js";

const TYPES = ["image/png", "image/jpeg", "image/webp"];
const LARGEST = 10_000_000;

export function references(urls, changed, signal) {
  const held = urls.map((url) => ({ url, shown: visible(url) }));
  let uploading = 0;
  const list = h("ul", { class: "references" });
  const wrong = h("p", { class: "wrong", id: "wrong-imageUrls", role: "alert" });
  const address = h("input", { type: "url", id: "reference", placeholder: "https://…", autocomplete: "off", "aria-describedby": "wrong-imageUrls" });
  const file = h("input", { type: "file", id: "file", accept: TYPES.join(","), multiple: true, class: "hidden", tabindex: -1 });

  function draw() {
    list.replaceChildren(...held.map((each, number) =>
      h("li", {}, each.shown === null ? blank(number) : h("img", { src: each.shown, alt: `Reference ${number + 1}`, referrerpolicy: "no-referrer", onerror: (event) => event.target.replaceWith(blank(number)) }),
        h("button", { type: "button", class: "quiet", "aria-label": `Remove reference ${number + 1}`, onclick: () => drop(number) }, "✕"))));
    changed(held.map((each) => each.url));
  }

  function drop(number) {
    held.splice(number, 1);
    draw();
    address.focus();
  }

  function add() {
    const url = address.value.trim();
    if (!url) return;
    wrong.textContent = /^https?:\/\/\S+$/.test(url) ? "" : "A reference is a link that begins with https:// and has no spaces.";
    if (wrong.textContent) return address.focus();
    held.push({ url, shown: visible(url) });
    address.value = "";
    draw();
  }

  async function take(files) {
    const refused = [];
    uploading += 1;
    for (const each of files) {
      say(`Uploading ${each.name || "the picture"} …`);
      try {
        held.push({ url: await upload(each), shown: URL.createObjectURL(each) });
        say("Uploaded.");
      } catch (error) {
        refused.push(error.message);
        say(error.message);
      }
    }
    uploading -= 1;
    draw();
    wrong.textContent = [wrong.textContent, ...refused].filter(Boolean).join(" ");
  }

  address.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add();
  });
  address.addEventListener("change", add);
  file.addEventListener("change", () => take([...file.files]).then(() => (file.value = "")));
  const place = h("fieldset", { class: "imageUrls", "data-field": "imageUrls" },
    h("legend", {}, "References"), list,
    h("div", { class: "row" }, h("label", { for: "reference", class: "hidden" }, "Link to a picture"), address,
      h("button", { type: "button", onclick: () => file.click() }, "Upload …"), h("label", { for: "file", class: "hidden" }, "Pictures to upload"), file),
    wrong);
  // Wherever on the page it is dropped.
  addEventListener("drop", (event) => event.dataTransfer.files.length && take([...event.dataTransfer.files]), { signal });
  draw();
  return { place, take, busy: () => uploading > 0 };
}

// A link that leads to no picture which this page can show may still be one that a provider can fetch.
const blank = (number) => h("span", { class: "gone", role: "img", "aria-label": `Reference ${number + 1}, which cannot be shown here` }, "No preview");

// The page's policy lets it load no others.
const visible = (url) => (url.startsWith("https://") || url.startsWith(`${location.origin}/`) ? url : null);

async function upload(file) {
  if (!TYPES.includes(file.type)) throw new Error(`${file.name || "That"} is no PNG, JPEG or WebP.`);
  if (file.size > LARGEST) throw new Error(`${file.name || "That"} has more than 10 MB.`);
  const place = await call("POST", "v1/uploads", { body: { contentType: file.type, bytes: file.size } });
  const put = { method: place.method, headers: { "Content-Type": file.type }, body: file, credentials: "omit" };
  const answer = await fetch(place.uploadUrl, put).catch(() => ({ ok: false, status: "no answer" }));
  if (!answer.ok) throw new Error(`It was not uploaded (${answer.status}): may this page's origin write to the bucket? See CorsOrigins.`);
  return place.link;
}
