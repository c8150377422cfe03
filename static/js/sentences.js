// A line of the chronology: a journal entry as a sentence, and a softer part with the details. Pure.
import { atFully } from "./clock.js";
import { METHODS, SOURCES, figureSaid } from "./figure_words.js";
import { ASSIGNMENT_VERBS, CALL_CHANNELS, DISPOSITIONS, OBSTACLES, UNIT_STATES, WAYS, named, typeName } from "./names.js";
import { LINE_KINDS, NET_ORDERS } from "./radio_words.js";
import { LOST, RESULTS, STATUS_KINDS } from "./rings.js";
import { ageWords } from "./time.js";
import { beside, timeName } from "./time_names.js";
import { told } from "./told.js";
import { capital, listed, numberText, t } from "./words.js";
import { zoneWord } from "./zone_words.js";

const CONTACT = t("satu kontak"); // who it was stands nowhere in the journal

const cardOf = (entry, collection) => entry.body?.cards?.[collection]?.[0] ?? {};

const quoted = (text) => (text ? `“${text}”` : "");

const LANGUAGE = globalThis.document?.documentElement.lang || "id";

/** Words that were written down in both languages, in that of the page. */
const inLanguage = (words) => words?.[LANGUAGE] ?? words?.id ?? "";

const raisedWords = (raised) =>
  raised ? [t("prioritas naik dari {from} ke {to}", raised), inLanguage(raised.because) || quoted(raised.why)].filter(Boolean).join(": ") : "";

const timesChanged = ({ was, at }) => (was ? t("dari {was} menjadi {at}", { was: beside(was, at), at: beside(at, was) }) : at ? atFully(at) : "");

const alarmSentence = ({ unit, kind, status }) =>
  kind === "mayday" ? t("Peringatan: {unit} DARURAT", { unit: unit ?? "" }) : t("{unit} terlalu lama tanpa kabar: {status}", { unit: unit ?? "", status: named(UNIT_STATES, status) });

const answeredHow = (entry, { how }) => (how === "voice" ? t("dijawab lewat suara, oleh {by}", { by: entry.by ?? "" }) : how === "phone" ? t("dijawab lewat telepon") : "");

const PUBLISHED = { Alert: t("Siaran terbit untuk umum"), Update: t("Pembaruan siaran terbit untuk umum"), Cancel: t("Pencabutan siaran terbit untuk umum") };

function openingSentence({ name = "", state, shown }) {
  if (shown === false) return t("{name}: tidak ditampilkan untuk umum", { name });
  if (state === "full") return t("{name}: penuh", { name });
  return state === "closed" ? t("{name}: tutup", { name }) : t("{name}: buka untuk umum", { name });
}

const PRIORITY_FROM = { call_taker: t("prioritas dari penerima panggilan"), type: t("prioritas dari jenisnya"), card: t("prioritas dari jawaban penelepon") };

