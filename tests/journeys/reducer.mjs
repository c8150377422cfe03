// Runs the screens' own reducer for the Python tests: one JSON line in (snapshot, entries), one JSON line out.
import { createInterface } from "node:readline";
import { applyAll } from "../../static/js/picture.js";

const answer = ({ snapshot, entries }) => {
  try {
    return { picture: applyAll(snapshot, entries) };
  } catch (failure) {
    return { failure: String(failure) };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
