// The screen's own lamp: what this page hears, and how long it may take to hear the first.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => null, documentElement: { lang: "id" } };
const { screenLamp } = await import("../../static/js/lamps.js");
const { Live } = await import("../../static/js/live.js");

const said = (live) => screenLamp({ isFrozen: false, isConnected: false, isOpening: false, ...live }).state;

test("a page that has only just opened is no fault yet; one that is not heard after that is, and a frozen one always", () => {
  assert.equal(said({ isOpening: true }), "unknown");
  assert.equal(said({}), "warn");
  assert.equal(said({ isOpening: true, isFrozen: true }), "off");
  assert.equal(said({ isConnected: true }), "ok");
});

test("a link that was there and is lost is a fault at once, however young the page is", (context) => {
  let ms = 100;
  context.mock.method(performance, "now", () => ms);
  const live = new Live(() => null);
  assert.equal(live.isOpening, true);
  ms = 3001;
  assert.equal(live.isOpening, false);
  ms = 100;
  live.catchUp = () => null;
  live.setConnected(true);
  live.setConnected(false);
  assert.equal(live.isOpening, false);
});
