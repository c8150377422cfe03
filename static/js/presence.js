// Who else reads or types at an incident: said every five seconds while the page is looked at, heard over the socket.
import { get, post } from "./api.js";

const SAY_MS = 5000;
const TYPED_MS = 6000;
const DEAD_MS = 14_000;
const ME = document.documentElement.dataset.person ?? "";

export class Presence extends EventTarget {
  /** `form` is where one types; what is typed there is "typing". */
  constructor(live, form) {
    super();
    Object.assign(this, { live, id: null, people: new Map(), typedMs: -Infinity });
    form.addEventListener("input", () => this.type());
    live.addEventListener("connection", ({ detail: { isConnected } }) => (isConnected ? (this.listen(), this.ask()) : this.loseSoon()));
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? this.say() : this.leave()));
    setInterval(() => this.say(), SAY_MS);
    if (live.isConnected) (this.listen(), this.ask());
  }

  // The socket is there once the page is live.
  listen() {
    if (this.socket === this.live.socket) return;
    this.socket = this.live.socket;
    this.socket.on("presence", ({ incident, people }) => this.hear(incident, people));
  }

  /** The others at an incident: [{name, doing}]. */
  at(id) {
    return (this.people.get(id) ?? []).filter(({ name }) => name !== ME);
  }

  choose(id) {
    if (id === this.id) return;
    this.leave();
    Object.assign(this, { id, typedMs: -Infinity });
    this.say();
  }

  get doing() {
    return performance.now() - this.typedMs < TYPED_MS ? "typing" : "reading";
  }

  type() {
    const wasTyping = this.doing === "typing";
    this.typedMs = performance.now();
    if (!wasTyping) this.say();
  }

  async say(doing = this.doing, id = this.id) {
    if (id === null || document.visibilityState !== "visible") return;
    const answer = await this.tell(id, doing);
    if (answer && id === this.id) this.hear(id, answer.people);
  }

  leave() {
    if (this.id !== null) this.tell(this.id, "left");
  }

  // A word that does not come through is not repeated: the next follows in five seconds.
  async tell(id, doing) {
    return post(`/incidents/${id}/presence`, { doing }, { waits: [] }).catch(() => null);
  }

  async ask() {
    clearTimeout(this.dead);
    const { present } = await get("/presence").catch(() => ({ present: {} }));
    this.people = new Map(Object.entries(present).map(([id, people]) => [Number(id), people]));
    this.dispatchEvent(new CustomEvent("change"));
  }

  // Of a dead line nothing is known: nobody is said to be there.
  loseSoon() {
    clearTimeout(this.dead);
    this.dead = setTimeout(() => (this.people.clear(), this.dispatchEvent(new CustomEvent("change"))), DEAD_MS);
  }

  hear(id, people) {
    if (JSON.stringify(this.people.get(id) ?? []) === JSON.stringify(people)) return;
    people.length ? this.people.set(id, people) : this.people.delete(id);
    this.dispatchEvent(new CustomEvent("change"));
  }
}
