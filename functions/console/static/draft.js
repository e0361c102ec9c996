// What the form is to begin with: again, a variation, or what was in it. Kept in this page only.

let next = null;

export function begin(draft) {
  next = draft;
  location.hash = "#/create";
}

// What is not ordered yet waits for whoever comes back; what was asked for meanwhile goes first.
export const keep = (draft) => (next ??= draft);

addEventListener("signedout", () => (next = null));

export function take() {
  const taken = next ?? {};
  next = null;
  return taken;
}
