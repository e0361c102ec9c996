// How numbers, times and states are told.

export const STATUS = {
  queued: "Queued",
  processing: "Being made",
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const FAILURES = {
  content_moderation: "The provider's moderation refused it",
  invalid_input: "The provider cannot make this request",
  invalid_image: "A reference cannot be used",
  insufficient_credits: "The account has no credits left",
  provider_refused: "No provider takes it",
  provider_error: "The provider failed",
  provider_timeout: "The provider took too long",
  provider_cancelled: "The provider cancelled it",
  result_invalid: "The picture was broken",
  result_unavailable: "The picture could not be fetched in time",
  deadline_exceeded: "It ran out of time",
  charge_unknown: "Perhaps charged, never heard of again",
  late_success: "Paid for, and made too late",
  slow: "Slower than it should be",
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const atClock = (iso) => clock.format(new Date(iso));
export const atDay = (iso) => day.format(new Date(iso));
export const inFull = (iso) => whole.format(new Date(iso));

export function ago(iso) {
  const seconds = Math.max(0, (Date.now() - new Date(iso)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return atDay(iso);
}

export function lasted(seconds) {
  if (seconds < 0.95) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  if (seconds < 7170) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const between = (from, to) => (new Date(to) - new Date(from)) / 1000;

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export const dollars = (amount) => `$${amount < 1 ? amount.toFixed(3).replace(/0$/, "") : amount.toFixed(2)}`;

export const percent = (share) => `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;

export const count = (number, one, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;
