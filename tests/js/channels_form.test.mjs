// The settings form is made from the schema alone: a new channel needs no line here, and no secret is ever shown or sent by accident.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, scoreOf, settingsOf } from "../../static/js/channels_form.js";

const SCHEMA = {
  required: ["host", "password"],
  properties: {
    host: { type: "string", title: "Server", maxLength: 200 },
    port: { type: "integer", default: 587, minimum: 1, maximum: 65535 },
    security: { enum: ["tls", "none"], default: "tls" },
    password: { type: "string", format: "password", writeOnly: true, title: "Kata sandi" },
    authority: { type: "string", maxLength: 20000, default: "" },
    quiet: { type: "boolean", default: false },
    note: { anyOf: [{ type: "string", maxLength: 80 }, { type: "null" }] },
  },
};
const by = (fields) => Object.fromEntries(fields.map((field) => [field.name, field]));

test("each kind of setting has its field, with its default", () => {
  const fields = by(fieldsOf(SCHEMA));
  assert.deepEqual(Object.values(fields).map(({ kind }) => kind), ["text", "number", "choice", "secret", "long", "tick", "text"]);
  assert.equal(fields.port.value, 587);
  assert.equal(fields.host.label, "Server");
  assert.equal(fields.quiet.label, "quiet", "what has no title is called by its name");
});

test("a secret is never shown, even when the server gave one by mistake", () => {
  const { password } = by(fieldsOf(SCHEMA, { password: "rahasia", host: "a" }, ["password"]));
  assert.deepEqual([password.value, password.isSet, password.required], ["", true, false]);
  assert.equal(by(fieldsOf(SCHEMA)).password.required, true);
});

test("an empty secret is not sent, so that the one that is kept stays", () => {
  const fields = fieldsOf(SCHEMA, {}, ["password"]);
  const sent = settingsOf(fields, { host: " a ", port: "25", security: "none", password: "", authority: "", quiet: undefined, note: "" });
  assert.deepEqual(sent, { host: "a", port: 25, security: "none", authority: "", quiet: false, note: "" });
  assert.equal(settingsOf(fields, { password: "baru" }).password, "baru");
});

test("a number left empty is left to the server's default", () => {
  assert.equal("port" in settingsOf(fieldsOf(SCHEMA), { host: "a", port: "" }), false);
});

test("the score counts only trials that ended", () => {
  assert.deepEqual(scoreOf([{ state: "home" }, { state: "lost" }, { state: "sent" }, { state: "home" }]), { home: 2, total: 3 });
  assert.equal(scoreOf([{ state: "waiting" }]), null);
  assert.equal(scoreOf(), null);
});
