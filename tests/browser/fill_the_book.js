// Run in a page of the exercise by screens.py.
async () => {
  const { get, post } = await import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'api.js'));
  if ((await get("/contacts")).contacts.length) return;
  const people = [
    ["Kepala Desa Belanting", "kades", "52.03.10.2002", "081900000231"], ["Kepala Desa Labuhan Lombok", "kades", "52.03.08.2007", "081900000232"],
    ["Kepala Desa Pringgabaya", "kades", "52.03.08.2006", "081900000233"], ["Camat Sambelia", "camat", "52.03.10", "081900000234"],
    ["Piket PLN Selong", "duty", null, "081900000235"], ["Ketua RT 02 Belanting", "rt", "52.03.10.2002", null],
  ];
  for (const [name, office, area_code, phone] of people) {
    const addresses = phone ? [{ channel: "sms", address: phone }, { channel: "console", address: name }] : [];
    await post("/contacts", { name, office, area_code, addresses });
  }
  await post("/contacts", { name: "Pengeras masjid Labuhan", kind: "outlet", office: "other", addresses: [{ channel: "console", address: "masjid" }] });
  const { contacts } = await get("/contacts");
  await post("/groups", { name: "Pesisir utara", contact_ids: contacts.slice(0, 4).map(({ id }) => id), unit_ids: [] });
  const rumours = [
    ["Bendungan Pandanduri jebol.", "Bendungan utuh. Pintu dibuka sesuai jadwal dan dijaga sepanjang malam.", "Petugas bendungan, foto pukul 21.10.", "The Pandanduri dam has burst.", "The dam is whole. Its gates are opened as planned and are watched all night.", "Staff at the dam, photo at 21:10."],
    ["Semua jalan ke Sembalun putus.", "Jalan lewat Aikmel tetap dapat dilalui mobil kecil.", "Laporan TRC-1 dari jalan itu.", null, null, null],
  ];
  for (const [claim, fact, evidence, claim_en, fact_en, evidence_en] of rumours) await post("/clarifications", { claim, fact, evidence, ...(claim_en && { claim_en, fact_en, evidence_en }) });
  const { openings } = await get("/openings");
  const told = { "Lapangan Labuhan Lombok": ["open", "24 jam"], "RSUD Selong": ["open", "24 jam"], "SDN 1 Belanting": ["full", "sampai pagi"] };
  for (const { id, name } of openings) if (told[name]) await post(`/openings/${id}`, { state: told[name][0], hours: told[name][1], note: "", note_en: "", shown: true });
}
