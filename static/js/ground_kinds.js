// What lies on the ground is called: the one table of its words, for the board and for the situation map. Pure.
// The words are keys of the dictionary; whoever shows them has them said in the reader's language.
const N_ = (word) => word; // the mark by which the catalogue finds them

export const ZONE_WORDS = {
  affected: N_("terdampak"),
  isolated: N_("terisolir"),
  road_cut: N_("jalan putus"),
  post: N_("posko lapangan"),
  evacuation_route: N_("jalur evakuasi"),
  assembly_point: N_("titik kumpul"),
};

export const FACILITY_WORDS = {
  puskesmas: N_("puskesmas"),
  hospital: N_("rumah sakit"),
  fire_post: N_("pos pemadam"),
  police: N_("polisi"),
  shelter: N_("pengungsian"),
  school: N_("sekolah"),
  government: N_("kantor pemerintah"),
  water: N_("sumber air"),
  other: N_("fasilitas lain"),
};