const SENTENCES = {
  "call.recorded": (entry, body) => [t("Laporan masuk lewat {channel}", { channel: named(CALL_CHANNELS, body.channel) }), [body.source === "paper" && t("dari kertas"), inLanguage(body.answers)].filter(Boolean).join(" · ")],
  "call.linked": (entry, body) => [t("Laporan ke-{n} dihubungkan", { n: cardOf(entry, "incidents").calls ?? "?" }), raisedWords(body.raised)],
  "incident.opened": (entry, body) => [t("Kejadian dibuka, {priority}", { priority: cardOf(entry, "incidents").priority ?? "" }), inLanguage(body.because) || (PRIORITY_FROM[body.priority_from] ?? "")],
  "incident.verified": (entry, body) => [t("Kejadian dipastikan benar"), quoted(body.text)],
  "incident.responding": (entry, body) => [t("Penanganan dilanjutkan"), quoted(body.text)],
  "incident.obstructed": (entry, body) => [t("Kendala: {reason}", { reason: named(OBSTACLES, body.reason) }), obstacle(body)],
  "incident.controlled": (entry, body) => [t("Kejadian terkendali"), quoted(body.text)],
  "incident.closed": (entry, body) => [t("Kejadian ditutup: {how}", { how: named(DISPOSITIONS, body.disposition) }), quoted(body.text)],
  "incident.reopened": (entry, body) => [t("Kejadian dibuka kembali"), quoted(body.text)],
  "incident.noted": (entry, body) => [t("Catatan: {text}", { text: body.text ?? "" }), ""],
  "incident.corrected": (entry, body) => [corrections(entry, body) || t("Jenis, prioritas atau tempat diperbaiki"), quoted(body.text)],
  "incident.heard": (entry) => [t("P1 sudah didengar"), entry.by ?? ""],
  "incident.answered": (entry, body) => [t("Pelapor dikabari"), quoted(body.text)],
  "incident.struck": (entry, body) => [t("Satu baris {by} dicoret", { by: body.written_by ?? "" }), quoted(body.text)],
  "incident.gathered": (entry, body) => [t("{number} digabung ke sini", { number: body.guest_number ?? "" }), quoted(body.text)],
  "incident.merged": (entry, body) => [t("Digabung ke {number}", { number: body.host_number ?? "" }), quoted(body.text)],
  "incident.split": (entry, body) => [t("{number} dipisah dari sini", { number: body.part_number ?? "" }), quoted(body.text)],
  "incident.separated": (entry, body) => [t("Dipisah dari {number}", { number: body.source_number ?? "" }), quoted(body.text)],
  "incident.restored": (entry, body) => [body.undone === "split" ? t("Pemisahan {number} diurungkan", { number: body.to_number ?? "" }) : t("Penggabungan {number} diurungkan", { number: body.from_number ?? "" }), ""],
  "call.unmasked": () => [t("Nomor pelapor dilihat"), ""],
  "task.added": (entry) => [t("Tugas: {words}", { words: cardOf(entry, "tasks").words ?? "" }), cardOf(entry, "tasks").owner ?? ""],
  "task.taken": (entry) => [t("Tugas diambil: {words}", { words: cardOf(entry, "tasks").words ?? "" }), ""],
  "task.handed_over": (entry) => [t("Tugas diserahkan: {words}", { words: cardOf(entry, "tasks").words ?? "" }), cardOf(entry, "tasks").owner ?? ""],
  "task.done": (entry, body) => [t("Tugas selesai: {words}", { words: cardOf(entry, "tasks").words ?? "" }), quoted(body.text)],
  "task.dropped": (entry, body) => [t("Tugas dilepas: {words}", { words: cardOf(entry, "tasks").words ?? "" }), quoted(body.text)],
  "task.reopened": (entry) => [t("Tugas dibuka lagi: {words}", { words: cardOf(entry, "tasks").words ?? "" }), ""],
  "assignment.created": (entry, body) => [t("{unit} ditugaskan", { unit: body.unit ?? "" }), ""],
  "assignment.changed": (entry, body) => [`${body.unit ?? ""} ${named(UNIT_STATES, body.state)}`.trim(), quoted(body.text)],
  "alert.written": (entry) => [t("Siaran ditulis: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), waitsForSecond(entry)],
  "alert.approved": (entry) => [t("Siaran disetujui: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), ""],
  "alert.cancelled": (entry) => [t("Siaran dibatalkan: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), ""],
  "alert.superseded": (entry) => [t("Siaran diganti yang baru: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), ""],
  "alert.expired": (entry) => [t("Siaran kedaluwarsa: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), ""],
  "alert.ended": (entry) => [t("Siaran selesai: {headline}", { headline: cardOf(entry, "alerts").headline ?? "" }), ""],
  "alert.begun": (entry, body) => [t("Siaran mulai bagi {n} penerima", { n: body.many }), ""],
  "alert.climbed": (entry, body) => [t("Belum dilihat orang: siaran turun ke {way}", { way: waysOf(body) }), recipientsOf(entry)],
  "alert.seen": (entry, body) => [t("Siaran dilihat {by} lewat {way}", { by: body.contact ? CONTACT : body.seen_by ?? body.unit, way: named(WAYS, body.via) }), body.seen_by === body.unit ? "" : body.unit ?? ""],
  "alert.read_back": (entry, body) => [t("Siaran dibacakan ulang oleh {by}", { by: body.unit ?? CONTACT }), ""],
  "alert.resent": (entry, body) => [t("Siaran dikirim ulang kepada yang belum melihat ({n})", { n: body.many }), waysOf(body)],
  "alert.runner": (entry, body) => [t("Tidak ada yang menjawab: perlu kurir ({n} penerima)", { n: body.many }), recipientsOf(entry)],
  "alert.missing_shown": (entry, body) => [t("Daftar telepon yang belum menjawab dibuka ({n})", { n: body.many }), ""],
  "contact.added": () => [t("Kontak baru di buku telepon"), ""],
  "contact.changed": () => [t("Kontak di buku telepon diubah"), ""],
  "contact.removed": () => [t("Kontak dihapus dari buku telepon"), ""],
  "contact.stopped": (entry, body) => [t("Satu kontak minta tidak disurati lagi lewat {way}", { way: named(WAYS, body.channel) }), ""],
  "contact.imported": (entry, body) => [t("Kontak masuk dari berkas: {n}", { n: body.added }), ""],
  "contact.unmasked": () => [t("Alamat lengkap satu kontak dibuka"), ""],
  "group.changed": (entry, body) => [t("Grup kontak diubah: {name}", { name: body.name ?? "" }), ""],
  "channel.set": (entry, body) => [t("Saluran {way} diatur: {how}", { way: named(WAYS, body.channel), how: body.is_on ? t("menyala") : t("mati") }), ""],
  "channel.down": (entry, body) => [t("Saluran {way} putus, dilewati", { way: named(WAYS, body.channel) }), told(body.words)],
  "channel.up": (entry, body) => [t("Saluran {way} pulih", { way: named(WAYS, body.channel) }), told(body.words)],
  "message.limited": (entry, body) => [t("Satu pengirim menulis terlalu banyak lewat {way}; sisanya disimpan di samping", { way: named(WAYS, body.channel) }), ""],
  "message.settled": (entry, body) => [body.decided === "call" ? t("Pesan yang disimpan lewat {way} dijadikan laporan", { way: named(WAYS, body.channel) }) : t("Pesan yang disimpan lewat {way} dikesampingkan", { way: named(WAYS, body.channel) }), ""],
  "message.sender_aside": (entry, body) => [t("Semua pesan dari satu pengirim lewat {way} dikesampingkan ({n})", { way: named(WAYS, body.channel), n: body.many ?? 0 }), ""],
  "message.reopened": (entry, body) => [t("Pesan yang dikesampingkan lewat {way} menunggu keputusan lagi ({n})", { way: named(WAYS, body.channel), n: body.many ?? 0 }), ""],
  "message.forgotten": (entry, body) => [t("Pesan lama dilupakan: {messages} pesan, {reporters} alamat pelapor, {replies} balasan", body), ""],
  "message.broken": (entry, body) => [t("Satu pesan lewat {way} tidak dapat diolah; kata-katanya disimpan di samping", { way: named(WAYS, body.channel) }), ""],
  "channel.tried": (entry, body) => [t("Uji saluran: {home} dari {sent} kembali", { home: body.home, sent: body.sent }), listed((body.lost ?? []).map((channel) => named(WAYS, channel)))],
  "delivery.handed": (entry, body) => [body.channel === "screen" ? t("Siaran terkirim ke layar, belum dilihat") : t("Siaran antre lewat {way}", { way: named(WAYS, body.channel) }), recipientsOf(entry)],
  "delivery.keyed": (entry) => [t("Siaran mengudara lewat radio, belum ada jawaban"), recipientsOf(entry)],
  "delivery.heard": (entry) => [t("Siaran diterima alat, belum dilihat orang"), recipientsOf(entry)],
  "roll_call.begun": (entry, body) => [t("Pengecekan stasiun: {n} dipanggil", { n: body.stations ?? 0 }), entry.by ?? ""],
  "roll_call.ended": (entry, body) => [body.was_on_air ? t("Pengecekan stasiun: {n} dari {all} menjawab", { n: body.answered ?? 0, all: body.asked ?? 0 }) : t("Pengecekan stasiun tidak sempat mengudara"), listed(body.was_on_air ? body.silent ?? [] : [])],
  "radio.relays_set": (entry, body) => [body.call_signs?.length ? t("Relai radio: {names}", { names: body.call_signs.join(", ") }) : t("Tidak ada relai radio lagi"), entry.by ?? ""],
  "net.opened": (entry, body) => [t("Jaring {name} dibuka di {channel}", { name: body.name ?? "", channel: body.channel ?? "" }), entry.by ?? ""],
  "net.logged": (entry, body) => [`${body.call_sign ?? ""}: ${named(LINE_KINDS, body.kind)}`, entry.by ?? ""],
  "net.ordered": (entry, body) => [named(NET_ORDERS, body.order), entry.by ?? ""],
  "net.struck": (entry, body) => [t("Satu baris jaring dicoret: {name}", { name: body.call_sign ?? "" }), entry.by ?? ""],
  "net.closed": (entry, body) => [t("Jaring {name} ditutup, {n} hadir", { name: body.name ?? "", n: body.checked_in ?? 0 }), entry.by ?? ""],
  "cap.published": (entry, body) => [PUBLISHED[body.message_type] ?? PUBLISHED.Alert, body.identifier ?? ""],
  "clarification.written": (entry, body) => [t("Klarifikasi ditulis: {claim}", { claim: body.claim ?? "" }), ""],
  "clarification.approved": (entry, body) => [t("Klarifikasi disetujui dan terbit: {claim}", { claim: body.claim ?? "" }), ""],
  "clarification.withdrawn": (entry, body) => [t("Klarifikasi ditarik: {claim}", { claim: body.claim ?? "" }), quoted(body.text)],
  "opening.changed": (entry, body) => [openingSentence(body), quoted(body.text)],
  "bulletin.received": (entry, body) => [t("Kabar dari luar: {n} baru, {m} diralat", { n: body.new ?? 0, m: body.changed ?? 0 }), cardOf(entry, "bulletins").title ?? ""],
  "bulletin.over": (entry, body) => [t("Kabar dari luar selesai: {n}", { n: body.count ?? 0 }), cardOf(entry, "bulletins").title ?? ""],
  "volcano.written": (entry, body) => [t("Tingkat gunung {name}: {level}", { name: body.name ?? "", level: body.level ?? "" }), ""],
  "proposal.made": (entry, body) => [t("Usulan: {title}", { title: told(body.title) }), ""],
  "proposal.changed": (entry, body) => [cardOf(entry, "proposals").state === "withdrawn" ? t("Usulan dicabut: {title}", { title: told(body.title) }) : t("Usulan diralat: {title}", { title: told(body.title) }), ""],
  "proposal.accepted": (entry, body) => [t("Usulan diterima: {title}", { title: told(body.title) }), entry.by ?? ""],
  "proposal.declined": (entry, body) => [t("Usulan ditolak: {title}", { title: told(body.title) }), quoted(body.text)],
  "feed.switched": (entry, body) => [body.is_on ? t("Sumber luar {feed} dinyalakan", { feed: body.feed ?? "" }) : t("Sumber luar {feed} dimatikan", { feed: body.feed ?? "" }), ""],
  "unit.tracked": (entry, body) => [t("Jejak {unit} dimasukkan: {km} km", { unit: body.unit ?? "", km: kilometres(body.length_m) }), quoted(body.name)],
  "unit.changed": (entry, body) => [t("Keterangan {unit}", { unit: body.unit ?? "" }), ""],
  "unit.posted": (entry, body) => [`${body.unit ?? ""} ${named(UNIT_STATES, body.posture === "afield" ? "afield" : "standby")}`.trim(), ""],
  "unit.mayday": (entry, body) => [t("{unit} DARURAT", { unit: body.unit ?? "" }), quoted(body.text)],
  "unit.silent": (entry, body) => [t("{unit} tidak menjawab dua kali: DARURAT", { unit: body.unit ?? "" }), body.since ? t("terakhir terdengar {at}", { at: atFully(body.since) }) : ""],
  "unit.calmed": (entry, body) => [t("DARURAT {unit} berakhir", { unit: body.unit ?? "" }), quoted(body.text)],
  "alarm.raised": (entry, body) => [alarmSentence(body), body.limit_s ? t("batas {age}", { age: ageWords(body.limit_s) }) : ""],
  "alarm.acknowledged": (entry, body) => [t("Peringatan {unit} ditangani", { unit: body.unit ?? "" }), entry.by ?? ""],
  "alarm.ended": (entry, body) => [t("Peringatan {unit} berakhir", { unit: body.unit ?? "" }), ""],
  "welfare.asked": (entry, body) => [body.misses ? t("{unit} ditanya lagi: aman?", { unit: body.unit ?? "" }) : t("{unit} ditanya: aman?", { unit: body.unit ?? "" }), ""],
  "welfare.answered": (entry, body) => [t("{unit} aman", { unit: body.unit ?? "" }), [answeredHow(entry, body), quoted(body.text)].filter(Boolean).join(" · ")],
  "zone.drawn": (entry, body) => [t("Digambar di peta: {kind}", { kind: zoneKind(entry, body) }), drawnAs(entry, body)],
  "zone.struck": (entry, body) => [t("Dicoret dari peta: {kind}", { kind: zoneKind(entry, body) }), quoted(cardOf(entry, "zones").struck_why)],
  "zone.expired": (entry, body) => [t("Habis waktunya di peta: {kind}", { kind: zoneKind(entry, body) }), quoted(cardOf(entry, "zones").words)],
  "assessment.recorded": (entry, body) => [t("Kaji cepat: {figures}", { figures: listed((body.figures ?? []).map(figureSaid)) }), assessedHow(body)],
  "assessment.struck": (entry, body) => [t("Angka dicoret: {figure}", { figure: figureSaid(body) }), quoted(body.text)],
  "assessment.chosen": (entry, body) => [t("Angka resmi: {figure}", { figure: figureSaid(body) }), assessedHow(body)],
  "attachment.added": (entry, body) => [body.call ? t("Lampiran laporan: {kind}", { kind: named(ATTACHED, body.kind) }) : t("Lampiran: {kind}", { kind: named(ATTACHED, body.kind) }), ""],
  "attachment.struck": (entry, body) => [t("Lampiran dicoret: {kind}", { kind: named(ATTACHED, body.kind) }), quoted(body.text)],
  "attachment.answered": (entry, body) => [offered(body), ""],
  "facility.added": (entry) => [t("Fasilitas ditambahkan: {name}", { name: cardOf(entry, "facilities").name ?? "" }), ""],
  "facility.changed": (entry) => [t("Fasilitas diubah: {name}", { name: cardOf(entry, "facilities").name ?? "" }), ""],
  "facility.closed": (entry, body) => [t("Fasilitas ditutup: {name}", { name: cardOf(entry, "facilities").name ?? "" }), quoted(body.text)],
  "facility.imported": (entry, body) => [t("Fasilitas dari berkas: {added} baru, {changed} diubah", counted(body)), body.source ?? ""],
  "landmark.remembered": (entry, body) => [t("Patokan diingat: {name}", { name: body.landmark?.name ?? "" }), ""],
  "landmark.forgotten": (entry, body) => [t("Patokan dilupakan: {name}", { name: body.landmark?.name ?? "" }), ""],
  "landmark.imported": (entry, body) => [t("Patokan dari berkas: {added} baru, {changed} diubah", counted(body)), body.source ?? ""],
  "delivery.failed": (entry, body) => [t("Satu jalan siaran gagal"), [recipientsOf(entry), told(body.reason)].filter(Boolean).join(": ")],
  "ring.announced": (entry, body) => [body.by_hand ? t("Panggilan masuk dicatat dengan tangan") : t("Telepon berdering"), lineOf(entry)],
  "ring.claimed": (entry) => [t("Panggilan diambil"), lineOf(entry)],
  "ring.released": (entry) => [t("Panggilan dilepas lagi"), lineOf(entry)],
  "ring.lifted": (entry, body) => [t("Kunci panggilan dilepas pengawas"), quoted(body.text)],
  "ring.lapsed": () => [t("Kunci panggilan lepas sendiri setelah satu menit"), ""],
  "ring.answered": (entry) => [t("Panggilan terjawab"), lineOf(entry)],
  "ring.ended": (entry) => [t("Panggilan berakhir"), LOST[cardOf(entry, "rings").state] ?? ""],
  "ring.tried": (entry, body) => [t("Dihubungi balik: {result}", { result: named(RESULTS, body.result) }), ""],
  "ring.recorded": () => [t("Panggilan menjadi laporan"), ""],
  "ring.closed": (entry, body) => [t("Ditutup tanpa dihubungi"), quoted(body.text)],
  "ring.expired": () => [t("Sehari tidak dihubungi balik"), ""],
  "ring.unmasked": () => [t("Nomor penelepon dilihat"), ""],
  "hold.placed": (entry, body) => [t("Satu nomor ditahan"), quoted(body.text)],
  "hold.lifted": (entry, body) => [t("Penahanan nomor dilepas"), quoted(body.text)],
  "hold.lapsed": () => [t("Penahanan nomor berakhir sendiri"), ""],
  "status.declared": (entry, body) => [t("{kind} dinyatakan untuk {n} hari", { kind: named(STATUS_KINDS, body.status_kind), n: body.days ?? "?" }), cardOf(entry, "status").decree ?? ""],
  "status.extended": (entry, body) => [t("{kind} diperpanjang {n} hari", { kind: named(STATUS_KINDS, body.status_kind), n: body.days ?? "?" }), cardOf(entry, "status").extension_decree ?? ""],
  "status.ended": (entry, body) => [t("{kind} berakhir", { kind: named(STATUS_KINDS, body.status_kind) }), quoted(body.text)],
  "shift.started": (entry) => [t("Piket {name} dimulai", { name: shiftOf(entry) }), ""],
  "shift.left": (entry) => [t("Piket {name} diserahkan, menunggu tanda tangan", { name: shiftOf(entry) }), ""],
  "shift.signed": (entry) => [t("Serah terima piket {name} ditandatangani", { name: shiftOf(entry) }), ""],
  "decision.made": (entry, body) => [t("Keputusan rapat: {words}", { words: body.words ?? "" }), body.owner ?? ""],
  "decision.done": (entry, body) => [t("Keputusan selesai: {words}", { words: body.words ?? "" }), quoted(body.text)],
  "decision.dropped": (entry, body) => [t("Keputusan dilepas: {words}", { words: body.words ?? "" }), quoted(body.text)],
  "decision.reopened": (entry, body) => [t("Keputusan dibuka lagi: {words}", { words: body.words ?? "" }), quoted(body.text)],
  "decision.struck": (entry, body) => [t("Keputusan dicoret: {words}", { words: body.words ?? "" }), quoted(body.text)],
  "incident.handed": (entry) => [t("Diterima pengirim satuan"), entry.by ?? ""],
  "time.corrected": (entry, body) => [t("Waktu diperbaiki: {which}", { which: timeName(body.which) }), [timesChanged(body), quoted(body.text)].filter(Boolean).join(" · ")],
  "place_note.added": () => [t("Catatan tempat ditulis"), ""],
  "place_note.struck": () => [t("Catatan tempat dicoret"), ""],
  "card.changed": (entry, body) => [t("Kartu pertanyaan diubah: {card}", { card: typeName(body.card) }), ""],
  "card.restored": (entry, body) => [t("Kartu pertanyaan dikembalikan ke bawaan: {card}", { card: typeName(body.card) }), ""],
  "overlay.added": (entry, body) => [t("Lapisan peta ditambahkan: {name}", { name: body.name ?? "" }), ""],
  "overlay.removed": (entry, body) => [t("Lapisan peta dilepas: {name}", { name: body.name ?? "" }), ""],
  "basemap.removed": (entry, body) => [t("Peta dasar {name} dikeluarkan", { name: body.name ?? "" }), ""],
  "population.imported": (entry, body) => [t("Jumlah penduduk {n} wilayah dari berkas", { n: numberText(body.areas ?? 0) }), body.source ?? ""],
  "boundary.imported": (entry, body) => [t("Batas wilayah dari berkas: {new} baru, {replaced} diganti", { new: body.new ?? "?", replaced: body.replaced ?? "?" }), body.source ?? ""],
  "basemap.switched": (entry, body) => [body.on ? t("Peta daring {name} dinyalakan", { name: body.name ?? "" }) : t("Peta daring {name} dimatikan", { name: body.name ?? "" }), ""],
};

const shiftOf = (entry) => cardOf(entry, "shifts").name ?? "";

const lineOf = (entry) => (cardOf(entry, "rings").line ? t("jalur {line}", { line: cardOf(entry, "rings").line }) : "");

const assessedHow = (body) => [named(SOURCES, body.source), named(METHODS, body.method)].join(" · ");

const ATTACHED = { photo: t("foto"), voice: t("rekaman suara"), document: t("dokumen") };

const offered = ({ position, time }) => listed([
  position === "used" && t("posisi foto dipakai"), position === "left" && t("posisi foto diabaikan"),
  time === "used" && t("waktu kamera dipakai"), time === "left" && t("waktu kamera diabaikan"),
].filter(Boolean));

const zoneKind = (entry, body) => zoneWord(cardOf(entry, "zones").kind ?? body.zone_kind);

const drawnAs = (entry, body) => [quoted(cardOf(entry, "zones").words), body.mended].filter(Boolean).join(" · ");

const counted = ({ added, changed }) => ({ added: added ?? "?", changed: changed ?? "?" });

// "Prioritas P2 → P1, jenis Banjir → Kebakaran": what was, and what the card of the entry says now.
function corrections(entry, { was = {} }) {
  const now = cardOf(entry, "incidents");
  const said = { priority: [t("prioritas"), String], type: [t("jenis"), typeName], place: [t("letak"), (place) => place || t("belum diketahui")] };
  const told = Object.entries(said).filter(([name]) => name in was && name in now && was[name] !== now[name]);
  return capital(told.map(([name, [word, inWords]]) => `${word} ${inWords(was[name])} → ${inWords(now[name])}`).join(", "));
}

const recipientsOf = (entry) => {
  const units = (entry.body?.cards?.recipients ?? []).map((one) => one.call_sign);
  const others = (entry.body?.many ?? 0) - units.length;
  return listed(others > 0 ? [...units, t("{n} kontak", { n: others })] : units);
};

const waysOf = (body) => listed((body.channels ?? []).map((channel) => named(WAYS, channel)));

const tenths = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "id", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const kilometres = (length_m) => tenths.format((length_m ?? 0) / 1000);

const obstacle = (body) =>
  [quoted(body.text), body.unblock_by && t("dapat diatasi oleh {who}", { who: body.unblock_by })].filter(Boolean).join(" · ");

const waitsForSecond = (entry) => (cardOf(entry, "alerts").needs_second ? t("menunggu persetujuan orang kedua") : "");

/** {text, soft} of an entry; an unknown kind still says its name, so that nothing is silently left out. */
export function sentence(entry) {
  const say = SENTENCES[entry.kind];
  const [text, soft] = say ? say(entry, entry.body ?? {}) : [entry.kind, entry.body?.text ?? ""];
  return { text, soft };
}

export const verbWord = (verb) => named(ASSIGNMENT_VERBS, verb);
