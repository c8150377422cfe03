"""What every installation starts with: the types of incident of a 112 room."""

# code, family, Bahasa Indonesia, English, usual priority, icon
TYPES = (
    ("flood", "water", "Banjir", "Flood", "P2", "ripple"),
    ("fire", "fire", "Kebakaran", "Fire", "P1", "flame"),
    ("medical", "medical", "Medis", "Medical", "P1", "ambulance"),
    ("traffic", "traffic", "Kecelakaan lalu lintas", "Traffic accident", "P2", "car-crash"),
    ("landslide", "earth", "Tanah longsor", "Landslide", "P2", "mountain"),
    ("quake", "earth", "Gempa", "Earthquake", "P1", "activity"),
    ("tsunami", "water", "Tsunami", "Tsunami", "P1", "wave-saw-tool"),
    ("wind", "wind", "Angin kencang", "Strong wind", "P2", "wind"),
    ("tree", "wind", "Pohon tumbang", "Fallen tree", "P3", "tree"),
    ("rescue", "rescue", "Penyelamatan", "Search and rescue", "P1", "lifebuoy"),
    ("drowning", "rescue", "Orang tenggelam", "Drowning", "P1", "swimming"),
    ("animal", "animal", "Hewan liar", "Wild animal", "P3", "paw"),
    ("security", "security", "Gangguan keamanan", "Security", "P2", "shield"),
    ("riot", "security", "Kerusuhan", "Riot", "P1", "users-group"),
    ("violence", "security", "KDRT dan anak", "Domestic violence, child", "P1", "home-heart"),
    ("mental", "medical", "ODGJ", "Mental health crisis", "P3", "mood-sad"),
    ("cable", "utility", "Kabel dan PJU", "Cable, street light", "P3", "bolt"),
    ("other", "other", "Lainnya", "Other", "P3", "dots"),
)
AGENCIES = (
    ("BPBD", "Badan Penanggulangan Bencana Daerah"),
    ("DAMKAR", "Dinas Pemadam Kebakaran dan Penyelamatan"),
    ("PSC119", "Public Safety Center 119 / Dinas Kesehatan"),
    ("POLRES", "Kepolisian Resor"),
    ("BASARNAS", "Badan Pencarian dan Pertolongan"),
    ("DINSOS", "Dinas Sosial (Tagana)"),
    ("PUPR", "Dinas Pekerjaan Umum dan Penataan Ruang"),
    ("DISHUB", "Dinas Perhubungan"),
    ("PLN", "PLN"),
    ("PMI", "Palang Merah Indonesia"),
    ("DISKOMINFO", "Dinas Komunikasi dan Informatika"),
)


def type_rows() -> list[dict[str, object]]:
    names = ("code", "family", "name_id", "name_en", "priority", "icon", "rank")
    return [dict(zip(names, (*row, rank), strict=True)) for rank, row in enumerate(TYPES)]
