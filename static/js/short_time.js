// A moment in a list: the day and the minute, without what everybody knows.
import { now, zone } from "./clock.js";
import { toLocal } from "./local_time.js";

/** "14.32" today, "20/11 08.00" on another day, "20/11/2025 08.00" in another year; "" for none. */
export function atShort(moment) {
  const local = toLocal(Date.parse(moment), zone);
  if (!local) return "";
  const [today, day] = [toLocal(now(), zone), local.slice(0, 10)];
  const minute = `${local.slice(11, 13)}.${local.slice(14, 16)}`;
  if (day === today.slice(0, 10)) return minute;
  const date = `${day.slice(8)}/${day.slice(5, 7)}`;
  return `${date}${day.slice(0, 4) === today.slice(0, 4) ? "" : `/${day.slice(0, 4)}`} ${minute}`;
}
