// One point picked on the board's map, by a click or by Enter at the crosshair; Esc leaves everything as it was.
import { h } from "./dom.js";
import { aim, clickMiddle, spotButtons } from "./spots.js";
import { t } from "./words.js";

const DIGITS = 6;
const round = (degrees) => Number(degrees.toFixed(DIGITS));

/** Let a point be picked; `take({lon, lat})` when it was, then `leave()` either way. */
export function pickPoint(board, take, leave) {
  const { map, sheet } = board;
  const pick = ({ latlng }) => (take({ lon: round(latlng.lng), lat: round(latlng.lat) }), sheet.close());
  const deeds = { add: () => clickMiddle(map), cancel: () => sheet.close() };
  let stopAiming = null;
  const end = () => {
    board.isBusy = false;
    map.off("click", pick);
    stopAiming?.();
    leave();
  };
  sheet.open("pick", t("Pilih titik di peta"), [h("p", {}, t("Klik di mana kejadiannya.")), spotButtons(deeds)], { onClose: end });
  board.isBusy = true;
  map.on("click", pick);
  stopAiming = aim(board.element, map, deeds);
}
