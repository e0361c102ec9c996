// The API, asked with the key that this tab was given; it is forgotten when the tab is closed.

const KEY = "plantain.key";

export const session = {
  get key() {
    return sessionStorage.getItem(KEY);
  },
  enter: (key) => sessionStorage.setItem(KEY, key),
  why: "",
  leave(why = "") {
    sessionStorage.removeItem(KEY);
    this.why = why;
    dispatchEvent(new Event("signedout"));
  },
};

export const UNREACHED = "The API cannot be reached. Is it still running?";

export class Problem extends Error {
  constructor(status, told) {
    super(told.detail ?? told.title ?? told.message ?? `The API answered ${status}.`);
    Object.assign(this, { status, code: told.code ?? "", errors: told.errors ?? [] });
  }
}

export async function call(method, path, { body, signal, headers = {}, key = session.key } = {}) {
  const sent = { Authorization: `Bearer ${key}`, ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  const options = { method, signal, headers: sent, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit" };
  const answer = await fetch(new URL(path, document.baseURI), options).catch((error) => {
    throw error.name === "AbortError" ? error : new Problem(0, { detail: UNREACHED });
  });
  const told = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  if ((answer.status === 401 || answer.status === 403) && key === session.key) session.leave("Your key is no longer accepted. It was revoked, or it expired.");
  throw new Problem(answer.status, told);
}

export const get = (path, signal) => call("GET", path, { signal });

// Nothing where there is nothing: a task may be deleted while one looks.
export const unlessGone = (error) => {
  if (error.status !== 404) throw error;
};

// A picture that this page already shows is cached without the bucket's leave to read it (CORS).
export async function bytes(image) {
  const answer = await fetch(image.url, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.blob();
}

const SOME = {};

// What hardly changes while a tab is open: asked for once.
export const once = (path) => (SOME[path] ??= get(path).catch((error) => {
  delete SOME[path];
  throw error;
}));

addEventListener("signedout", () => Object.keys(SOME).forEach((path) => delete SOME[path]));

// A name for one order, so that sending it again cannot buy it twice.
export const orderName = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
