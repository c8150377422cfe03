// One incident in the queue: built once, then only what changed is written.
import { ageMark, setMark } from "./ages.js";
import { h, icon, setText } from "./dom.js";
import { INCIDENT_STATES, PRIORITIES, named, typeIcon, typeName } from "./names.js";
import { t } from "./words.js";

export class QueueRow {
  constructor(id) {
    this.id = id;
    this.prio = h("span.prio");
    this.type = h("b.queue-type");
    this.kind = h("span.queue-kind", {}, icon("alert-triangle"), this.type);
    this.calls = h("span.chip.chip-blue.chip-square");
    this.age = ageMark(new Date(0).toISOString(), "time.queue-age.num");
    this.units = h("span.queue-units");
    this.where = h("span");
    this.number = h("span.queue-number");
    this.place = h("span.queue-place", {}, this.where, " · ", this.number);
    this.why = h("span.queue-why");
    this.element = h("li.queue-row", { id: `row-${id}`, role: "option", data: { id } },
      this.prio,
      h("span.queue-head", {}, this.kind, this.calls),
      this.age, this.place, this.units, this.why);
  }

  show({ incident, standing, unitCount }, isChosen, isGone) {
    this.look = `queue-row edge-${incident.priority}${standing.isBreach ? " is-late" : ""}${isGone ? " is-gone" : ""}`;
    this.mark(isChosen);
    this.showHead(incident);
    this.showSides(incident, unitCount);
    setText(this.why, isGone ? t("selesai atau keluar dari saringan") : standing.rowWords);
    this.why.classList.toggle("bad", standing.isBreach);
  }

  mark(isChosen) {
    const look = isChosen ? `${this.look} is-chosen` : this.look;
    if (this.element.className === look) return;
    this.element.className = look;
    this.element.setAttribute("aria-selected", String(isChosen));
  }

  showHead(incident) {
    const { prio } = this;
    const look = `prio prio-${incident.priority}`;
    if (prio.className !== look) prio.className = look;
    setText(prio, incident.priority.slice(1));
    prio.title = `${incident.priority} ${named(PRIORITIES, incident.priority)}`;
    if (this.shownType !== incident.type) this.kind.firstChild.replaceWith(icon(typeIcon(incident.type)));
    this.shownType = incident.type;
    setText(this.type, typeName(incident.type));
    setText(this.calls, incident.calls > 1 ? t("×{n} laporan", { n: incident.calls }) : "");
    this.calls.hidden = incident.calls < 2;
  }

  showSides(incident, unitCount) {
    setMark(this.age, { since: incident.opened_at });
    setText(this.where, incident.place || t("tempat belum diketahui"));
    setText(this.number, incident.number);
    setText(this.units, unitCount ? t("{n} satuan", { n: unitCount }) : named(INCIDENT_STATES, incident.state));
    this.units.title = named(INCIDENT_STATES, incident.state);
  }
}
