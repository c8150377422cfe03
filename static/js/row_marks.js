// What casework adds to a row of the queue: an eye where somebody else is, and what is late to be done.
import { now, onTick } from "./clock.js";
import { fill, h, icon } from "./dom.js";
import { lateTasks } from "./panel/task_words.js";
import { listed, t } from "./words.js";

const LOOK_AGAIN_S = 5;

export class RowMarks {
  constructor(live, queue, presence) {
    Object.assign(this, { live, queue, presence });
    queue.addEventListener("painted", () => this.draw());
    presence.addEventListener("change", () => this.draw());
    live.addEventListener("change", ({ detail: { changed } }) => changed.tasks.size && this.draw());
    onTick((moment) => Math.floor(moment / 1000) % LOOK_AGAIN_S === 0 && this.draw());
  }

  draw() {
    const groups = grouped(this.live.picture.tasks.values());
    for (const row of this.queue.list.children) this.mark(row, Number(row.dataset.id), groups);
  }

  mark(row, id, groups) {
    const people = this.presence.at(id);
    const late = lateTasks(groups.get(id) ?? [], now());
    const signature = JSON.stringify([people, late]);
    if (row.dataset.marks === signature || (!row.dataset.marks && !people.length && !late.count)) return;
    row.dataset.marks = signature;
    const place = row.querySelector(".queue-marks") ?? row.querySelector(".queue-place").appendChild(h("span.queue-marks"));
    fill(place, ...(people.length ? [eye(people)] : []), ...(late.count ? [h("span.queue-task.bad", { title: late.words }, icon("checkbox"), ` ${late.words}`)] : []));
  }
}

function eye(people) {
  const names = people.map(({ name }) => name);
  const words = people.some(({ doing }) => doing === "typing") ? t("{names} mengetik", { names: listed(names) }) : t("{names} membaca", { names: listed(names) });
  return h("span.queue-eye", { title: words }, icon("eye"), h("span", {}, names.length > 2 ? String(names.length) : names.join(", ")));
}

function grouped(tasks) {
  const groups = new Map();
  for (const task of tasks) groups.has(task.incident_id) ? groups.get(task.incident_id).push(task) : groups.set(task.incident_id, [task]);
  return groups;
}
