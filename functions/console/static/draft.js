// What the form is to begin with: again, or a variation. Kept in this page only.

let next = null;

export function begin(draft) {
  next = draft;
  location.hash = "#/create";
}

export function take() {
  const taken = next ?? {};
  next = null;
  return taken;
}
