// The field page's own logic: what was pressed without a network counts on the screen, and is said to wait.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsOfUnit, pathOf, taskOf, tasksOfUnit } from "../../static/js/field_tasks.js";

const TABLE = {
  assigned: ["acknowledge", "depart", "arrive", "transport", "deliver", "obstruct", "mayday", "clear", "cancel"],
  acknowledged: ["depart", "arrive", "transport", "deliver", "obstruct", "mayday", "clear", "cancel"],
  en_route: ["arrive", "transport", "deliver", "obstruct", "mayday", "clear", "cancel"],
  on_scene: ["transport", "deliver", "obstruct", "mayday", "clear", "cancel"],
  transporting: ["deliver", "obstruct", "mayday", "clear", "cancel"],
  obstructed: ["acknowledge", "depart", "arrive", "transport", "deliver", "mayday", "clear", "cancel"],
};
const task = (state, messages = []) => taskOf({ id: 9, state }, messages, TABLE);
const pressed = (verb, id = 9) => ({ uid: verb, path: pathOf(id, verb) });

test("the next step follows the state", () => {
  assert.equal(task("assigned").next, "acknowledge");
  assert.equal(task("acknowledged").next, "depart");
  assert.equal(task("en_route").next, "arrive");
  assert.equal(task("on_scene").next, null);
  assert.equal(task("transporting").next, "deliver");
});

test("what waits counts as done on this screen", () => {
  const said = task("assigned", [pressed("acknowledge"), pressed("depart"), pressed("arrive", 8), { uid: "n", path: "/incidents/1/note" }]);
  assert.deepEqual([said.state, said.waiting, said.next], ["en_route", ["acknowledge", "depart"], "arrive"]);
});

test("a state nobody knows allows nothing and breaks nothing", () => {
  assert.deepEqual(task("lost"), { state: "lost", waiting: [], allowed: [], next: null });
});

test("only my unit's tasks, the newest first", () => {
  const all = [
    { id: 1, unit_id: 1, assigned_at: "2023-02-03T18:00:00Z" }, { id: 2, unit_id: 2, assigned_at: "2023-02-03T18:00:00Z" },
    { id: 3, unit_id: 1, assigned_at: "2023-02-03T19:00:00Z" },
  ];
  assert.deepEqual(tasksOfUnit(all, 1).map((one) => one.id), [3, 1]);
});

test("unseen alerts come first, then the urgent, then the new", () => {
  const alert = (id, priority, state = "active") => [id, { id, priority, state }];
  const alerts = new Map([alert(1, "P2"), alert(2, "P1"), alert(3, "P1"), alert(4, "P1", "cancelled")]);
  const has = (alert_id, seen_at = null, unit_id = 1) => ({ alert_id, unit_id, seen_at });
  const rows = alertsOfUnit(alerts, [has(1), has(2, "2023-02-03T18:00:00Z"), has(3), has(4), has(3, null, 2), has(99)], 1, [{ path: "/alerts/3/acknowledge" }]);
  assert.deepEqual(rows.map((row) => [row.alert.id, row.isSeen, row.isSending]), [[3, false, true], [1, false, false], [2, true, false]]);
});
