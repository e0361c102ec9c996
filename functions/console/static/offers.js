// Who can make a request, by the limits that GET /v1/models tells: what the API itself will check.

const chosen = (value, allowed) => value === null || allowed.includes(value);
const some = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

const CHECKS = [
  {
    field: "prompt",
    fits: (offer, r) => r.prompt.trim() !== "" && length(r.prompt) >= offer.prompt.minimum && length(r.prompt) <= offer.prompt.maximum,
    says: (offer) => `takes prompts of ${offer.prompt.minimum} to ${offer.prompt.maximum.toLocaleString()} characters`,
  },
  {
    field: "imageUrls",
    fits: (offer, r) => offer.modes.includes(r.imageUrls.length ? "image-to-image" : "text-to-image") && r.imageUrls.length <= offer.imageUrls.maximum,
    says: (offer) => offer.imageUrls.minimum ? `needs 1 to ${some(offer.imageUrls.maximum, "reference")}` : `takes up to ${some(offer.imageUrls.maximum, "reference")}`,
  },
  {
    field: "imageUrls",
    fits: (offer, r) => !offer.imageUrls.endings.length || r.imageUrls.every((url) => offer.imageUrls.endings.some((ending) => url.toLowerCase().endsWith(ending))),
    says: (offer) => `takes references that end in ${offer.imageUrls.endings.join(" ")}`,
  },
  { field: "aspectRatio", fits: (offer, r) => chosen(r.aspectRatio, offer.aspectRatio), says: () => "does not make this shape" },
  { field: "resolution", fits: (offer, r) => chosen(r.resolution, offer.resolution), says: (offer) => offer.resolution.length ? `makes ${offer.resolution.join(", ")}` : "has no choice of resolution" },
  { field: "outputFormat", fits: (offer, r) => chosen(r.outputFormat, offer.outputFormat), says: (offer) => offer.outputFormat.length ? `gives ${offer.outputFormat.join(", ")}` : "has no choice of format" },
  { field: "routing", fits: (offer, r) => !r.routing || offer.routing.includes(r.routing), says: () => "has no official channel" },
];

// The API counts characters, not halves of them.
export const length = (text) => [...text].length;

export const misfits = (offer, request) => CHECKS.filter((check) => !check.fits(offer, request)).map((check) => ({ field: check.field, text: check.says(offer) }));

// Every provider of the model, those that can make it first and in the order in which they are tried.
export function judge(model, request) {
  const offers = model.providers
    .filter((offer) => !request.provider || offer.provider === request.provider)
    .map((offer) => ({ offer, wrong: misfits(offer, request) }));
  if (request.routing === "value") offers.sort((a, b) => (a.offer.price ?? Infinity) - (b.offer.price ?? Infinity));
  return [...offers.filter((each) => !each.wrong.length), ...offers.filter((each) => each.wrong.length)];
}

// The fields that nobody can make as they are; where each fails another one, all of those.
export function faults(judged) {
  if (judged.some((each) => !each.wrong.length)) return [];
  const failing = CHECKS.map((check) => check.field).filter((field, n, all) => all.indexOf(field) === n && judged.some((each) => fails(each, field)));
  const shared = failing.filter((field) => judged.every((each) => fails(each, field)));
  return (shared.length ? shared : failing).map((field) => ({ field, text: told(judged, field) }));
}

const fails = (each, field) => each.wrong.some((one) => one.field === field);

const told = (judged, field) =>
  judged.flatMap((each) => each.wrong.filter((one) => one.field === field).map((one) => `${each.offer.provider} ${one.text}`)).join("; ");

export const union = (model, name) => [...new Set(model.providers.flatMap((offer) => offer[name]))];
