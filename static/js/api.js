// The door to /api/v1: a problem is a sentence, and a POST keeps its uid however often the network fails.
const ROOT = "/api/v1";
const PATIENCE_MS = 8000;
const WAITS_MS = [300, 1000, 2000, 4000];
const WORTH_RETRYING = new Set([0, 502, 503, 504]);

/** What the server, or the lack of one, said: `message` is a sentence for the operator; `field` and `allowed` where known. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.title = body.title ?? "";
    this.field = body.field ?? null;
    this.allowed = body.allowed ?? null;
    this.body = body;
  }
}

/** A UUID made here; `crypto.randomUUID` exists only on https and localhost, and a command room has neither. */
export function newUid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const get = (path, options) => ask("GET", path, null, options);

/** POST with a uid that stays the same through every retry, so that a repeated submission is harmless. */
export async function post(path, fields = {}, options = {}) {
  const body = { uid: newUid(), ...fields };
  for (const wait of [...(options.waits ?? WAITS_MS), null]) {
    try {
      return await ask("POST", path, body, options);
    } catch (problem) {
      if (wait === null || !WORTH_RETRYING.has(problem.status)) throw problem;
      await sleep(wait);
    }
  }
}

/** PUT a whole thing in the place of what stands; sent once. */
export const put = (path, fields = {}, options) => ask("PUT", path, { uid: newUid(), ...fields }, options);

const FILE_PATIENCE_MS = 120_000; // a photograph over a thin line

/** POST a file with its fields as a form; sent once, the outbox asks again. */
export const postFile = (path, fields, file, options = {}) => ask("POST", path, withFile(fields, file), { patience: FILE_PATIENCE_MS, ...options });

function withFile(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) form.append(name, value);
  form.append("file", file);
  return form;
}

/** What a path answers with, as bytes: a sound, a file. */
export async function askBlob(method, path, body = null, options = {}) {
  const response = await reach(method, path, body, options);
  if (response.ok) return response.blob();
  throw new Problem(response.status, (await readJson(response)) ?? {});
}

async function ask(method, path, body, options = {}) {
  const response = await reach(method, path, body, options);
  const answer = await readJson(response);
  if (response.ok) return answer;
  if (response.status === 401) globalThis.dispatchEvent?.(new CustomEvent("posko:unknown"));
  throw new Problem(response.status, answer ?? {});
}

async function reach(method, path, body, { signal, patience = PATIENCE_MS } = {}) {
  try {
    return await fetch(ROOT + path, {
      method,
      credentials: "same-origin",
      headers: headers(method, body),
      body: body && (isForm(body) ? body : JSON.stringify(body)),
      signal: anyOf(signal, patience),
    });
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new Problem(0, { title: "unreachable", detail: unreachable() });
  }
}

// The browser itself says how a form is cut into parts.
function headers(method, body) {
  const common = { Accept: "application/json" };
  if (method === "GET") return common;
  return { ...common, ...(isForm(body) ? {} : { "Content-Type": "application/json" }), "X-CSRF-Token": csrf() };
}

const isForm = (body) => body instanceof FormData;

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

let sayUnreachable = null;
/** Lets the page give the sentence in its own language. */
export const setUnreachableWords = (words) => { sayUnreachable = words; };
const unreachable = () => sayUnreachable?.() ?? "Server tidak menjawab. Yang Anda tulis belum tersimpan; coba lagi.";

function anyOf(signal, patience) {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), patience);
  signal?.addEventListener("abort", () => limit.abort(), { once: true });
  return limit.signal;
}

async function readJson(response) {
  const text = await response.text();
  try { return text ? JSON.parse(text) : null; } catch { return null; }
}
