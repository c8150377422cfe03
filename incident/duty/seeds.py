"""The kinds of units and what they can do, as every installation starts with them; a site adds its own.

From the agencies of a regency's 112 (BPBD, Damkar, PSC 119, Polres, Basarnas, Dinsos, PUPR, Dishub, PLN, PDAM, PMI).
"""

# code, Bahasa Indonesia, English, usual agency, people it takes to leave
KINDS = (
    ("trc", "Tim reaksi cepat", "Rapid response team", "BPBD", 3),
    ("fire_engine", "Mobil pemadam", "Fire engine", "DAMKAR", 4),
    ("fire_tanker", "Mobil tangki air", "Water tanker", "DAMKAR", 2),
    ("fire_rescue", "Mobil penyelamatan", "Rescue truck", "DAMKAR", 3),
    ("ambulance", "Ambulans", "Ambulance", "PSC119", 2),
    ("patrol", "Patroli polisi", "Police patrol", "POLRES", 2),
    ("sar", "Tim SAR", "Search and rescue team", "BASARNAS", 4),
    ("boat", "Perahu karet", "Rubber boat", "BPBD", 2),
    ("military", "Regu TNI", "Army squad", None, 5),
    ("satpol", "Regu Satpol PP", "Civil order squad", None, 3),
    ("traffic", "Regu Dishub", "Traffic team", "DISHUB", 2),
    ("tagana", "Tagana", "Tagana volunteers", "DINSOS", 3),
    ("kitchen", "Dapur umum", "Field kitchen", "DINSOS", 4),
    ("excavator", "Alat berat", "Heavy machinery", "PUPR", 2),
    ("line_crew", "Regu PLN", "Power line crew", "PLN", 2),
    ("water_truck", "Tangki air bersih", "Drinking water truck", None, 1),
    ("health_team", "Tim medis", "Medical team", "PMI", 3),
    ("radio_team", "Relawan radio (RAPI/ORARI)", "Radio volunteers (RAPI/ORARI)", None, 1),
)
# code, Bahasa Indonesia, English, types and families of incident it is good for
CAPABILITIES = (
    ("fire", "memadamkan api", "fire fighting", "fire kebakaran"),
    ("rescue", "menyelamatkan", "rescue", "rescue earth water traffic sar tenggelam longsor gempa"),
    ("water", "pertolongan di air", "water rescue", "water banjir tenggelam tsunami"),
    ("medic", "pertolongan medis", "medical care", "medical medis laka odgj"),
    ("transport", "membawa korban", "casualty transport", "medical medis traffic laka"),
    ("security", "keamanan", "security", "security keamanan kerusuhan kdrt"),
    ("traffic", "mengatur lalu lintas", "traffic control", "traffic laka"),
    ("clearing", "membersihkan jalan", "road clearing", "wind earth pohon longsor"),
    ("logistics", "logistik dan dapur", "logistics and kitchen", ""),
    ("utility", "listrik", "power lines", "utility kabel"),
    ("animal", "menangani hewan", "animal handling", "animal hewan"),
)


def kind_rows() -> list[dict[str, object]]:
    names = ("code", "name_id", "name_en", "agency_code", "least_crew", "rank")
    return [dict(zip(names, (*row, rank), strict=True)) for rank, row in enumerate(KINDS)]


def capability_rows() -> list[dict[str, object]]:
    names = ("code", "name_id", "name_en", "serves", "rank")
    return [dict(zip(names, (*row, rank), strict=True)) for rank, row in enumerate(CAPABILITIES)]
