// What the tables' codes are called on the screen. "ada kendala" and "terkendali" differ in every word: they must not be mixed up.
import { page } from "./page.js";
import { capital, t } from "./words.js";

export const INCIDENT_STATES = {
  new: t("baru"), verified: t("terverifikasi"), responding: t("ditangani"),
  obstructed: t("ada kendala"), controlled: t("terkendali"), closed: t("selesai"),
};

export const UNIT_STATES = {
  standby: t("siaga"), afield: t("siaga di lapangan"), out_of_service: t("tidak dinas"), assigned: t("ditugaskan"), acknowledged: t("terima tugas"),
  en_route: t("berangkat"), on_scene: t("di lokasi"), transporting: t("membawa korban"), at_referral: t("di rujukan"),
  obstructed: t("ada kendala"), mayday: t("DARURAT"), cleared: t("selesai"), cancelled: t("dibatalkan"),
};

export const ASSIGNMENT_VERBS = {
  acknowledge: t("Terima"), depart: t("Berangkat"), arrive: t("Tiba"), transport: t("Bawa korban"), deliver: t("Tiba di rujukan"),
  clear: t("Selesai"), obstruct: t("Kendala"), mayday: t("DARURAT"), cancel: t("Batalkan"),
};

export const DISPOSITIONS = {
  handled: t("ditangani sampai selesai"), referred: t("diteruskan ke instansi lain"), no_action: t("tidak perlu tindakan"),
  false_alarm: t("laporan palsu"), duplicate: t("rangkap dengan kejadian lain"), obstructed: t("tidak tertangani, ada kendala"),
};

export const OBSTACLES = {
  access: t("jalan atau akses"), equipment: t("alat"), people: t("orang"), authority: t("wewenang"),
  weather: t("cuaca"), other_agency: t("menunggu instansi lain"), other: t("lain-lain"),
};

export const CALL_CHANNELS = {
  112: t("telepon 112"), phone: t("telepon"), walk_in: t("datang langsung"), radio: t("radio"), form: t("formulir"),
  whatsapp: t("WhatsApp"), field: t("lapangan"), paper: t("kertas"), drill: t("latihan"),
};

export const CALL_CLASSES = { normal: t("nyata"), ghost: t("ghost"), prank: t("prank"), info: t("info") };

export const ORDERS = {
  inform: t("untuk diketahui"), stand_by: t("siaga"), go: t("berangkat sekarang"), evacuate: t("evakuasi"), stand_down: t("kembali"),
};

export const ALERT_STATES = {
  draft: t("menunggu persetujuan"), active: t("berjalan"), cancelled: t("dibatalkan"),
  superseded: t("diganti"), expired: t("kedaluwarsa"), ended: t("selesai"),
};

export const WAYS = {
  screen: t("layar"), radio: t("radio"), sms: t("SMS"), whatsapp: t("WhatsApp"), voice: t("suara"), phone: t("telepon"), telegram: t("Telegram"),
  email: t("surel"), webhook: t("webhook"), web_push: t("peramban"), console: t("konsol"), siren: t("sirene"), link: t("tautan"),
  sms_modem: t("SMS"), sms_gateway: t("SMS"), runner: t("orang yang diutus"),
};

/** The kinds of address in the phone book. */
export const ADDRESSES = { sms: t("SMS"), whatsapp: t("WhatsApp"), telegram: t("Telegram"), email: t("surel"), voice: t("pengeras suara"), webhook: t("webhook"), siren: t("sirene") };

/** As what somebody stands in the phone book. */
export const OFFICES = { kades: t("kepala desa"), camat: t("camat"), rt: t("ketua RT"), duty: t("petugas jaga"), other: t("lain-lain") };

export const LAMPS = {
  screen: t("Layar"), internet: t("Internet"), sms: t("SMS"), radio: t("Radio"), database: t("Basis data"), mayday: t("Darurat"), relay: t("Penerus"), cards: t("Kartu tanya"),
  telegram: t("Telegram"), whatsapp: t("WhatsApp"), email: t("Surel"), webhook: t("Webhook"), web_push: t("Peramban"), sms_modem: t("Modem SMS"), sms_gateway: t("Gerbang SMS"),
  feeds: t("Sumber luar"), voice: t("Pengeras suara"), siren: t("Sirene"), console: t("Konsol"), channel_loop: t("Uji saluran"), kept_messages: t("Pesan disimpan"),
};

export const LAMP_STATES = { ok: t("baik"), warn: t("lambat"), off: t("mati"), unknown: t("tidak diketahui") };

export const PRIORITIES = {
  P1: t("merah, mengancam nyawa"), P2: t("kuning, segera"), P3: t("hijau, dapat menunggu"), P4: t("informasi"),
};

export const METHODS = {
  map: t("ditunjuk di peta"), coordinates: t("dari koordinat"), place: t("dari nama tempat"), text: t("dari kata penelepon"),
  device: t("dari alat"), unknown: t("cara tidak diketahui"),
};

/** Who rides on a unit. */
export const CREW_ROLES = { leader: t("ketua"), driver: t("pengemudi"), paramedic: t("paramedis"), rescuer: t("penyelamat"), operator: t("operator alat"), member: t("anggota") };

export const FREE_STATES = ["standby", "afield"];

/** "Ambulans": a kind of unit, and what a unit can do, in the page's language; an unknown code stands as it is. */
export const kindName = (code) => page.unit_words?.kinds?.[code] ?? String(code ?? "");
export const capabilityName = (code) => page.unit_words?.capabilities?.[code] ?? String(code ?? "");

export const named = (table, code) => table[code] ?? String(code ?? "");

const LANGUAGE = globalThis.document?.documentElement.lang || "id";
const types = new Map((page.types ?? []).map((kind) => [kind.code, kind]));

/** "Banjir": the type's name in the page's language; an unknown code stands as it is. */
export function typeName(code) {
  const kind = types.get(code);
  return kind ? kind[`name_${LANGUAGE}`] || kind.name_id || kind.name || code : capital(String(code ?? ""));
}

export const typeIcon = (code) => types.get(code)?.icon ?? "alert-triangle";

export const typeCodes = () => [...types.keys()];
