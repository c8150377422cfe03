// The roll-call live: a tile for each station, in the order of the slots, whose shape and words change as the round goes by.
import { at, now } from "./clock.js";
import { arrange, fill, h, setText } from "./dom.js";
import { named } from "./names.js";
import { answeredAfter, inCallOrder, shownAsk, tally, tileOf, turnOf } from "./radio_round.js";
import { KINDS, TRANSMISSION_STATES } from "./radio_words.js";
import { numberText, t } from "./words.js";

const BEAT_MS = 150;
const one = new Intl.NumberFormat(document.documentElement.lang || "id", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Draws into #live of the radio page; `show(log)` whenever the log is read anew. */
export class RadioLive {
  constructor(element) {
    this.element = element;
    this.parts = Object.fromEntries(["head", "text", "sum", "turn", "bar"].map((name) => [name, element.querySelector(`.live-${name}`)]));
    this.list = element.querySelector(".live-tiles");
    this.tiles = new Map();
    this.chosen = null;
    this.log = { transmissions: [], stations: [], round: null };
    setInterval(() => this.log.round && this.beat(), BEAT_MS);
  }

  choose(uid) {
    this.chosen = uid;
    this.show(this.log);
    this.element.scrollIntoView({ block: "nearest" });
  }

  show(log) {
    this.log = log;
    this.ask = shownAsk(log, this.chosen);
    this.element.hidden = !this.ask;
    if (!this.ask) return;
    const { kind, state, text, stations } = this.ask;
    fill(this.parts.head, h("span.chip.chip-square", {}, named(KINDS, kind)), h("b", {}, named(TRANSMISSION_STATES, state)));
    setText(this.parts.text, text);
    this.drawSum(tally(stations), kind);
    arrange(this.list, inCallOrder(stations).map((one) => this.tile(one).element));
    this.beat();
  }

  drawSum({ heard, seen, silent, all }, kind) {
    const [a, n] = [numberText(all), numberText];
    const words = kind === "rollcall" ? t("{n} dari {all} hadir", { n: n(heard), all: a }) : t("alat {heard} dari {all} · dilihat orang {seen} dari {all}", { heard: n(heard), seen: n(seen), all: a });
    const missing = silent ? t("{n} tidak menjawab", { n: n(silent) }) : null;
    setText(this.parts.sum, [words, missing].filter(Boolean).join(" · "));
    const share = (count) => `${all ? (100 * count) / all : 0}%`;
    this.parts.bar.style.setProperty("--heard", share(heard));
    this.parts.bar.style.setProperty("--seen", share(seen));
  }

  /** The parts of a tile are made once: nothing jumps while the round goes by. */
  tile(row) {
    if (!this.tiles.has(row.station)) {
      const parts = { sign: h("b"), words: h("span.tile-words"), after: h("span.tile-after.num") };
      this.tiles.set(row.station, { ...parts, element: h("li.tile", { data: { station: row.station } }, h("i.tile-shape", { "aria-hidden": "true" }), parts.sign, parts.words, parts.after) });
    }
    return this.tiles.get(row.station);
  }

  beat() {
    if (!this.ask) return;
    const round = this.log.round?.uid === this.ask.uid ? this.log.round : null;
    const turn = turnOf(round, now());
    for (const row of this.ask.stations) this.drawTile(row, turn);
    this.drawTurn(round, turn);
  }

  drawTile(row, turn) {
    const tile = this.tile(row);
    const { look, isTurn, words } = tileOf(row, this.ask.kind, turn);
    const className = `tile tile-${look}${isTurn ? " is-turn" : ""}`;
    if (tile.element.className !== className) tile.element.className = className;
    if (tile.element.dataset.state !== row.state) tile.element.dataset.state = row.state;
    setText(tile.sign, row.call_sign);
    setText(tile.words, words);
    const after = answeredAfter(row, this.ask.keyed_at);
    setText(tile.after, after === null ? "" : after < 600 ? t("{s} dtk", { s: one.format(after) }) : at(row.at));
  }

  drawTurn(round, turn) {
    setText(this.parts.turn, turnWords(round, turn, this.ask));
    this.element.classList.toggle("is-on-air", Boolean(turn.phase));
  }
}

function turnWords(round, turn, ask) {
  if (turn.phase === "keying") return t("Putaran {n}: sedang mengudara", { n: round.round });
  if (turn.phase === "slots") {
    const name = ask.stations.find(({ station }) => station === turn.station)?.call_sign ?? turn.station;
    return t("Putaran {n}: giliran {name}, {place} dari {all}; selesai {s} detik lagi", { n: round.round, name, place: turn.place + 1, all: round.asked.length, s: Math.ceil(turn.left_s) });
  }
  if (["queued", "spooled"].includes(ask.state)) return t("Menunggu giliran di udara");
  return ask.keyed_at ? t("Mengudara {time}, {n} putaran", { time: at(ask.keyed_at), n: ask.rounds }) : t("belum mengudara");
}
