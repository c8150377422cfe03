// What the server sees in the view: asked when there are more incidents than a screen can hold as cards.
import { get } from "./api.js";
import { clusterMark, needsView, sorted } from "./clusters.js";
import { boxText, holds, sparing, widened } from "./layers.js";
import { numberText } from "./words.js";

const AT_MOST_ONCE_MS = 1000;
const SHARE = 0.5;

/** Tells "view" when there is a new answer; `isOn` says whether the picture is too large to be drawn from its cards. */
export class View extends EventTarget {
  /** `ask` fetches a path of the API; tests give their own. */
  constructor(map, live, ask = get) {
    super();
    Object.assign(this, { map, live, ask, asked: null, isOn: false, clusters: [], incidents: [] });
    this.askAgain = sparing(() => this.look(), AT_MOST_ONCE_MS);
    map.on("moveend", () => this.look());
    live.addEventListener("change", ({ detail }) => this.hear(detail));
  }

  hear({ changed, isSnapshot, isMore }) {
    this.isOn = needsView(this.live.picture);
    if (!this.isOn || isMore || !(isSnapshot || changed.incidents.size)) return;
    if (this.asked) this.asked.isOld = true;
    this.askAgain();
  }

  look() {
    if (this.isOn && !this.isAsked()) this.fetch();
  }

  // A map that opens finds its place in a few steps: what was asked for the first holds the others.
  isAsked() {
    const { asked } = this;
    return asked !== null && !asked.isOld && asked.zoom === this.map.getZoom() && holds(asked.box, this.view());
  }

  view() {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  async fetch() {
    const [box, zoom] = [widened(this.view(), SHARE), this.map.getZoom()];
    const asked = (this.asked = { box, zoom, isOld: false });
    this.leaving?.abort();
    const leaving = (this.leaving = new AbortController());
    try {
      const answer = await this.ask(`/view?bbox=${boxText(box)}&zoom=${zoom}&layers=incidents&state=open`, { signal: leaving.signal });
      if (!leaving.signal.aborted) this.take(answer);
    } catch (problem) {
      if (problem.name !== "AbortError") asked.isOld = true; // the old marks stay; the next move asks again
    }
  }

  take(answer) {
    const { clusters, cards } = sorted(answer);
    const marks = clusters.map((one, place) => clusterMark(one, place, numberText));
    Object.assign(this, { clusters: marks, incidents: cards.incidents, total: answer.total });
    this.dispatchEvent(new Event("view"));
  }
}
