// The addresses of a layer's files are those that the server answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileAddress, fileLinks } from "../../static/js/layer_files.js";

test("a layer's file stands at its name and its form", () => {
  assert.equal(fileAddress("incidents", "gpkg"), "/api/v1/layers/incidents.gpkg");
  assert.equal(fileAddress("overlay-a/b", "csv"), "/api/v1/layers/overlay-a%2Fb.csv");
});

test("a layer that lies elsewhere has no file", () => {
  assert.equal(fileLinks({ name: "overlay-x", words: "Satelit", can_export: false }), false);
});

test("every form that is offered is one the server writes", () => {
  const server = readFileSync(new URL("../../gis/exports.py", import.meta.url), "utf8");
  const screen = readFileSync(new URL("../../static/js/layer_files.js", import.meta.url), "utf8");
  const offered = [...screen.match(/const FORMS = \{(.*)\}/)[1].matchAll(/(\w+): "/g)].map(([, form]) => form);
  assert.equal(offered.length, 5);
  assert.deepEqual(offered.filter((form) => !server.includes(`    "${form}": ("`)), []);
});
