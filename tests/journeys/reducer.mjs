// Runs the screens' own reducer for the Python tests: one JSON line in (snapshot, entries, page), one JSON line out.
import { createInterface } from "node:readline";
import { applyAll, extend, fromSnapshot, toSnapshot } from "../../static/js/picture.js";

// A page that is ahead of the picture is not shown: the screen keeps it until its entries have come.
const withPage = (snapshot, page) => (page ? toSnapshot(extend(fromSnapshot(snapshot), page)?.picture ?? fromSnapshot(snapshot)) : snapshot);

const answer = ({ snapshot, entries, page }) => {
  try {
    return { picture: withPage(applyAll(snapshot, entries), page) };
  } catch (failure) {
    return { failure: String(failure) };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
