// What of a long queue is not on this screen yet: its next page, what passes a filter, the one that was asked for.
import { get } from "./api.js";
import { restOf } from "./picture.js";

const PAGE = 100;

/** The filters as the server takes them, what is usual left out: "show=late&q=keruak". */
export function wordsOf({ show = "open", q = "", ...narrow } = {}) {
  const said = { show: show === "open" ? "" : show, q: q.trim(), ...narrow };
  return new URLSearchParams(Object.entries(said).filter(([, word]) => word)).toString();
}

export class Rest {
  /** `ask` fetches a path of the API; tests give their own. */
  constructor(live, ask = get) {
    Object.assign(this, { live, ask, reached: new Map(), isAsking: false });
    live.addEventListener("change", ({ detail: { isSnapshot } }) => isSnapshot && this.reached.clear());
  }

  /** How many open incidents the picture does not hold. */
  get count() {
    return restOf(this.live.picture);
  }

  /** The place behind which these filters go on; null when everything they let pass is here. */
  after(filters) {
    const { until } = this.live.picture.queue;
    const words = wordsOf(filters);
    return until === null || !words || !this.reached.has(words) ? until : this.reached.get(words);
  }

  hasMore(filters) {
    return this.count > 0 && this.after(filters) !== null;
  }

  /** Fetch the next page under these filters, one at a time; a failure is for the next wish. */
  async more(filters) {
    if (this.isAsking || !this.hasMore(filters)) return;
    this.isAsking = true;
    try {
      await this.fetch(wordsOf(filters), this.after(filters));
    } catch {
      // the red band tells when the line is gone
    } finally {
      this.isAsking = false;
    }
  }

  async fetch(words, after) {
    const query = new URLSearchParams(words);
    query.set("after", after);
    query.set("limit", PAGE);
    const page = await this.ask(`/queue?${query}`);
    if (words) this.reached.set(words, page.until);
    this.live.add(words ? { seq: page.seq, incidents: page.incidents } : page);
  }

  /** The incident of this number into the picture; whether it had to be fetched and is still open. */
  async bring(id) {
    if (this.live.picture.incidents.has(id) || !this.count) return false;
    const whole = await this.ask(`/incidents/${id}`).catch(() => null);
    if (!whole || whole.incident.gone) return false;
    this.live.add({ seq: whole.seq, incidents: [whole.incident] });
    return true;
  }
}
