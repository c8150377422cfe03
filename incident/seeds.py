"""What every installation starts with: the types of incident of a 112 room, and the agencies of a regency."""

# code, other words for it, family, Bahasa Indonesia, English, usual priority, icon
TYPES = (
    ("banjir", "flood banjir_bandang", "water", "Banjir", "Flood", "P2", "ripple"),
    ("kebakaran", "fire karhutla", "fire", "Kebakaran", "Fire", "P1", "flame"),
    ("medis", "medical ambulans medis/ambulans", "medical", "Medis", "Medical", "P1", "ambulance"),
    ("laka", "traffic kecelakaan", "traffic", "Kecelakaan lalu lintas", "Traffic accident", "P2", "car-crash"),
    ("longsor", "landslide", "earth", "Tanah longsor", "Landslide", "P2", "mountain"),
    ("gempa", "quake gempa_bumi", "earth", "Gempa", "Earthquake", "P1", "activity"),
    ("tsunami", "", "water", "Tsunami", "Tsunami", "P1", "wave-saw-tool"),
    ("angin", "wind angin_kencang puting_beliung", "wind", "Angin kencang", "Strong wind", "P2", "wind"),
    ("pohon", "tree pohon_tumbang", "wind", "Pohon tumbang", "Fallen tree", "P3", "tree"),
    ("sar", "rescue penyelamatan penyelamatan/sar", "rescue", "Penyelamatan", "Search and rescue", "P1", "lifebuoy"),
    ("tenggelam", "drowning", "rescue", "Orang tenggelam", "Drowning", "P1", "swimming"),
    ("hewan", "animal hewan_liar", "animal", "Hewan liar", "Wild animal", "P3", "paw"),
    ("keamanan", "security", "security", "Gangguan keamanan", "Security", "P2", "shield"),
    ("kerusuhan", "riot", "security", "Kerusuhan", "Riot", "P1", "users-group"),
    ("kdrt", "violence kdrt/anak", "security", "KDRT dan anak", "Domestic violence, child", "P1", "home-heart"),
    ("odgj", "mental", "medical", "ODGJ", "Mental health crisis", "P3", "mood-sad"),
    ("kabel", "cable pju kabel/pju", "utility", "Kabel dan PJU", "Cable, street light", "P3", "bolt"),
    ("lainnya", "other lain", "other", "Lainnya", "Other", "P3", "dots"),
)
AGENCIES = (
    ("BPBD", "Badan Penanggulangan Bencana Daerah"),
    ("DAMKAR", "Dinas Pemadam Kebakaran dan Penyelamatan"),
    ("PSC119", "Public Safety Center 119 / Dinas Kesehatan"),
    ("RSUD", "Rumah Sakit Umum Daerah"),
    ("PUSKESMAS", "Puskesmas"),
    ("POLRES", "Kepolisian Resor"),
    ("KODIM", "Komando Distrik Militer (Koramil)"),
    ("BASARNAS", "Badan Pencarian dan Pertolongan"),
    ("SATPOLPP", "Satuan Polisi Pamong Praja"),
    ("DISHUB", "Dinas Perhubungan"),
    ("DINSOS", "Dinas Sosial (Tagana)"),
    ("PUPR", "Dinas Pekerjaan Umum dan Penataan Ruang"),
    ("DLH", "Dinas Lingkungan Hidup"),
    ("PLN", "PLN"),
    ("PDAM", "Perusahaan Daerah Air Minum"),
    ("PMI", "Palang Merah Indonesia"),
    ("RAPI", "RAPI dan ORARI"),
    ("DISKOMINFO", "Dinas Komunikasi dan Informatika"),
)


def type_rows() -> list[dict[str, object]]:
    names = ("code", "also", "family", "name_id", "name_en", "priority", "icon", "rank")
    return [dict(zip(names, (*row, rank), strict=True)) for rank, row in enumerate(TYPES)]
