// The rest of a long queue: which page is asked for, and that it lands in the picture. A fake server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Rest, wordsOf } from "../../static/js/rest.js";
import { extend, fromSnapshot } from "../../static/js/picture.js";

const UNTIL = "P1~0~2026-11-22T03:00:00.000000Z~1";
const FURTHER = "P2~0~2026-11-22T03:00:00.000000Z~2";

function stage(answers, queue = { open: 9, until: UNTIL }) {
  const live = Object.assign(new EventTarget(), {
    picture: fromSnapshot({ seq: 10, queue, incidents: [{ id: 1 }] }),
    add(page) { this.picture = extend(this.picture, page).picture; },
  });
  const asked = [];
  const rest = new Rest(live, async (path) => {
    asked.push(decodeURIComponent(path));
    const answer = answers.shift();
    if (!answer) throw new Error("down");
    return answer;
  });
  return { live, asked, rest };
}

const page = (ids, until, after = UNTIL) => ({ seq: 10, after, until, incidents: ids.map((id) => ({ id })) });

test("the next page goes on where the picture ends, until all of it is here", async () => {
  const { live, asked, rest } = stage([page([2, 3], FURTHER), page([4], null, FURTHER)]);
  assert.deepEqual([rest.count, rest.hasMore({})], [8, true]);
  await rest.more({});
  await rest.more({});
  assert.deepEqual(asked, [`/queue?after=${UNTIL}&limit=100`, `/queue?after=${FURTHER}&limit=100`]);
  assert.deepEqual([live.picture.incidents.size, live.picture.queue], [4, { open: 4, until: null }]);
  await rest.more({});
  assert.equal(asked.length, 2, "there is nothing more to ask for");
});

test("a filter is read on by itself and leaves the picture's own end where it was", async () => {
  const { live, asked, rest } = stage([page([7], FURTHER), page([8], null)]);
  const late = { show: "late", q: " keruak ", priority: "" };
  await rest.more(late);
  await rest.more(late);
  assert.deepEqual(asked, [`/queue?show=late&q=keruak&after=${UNTIL}&limit=100`, `/queue?show=late&q=keruak&after=${FURTHER}&limit=100`]);
  assert.deepEqual([live.picture.queue.until, rest.hasMore(late), rest.hasMore({})], [UNTIL, false, true]);
});

test("a new snapshot knows nothing of what a filter had brought", async () => {
  const { live, rest } = stage([page([7], null)]);
  await rest.more({ q: "a" });
  assert.equal(rest.hasMore({ q: "a" }), false);
  live.dispatchEvent(new CustomEvent("change", { detail: { isSnapshot: true } }));
  assert.equal(rest.hasMore({ q: "a" }), true);
});

test("two wishes at once are one question, and a lost line leaves the picture and lets ask again", async () => {
  const { live, asked, rest } = stage([null, page([2], FURTHER)]);
  await Promise.all([rest.more({}), rest.more({})]);
  assert.deepEqual([asked.length, live.picture.incidents.size], [1, 1]);
  await rest.more({});
  assert.equal(live.picture.incidents.size, 2);
});

test("one that stands far down is brought by its number; a closed or unknown one is not, and one that is here is not asked for", async () => {
  const { live, asked, rest } = stage([{ seq: 10, incident: { id: 500, priority: "P4" } }, { seq: 10, incident: { id: 501, gone: true } }, null]);
  assert.deepEqual([await rest.bring(500), await rest.bring(501), await rest.bring(502), await rest.bring(1)], [true, false, false, false]);
  assert.deepEqual(asked, ["/incidents/500", "/incidents/501", "/incidents/502"]);
  assert.deepEqual([...live.picture.incidents.keys()], [1, 500]);
});

test("where all of the queue is here nobody asks", async () => {
  const { asked, rest } = stage([], { open: 1, until: null });
  await rest.more({ q: "x" });
  assert.deepEqual([rest.count, await rest.bring(77), asked], [0, false, []]);
});

test("the usual filters are no words", () => {
  assert.equal(wordsOf({ show: "open", q: "  ", priority: "" }), "");
  assert.equal(wordsOf(), "");
});
