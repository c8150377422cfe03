// A Storage as browsers have it, with a lid that can be closed.
export class FakeStorage {
  #rows = new Map();
  full = false;
  get length() { return this.#rows.size; }
  key(i) { return [...this.#rows.keys()][i] ?? null; }
  getItem(key) { return this.#rows.get(key) ?? null; }
  removeItem(key) { this.#rows.delete(key); }
  setItem(key, value) {
    if (this.full) throw new Error("QuotaExceededError");
    this.#rows.set(key, String(value));
  }
}
