"""A fixed word code for Bahasa Indonesia on the air: less than half the bytes of UTF-8, and never a loss.

Words stand for themselves by number; the order of the lists is the code, so words are only ever added at the end.
The bytes are described in docs/radio.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

ESCAPE, TITLE, UPPER, SHOUT = 0x00, 0x01, 0x02, 0x03
"""A character in UTF-8 follows; next word Capitalised; next word in CAPITALS; the whole text in capitals."""

MARKS = {0x04: ", ", 0x05: ". "}

PREFIXES = ["di", "me", "mem", "men", "meng", "meny", "pe", "pem", "pen", "peng", "ber", "ter", "ke"]
"""Bytes 0x06 onwards: joined to the word that follows."""

SUFFIXES = ["nya", "kan", "an", "i", "lah", "kah", "ku", "mu"]
"""Bytes 0x13 onwards: joined to the word before."""

_PREFIX_FIRST, _SUFFIX_FIRST = 0x06, 0x06 + len(PREFIXES)
_SHORT_FIRST, _LONG_FIRST = 0x80, 0xF8

_SHORT_BOOK = """
di dan ke yang dari untuk dengan tidak ada air sudah warga belum orang banjir jalan desa rumah korban lokasi posko
tim mohon bantuan perlu akan ini itu pada evakuasi segera sungai putus jembatan awas siaga waspada kembali menuju
tiba aman naik turun hujan gempa longsor lahar kebakaran tsunami api luka meninggal hilang anak ibu ambulans medis
perahu tenda makanan listrik sinyal radio kanal satuan unit tugas lapor siap selesai tunggu jangan lewat arah utara
selatan timur barat jam menit meter km kepala dusun camat kecamatan kabupaten sekolah masjid pasar puskesmas kantor
bpbd damkar polisi tni pmi basarnas relawan satu dua tiga kali lagi masih bisa sekitar tinggi besar mulai semua hati
"""
SHORT = _SHORT_BOOK.split()
"""One byte each, 0x80 to 0xF7."""

_LONG_BOOK = """
abu abrasi adalah adanya agar agak ahli air-bersih ajak akibat akses aktif aktivitas alarm alam alat alih aliran
alir aliri aman-aman ambil ambruk ancam ancaman anda anggota angin angkat angkut angkutan antar antara antisipasi
apa apabila arahan area arus aspal atap atas atau atur awal awan ayah ayo bagaimana bagi bagian bahan bahaya bahwa
baik bak bakar baku balai balaidesa balita balok bandang bangun bangunan bantal bantaran bantu banyak bapak baring
baru basah batal batas batu bawa bawah bayi beberapa bebas beda begitu bekas bekerja belakang beli benar bencana
bendung bendungan bensin bentuk berapa beras berat berdiri berhenti beri berita besi besok betis biasa bila bina
bingung biru blokir boleh bongkar bor botol buah buka bukan bukit bukti bulan buruk buruh buta butuh cabang cadangan
cair cakupan cakap camp campur cari catat cedera cegah cek cepat cerah cuaca cukup curah curam dada daerah daftar
dahulu daki dalam dampak dampingi dan-lain danau dangkal dapat dapur darah darat darurat dasar data datang dataran
dekat delapan demam demi dengar depan deras derajat dermaga detik dewasa dia diam diare dinas dinding diri dokter
dorong dosis drone dulu duduk dukungan efektif ekor empat enam energi erupsi esok fasilitas foto gagal gambar ganggu
gangguan ganti garis gas gawat gedung gelap gelombang genangan genang genset gerak gerbang gereja gerimis gigi
giliran gizi gotong gubernur gudang gugur guguran gula gunung guru habis hadang hadap hadir hal halaman halang halte
hambat hambatan hangus hantam hanya hanyut harap hari harus hasil helikopter heli helm henti hewan hidup hijau
himbau hitam hitung hotel hubung hubungi hulu huni hutan ikat ikut imbau informasi ingat inap instruksi isi isolasi
istirahat istri isu izin jadi jaga jalur jam-jam jangkau jarak jaring jarum jatuh jauh jawab jebol jelas jelang
jemaah jemput jenazah jenis jerigen jika jiwa juga jumlah jurang juru kabar kabel kabin kabut kaca kaji kaki kalau
kami kampung kanan kantong kapal kapan karena kargo kartu karung kasur kata kawah kawasan kaya keadaan kebun
kecelakaan kecil kedua keluar keluarga kelompok kelurahan kemarin kemudian kena kendala kendaraan kendali kenapa
keras kerahkan kering keruh kerusakan kerusuhan kesehatan ketika ketinggian khawatir khusus kilometer kini kira
kirim kiri kita klinik kodim kolam komandan komando kompor komunikasi kondisi konfirmasi kontak koordinasi koordinat
koramil korslet kosong kota krisis kritis kuat kubur kulit kumpul kuning kunci kurang kursi lahan lain laki
laki-laki laku lalu lama lambat lampu lancar landa langsung lansia lantai lapangan laporan lari laut lautan layan
layanan lebar lebat lebih leher lelah lemah lembab lembah lepas lereng letak letus letusan lewati lihat lima limbah
lindung lingkungan lintas listrik-padam logistik lokal longsoran luapan luap luar luas lubang lumpur lumpuh lurah
lurus lutut maaf mabuk macet maju makan makin malam mampu mana mandi mangsa masa masalah masing masker masuk
masyarakat mata mati matikan mau maupun mayat melalui melihat memang mengungsi menara mendung menang menurut merah
mereka merapat merata mesin meski metode milik minggu minim minta minum minuman minyak mobil motor muara muat
muatan muda mudah muka mulut muncul mungkin mundur mushola musim musyawarah nadi nafas nama namun nanti napas
nelayan nol nomor normal nyala obat ojek olah oleh oksigen operasi operator orangtua otak pabrik pada-saat padam
padat pagi paham pakai pakaian paling panas pandu panduan panggil panik pantai pantau panjang papan para parah parit
pasang pasien pasir pasokan pasti pasukan patah patau patroli patok patuh payung pecah pedagang peduli pegang pekan
pelabuhan pelan peluk penampungan pendek pengungsi pengungsian penting penuh penumpang perahu-karet perawat pergi
perintah periksa peringatan perlahan permukaan pernah pertama pesan pesawat petang peta petir petugas pikir pimpin
pindah pinggang pinggir pintu piket pipa pir plat pln pohon pojok pokok polda polres polsek pompa pondok popok porak
pos posisi potong prajurit prakiraan prioritas proses provinsi puing puluh puncak pukul pulang pulau punggung punya
pusat pusdalops puting-beliung putih putar raih rakit rakyat ramai ranjang rapat rapid rata ratus rawan rawat rel
remaja rencana rendah rendam resah resiko respon retak ribu ringan roboh roda rombongan ruang ruangan rujuk rujukan
rumahsakit runtuh rusak rute saat sabuk sadar saja sakit saksi salah salur saluran sama sambung sampah sampai
samping sana sandar sangat sapi sar saran sarana saring satgas satpam sawah saya sebab sebagai sebagian sebelah
sebelum sebelumnya sebentar seberang sebut sedang sedikit segar sehat sejak sejumlah sekali sekarang sekeliling
sekitarnya sektor selalu selama selamat selang selatan-barat selimut seluruh sembilan sementara sempat sempit
sendiri seng senin senior senter sepeda seperti sepuluh seratus serius serta sesak sesar seseorang sesuai sesuatu
setelah setempat setengah setiap siang siapa siapkan silakan simpang simpan sini sirene sirine sisa sisi sistem
sisir situ situasi sopir sore stabil stasiun status stok stop suara suami suar suhu sukarela sulit sumber sumur
sungguh suntik supaya surat surut survei susah susu susul sweeping tabrak tabrakan tadi tahan tahap tahu tahun tajam
takut tali tambah tambahan tampung tanah tandu tanda tanggap tanggul tangan tangga tangki tanpa target tas tebing
tegak telah telepon teluk teman tempat tempuh tempur temu tenang tengah tenaga tenggelam tentang tentu tepat tepi
terakhir terang teras terbang terbuka terdampak tergenang terhadap terima terisolasi terjadi terjebak terkait
terkini terlalu terlihat terlalu-dalam terluka terpal terpantau terputus tersedia tersebut terseret tertimbun
tertutup terus tetap tewas tiang tidur tiga-puluh tikar timbun timbunan tindak tinggal tingkat tingkatkan titik
tolong tonton topan total traktor transportasi trauma trc truk tua tubuh tuju tujuan tujuh tulang tumbang tumpah
tumpuk turap tutup ubah udara ujung ukur ulang umum umur undur ungsi urut urutan usaha usia utama vaksin validasi
verifikasi video volume waduk wajib waktu wali wanita wilayah yaitu zona rt rw tps sd smp sma rsud igd kk jl kec kab
dsn psc112 112 119 00 10 15 20 25 30 40 45 50 100 200 500 mendekat menjauh menyusul merapat mengalir meluap menutup
membuka membawa memakai mencari menolong menunggu menerima mengirim menghubungi melaporkan berangkat bergerak berada
bertahan berkumpul berjalan bersama dibawa dibuka ditutup dikirim dievakuasi ditemukan diminta dibutuhkan dilaporkan
dipindahkan dikerahkan keadaan-darurat kebutuhan kekurangan kehabisan kesulitan penanganan penyelamatan pencarian
pertolongan perempuan peralatan pemadaman pembersihan pelayanan
karet bocor setinggi oralit dingin dam perkiraan menolak bicara ton jendela asap tebal pandang anjing pelacak sosial
bantah ditarik pupuk kopi radius hilir terpisah dilanjutkan bertegangan bailey rembes baterai mil tercemar ternak
penurun miring ditebang nasional antrean teriakan reruntuhan toko gali bidan per liter keran bau menyengat gemuruh
bersih ribut bus mogok wisatawan asing perubahan pdam tunggal persen karhutla bara gambut baca manual tiap
kedaluwarsa dipisahkan tower menimpa kereta liar menyerang tercium massa sebaran penerbangan lemari kulkas tambang
kayu keracunan jamur muntah sekat warung bibir uji coba latihan pencuri tersumbat potensi ibadah ikan raya lanjut
selasa rabu kamis jumat sabtu januari februari maret april mei juni juli agustus september oktober november desember
tenggara daya kilo gram belas sepertiga nihil lengkap cadang genap becak sampan feri speedboat ekskavator buldoser
derek trailer kambing kerbau ayam itik bebek kuda kucing ular lebah tikus monyet gajah harimau nasi mie roti telur
pembalut sabun ember wajan panci piring gelas sendok teh garam dahi bahu lengan siku jari pinggul paha lidah telinga
hidung rambut jantung paru ginjal usus flu campak malaria dehidrasi infeksi pingsan mual kejang asma stroke
hipotermia tarik tebang latih tolak serang pisah sumbat cemar cium teriak tunda pulih sambut serah kerikil semen
bambu tripleks paku palu gergaji linggis cangkul sekop jangkar ladang sawit tebu jagung padi kelapa panen tambak
keramba delta tanjung selat kaldera embung irigasi gorong drainase trotoar tol bundaran underpass flyover walikota
wakil sekda babinsa bhabinkamtibmas linmas tagana dinsos dinkes dishub satpol syahbandar bmkg pvmbg kpu pramuka
posyandu pustu polindes lapas pesantren madrasah universitas mal bank spbu terminal bandara mercusuar antena
repeater internet ponsel aplikasi grup hoaks rumor dini subuh zuhur asar magrib isya lusa rekahan amblas rembesan
semburan dentuman getaran kubah lontaran belerang hotspot percikan ledakan kebocoran racun amonia klorin solar
terendam tersangkut tersesat terpaksa terasa terbalik terguling memeriksa memasang memadamkan memindahkan
membersihkan menyiapkan menyediakan menyebabkan menunda memperbaiki melanjutkan melarang diperbaiki diserahkan
dibersihkan diketahui penyaluran pemantauan pemulihan perbaikan penutupan penyeberangan pengiriman pemeriksaan
peningkatan penurunan penumpukan pencemaran perlengkapan persediaan perbekalan kerugian kelaparan keluhan kedinginan
penyebab massal otomatis sedalam sepanjang seberat selebar sejauh sebanyak sehingga sambil apalagi bahkan malah
justru segala
"""
LONG = _LONG_BOOK.split()
"""Two bytes each: 0xF8 to 0xFF, then 0x00 to 0xFF."""

_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+|, |\. |.", re.DOTALL)


def _numbered() -> dict[str, bytes]:
    """word -> its one or two bytes; a word that stands twice keeps its first and shortest number."""
    long = {word: bytes((_LONG_FIRST + at // 256, at % 256)) for at, word in reversed(list(enumerate(LONG)))}
    return long | {word: bytes((_SHORT_FIRST + at,)) for at, word in reversed(list(enumerate(SHORT)))}


_CODES = _numbered()
_BEFORE = [("", b""), *((prefix, bytes((_PREFIX_FIRST + at,))) for at, prefix in enumerate(PREFIXES))]
_AFTER = [("", b""), *((suffix, bytes((_SUFFIX_FIRST + at,))) for at, suffix in enumerate(SUFFIXES))]
_MARK_CODES = {mark: bytes((code,)) for code, mark in MARKS.items()}


def encode(text: str) -> bytes:
    """`text` in the word code. decode() gives back exactly the same text, whatever it was."""
    candidates = [_letters(text), _words(text), bytes((SHOUT,)) + _words(text.lower())]
    return min((coded for coded in candidates if _reads_as(coded, text)), key=len)


def decode(coded: bytes) -> str:
    """The text that encode() was given. Raises ValueError for bytes that mean nothing."""
    if coded[:1] == bytes((SHOUT,)):
        return "".join(_spoken(coded[1:])).upper()
    return "".join(_spoken(coded))


def _reads_as(coded: bytes, text: str) -> bool:
    return decode(coded) == text


def _letters(text: str) -> bytes:
    """Letter by letter: always right, never short."""
    return b"".join(_letter(letter) for letter in text)


def _letter(letter: str) -> bytes:
    return letter.encode() if " " <= letter <= "~" else bytes((ESCAPE,)) + letter.encode()


def _words(text: str) -> bytes:
    """Word by word; the single space between two coded words is not written, the reader puts it back."""
    tokens = _TOKEN.findall(text)
    codes = [_code(token) for token in tokens]
    neighbours = zip(["", *codes], tokens, codes, [*codes[1:], ""], strict=False)
    return b"".join(
        b"" if token == " " and before and after else code or _MARK_CODES.get(token) or _letters(token)
        for before, token, code, after in neighbours
    )


@lru_cache(maxsize=4096)  # people say the same words
def _code(token: str) -> bytes:
    """Case mark, prefix, word, suffix; nothing when the word is not in the book."""
    lower = token.lower()
    marks = {lower: b"", lower.capitalize(): bytes((TITLE,)), lower.upper(): bytes((UPPER,))}
    if token not in marks or not (token[:1].isalnum() and token.isascii()):
        return b""
    mark = b"" if token == lower else marks[token]
    stems = [mark + stem for stem in _stems(lower)]
    return min((stem for stem in stems if len(stem) <= len(token)), key=len, default=b"")


def _stems(word: str) -> Iterator[bytes]:
    for (prefix, before), (suffix, after) in product(_BEFORE, _AFTER):
        stem = word[len(prefix) : len(word) - len(suffix)]
        if word == prefix + stem + suffix and stem in _CODES:
            yield before + _CODES[stem] + after


def _spoken(coded: bytes) -> Iterator[str]:
    """The pieces of the text; a word that follows a word gets its space."""
    at, mark, case, joined, after_word = 0, ESCAPE, ESCAPE, False, False
    while at < len(coded):
        byte = coded[at]
        kind, piece, at = _piece(coded, at)
        if kind == "case":
            mark = byte
            continue
        begins = kind in ("word", "prefix") and not joined
        if begins:
            case, mark = mark, ESCAPE
        yield " " * (begins and after_word) + _cased(piece, case, kind)
        # A capital first letter is used up at once; CAPITALS hold to the end of the word.
        case = ESCAPE if case == TITLE else case
        joined, after_word = kind == "prefix", kind in ("word", "suffix")


def _piece(coded: bytes, at: int) -> tuple[str, str, int]:
    """(kind, text, where the next piece begins)."""
    byte = coded[at]
    if byte == ESCAPE:
        return _escaped(coded, at + 1)
    if byte >= _LONG_FIRST:
        return "word", _long(coded, at), at + 2
    if byte >= _SHORT_FIRST:
        return "word", _entry(SHORT, byte - _SHORT_FIRST), at + 1
    return _small(byte), _small_text(byte), at + 1


def _small(byte: int) -> str:
    if byte in (TITLE, UPPER):
        return "case"
    if _PREFIX_FIRST <= byte < _SUFFIX_FIRST:
        return "prefix"
    return "suffix" if _SUFFIX_FIRST <= byte < _SUFFIX_FIRST + len(SUFFIXES) else "sign"


def _small_text(byte: int) -> str:
    if byte in (TITLE, UPPER):
        return ""
    if byte in MARKS:
        return MARKS[byte]
    affixes = PREFIXES + SUFFIXES
    if _PREFIX_FIRST <= byte < _PREFIX_FIRST + len(affixes):
        return affixes[byte - _PREFIX_FIRST]
    if 0x20 <= byte <= 0x7E:
        return chr(byte)
    raise ValueError(f"byte {byte:#04x} means nothing in the word code")


def _escaped(coded: bytes, at: int) -> tuple[str, str, int]:
    """One character of UTF-8; its first byte tells how many follow."""
    first = coded[at] if at < len(coded) else 0xFF
    length = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
    return "sign", coded[at : at + length].decode(), at + length


def _long(coded: bytes, at: int) -> str:
    if at + 1 >= len(coded):
        raise ValueError("the word code ends within a word")
    return _entry(LONG, (coded[at] - _LONG_FIRST) * 256 + coded[at + 1])


def _entry(words: list[str], number: int) -> str:
    if number >= len(words):
        raise ValueError(f"word {number} is not in this version's book")
    return words[number]


def _cased(piece: str, case: int, kind: str) -> str:
    if kind == "sign" or case == ESCAPE:
        return piece
    return piece.upper() if case == UPPER else piece.capitalize()
