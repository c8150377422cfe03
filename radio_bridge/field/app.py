"""The face of the field terminal: one alert in big letters, one key for each answer, an outbox that says how far."""

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.text import Text as Words
from textual.app import App, ComposeResult, ScreenStackError
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.css.query import NoMatches
from textual.events import Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from gis.coordinates import BadPosition, Position
from incident.config import ZONE_LABELS
from radio_bridge.devices import Device
from radio_bridge.errors import CannotSend
from radio_bridge.field.aloud import Reader
from radio_bridge.field.gps import Gps
from radio_bridge.field.terminal import KEPT, Terminal
from radio_bridge.field.words import alert_lines, key_words, place_words
from radio_bridge.link import LinkConfig
from radio_bridge.personal import NOT_ON_AIR
from radio_bridge.spool import Spool, SpoolFault
from radio_bridge.team import ALERT_WORDS, FULL, MAYDAY, OUTBOX_WORDS, measure

MAYDAY_WITHIN_S = 3.0
"""The second press of 0 must come this soon: a mayday is never a slip of the thumb."""
BOUNCE_S = 1.5
"""A digit pressed again this soon is a bounce or a key that hangs: it must not fill the channel."""
READ_FIRST_S = 0.5
"""An alert that came this moment was not meant by the key: nobody has read it yet."""
RING_EVERY_S = 4.0
REDRAW_EVERY_S = 20.0
SHOWN = 12  # rows of a list; the newest are on top
SHORT_BELOW = 20  # rows: no frames, one list
NARROW_BELOW = 60  # columns
_COLOUR_OF_PRIORITY = {
    0: "bold white on red",
    1: "bold black on yellow",
    2: "bold black on green",
    3: "bold white on blue",
}
_COLOUR_OF_STATE = {"delivered": "green", "confirmed": "green", "keyed": "yellow", "acknowledged": "yellow"}
_COLOUR_OF_ROLE = {"big": "bold", "head": "bold", "text": "bold", "way": "bold cyan", "place": "dim"}
PLACEHOLDERS = {
    "text": "Pesan ke pusat (tanpa nama orang, tanpa nomor telepon)",
    "place": "Posisi kita, lintang dulu: -8,6529 116,3249; kosong: kirim yang diketahui",
}


class AllMessages(ModalScreen[None]):
    """The last fifty of everything, to be scrolled through with the arrows."""

    CSS = "AllMessages VerticalScroll { background: $surface; border: round $primary; } AllMessages { padding: 0; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,d,q", "close", "Tutup")]

    def __init__(self, rows: list[Words]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        with VerticalScroll() as scroll:
            scroll.border_title = f"{KEPT} terakhir · panah: gulir · d: tutup"
            yield Static(Group(*self._rows), id="all", markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Back to the alert."""
        self.dismiss()


class FieldApp(App[None]):
    """Runs one Terminal and shows it. Everything works by key; nothing needs colour to be understood."""

    CSS = """
    #top { height: 1; background: $primary-background; }
    #who { width: 1fr; height: 1; } #lamp { width: auto; padding: 0 1; } #clock { width: auto; }
    #exercise { height: 1; display: none; background: orange; color: black; text-style: bold; text-align: center; }
    #alert { height: auto; border: heavy $primary; padding: 0 1; }
    #alert.new { border: heavy red; }
    .-short #alert { border: none; padding: 0; } .-short #alert.new { border: none; background: #500000; }
    #lists { height: 1fr; min-height: 2; } #lists VerticalScroll { width: 1fr; border: round $primary; }
    .-short #lists VerticalScroll { border: none; } .-short #incoming, .-narrow #incoming { display: none; }
    #home { height: auto; display: none; } #home.open { display: block; }
    #meter { height: 1; padding: 0 1; } #meter.bad { color: red; text-style: bold; }
    #say { height: 3; } .-short #say { height: 1; border: none; padding: 0; }
    #keys { height: auto; color: $text-muted; }
    """
    TITLE = "Posko Lapangan"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""  # the keys belong to the alerts until someone wants to write
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW_BELOW, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT_BELOW, "-tall")]
    BINDINGS: ClassVar[list[Any]] = [
        Binding("space,enter", "acknowledge", "Sudah dilihat"),
        *(Binding(str(digit), f"report({digit})", show=False) for digit in range(1, 10)),
        Binding("0", "mayday", "MAYDAY"),
        Binding("b", "help", "Bantuan"),
        Binding("t", "write('text')", "Tulis"),
        Binding("p", "write('place')", "Posisi"),
        Binding("d", "show_all", "Daftar"),
        Binding("u", "again", "Ulangi"),
        Binding("s", "voice", "Suara"),
        Binding("escape", "leave", "Batal", show=False),
        Binding("ctrl+q", "quit", "Keluar"),
    ]

    class Told(Message):
        """The station has something new."""

        def __init__(self, event: dict[str, Any]) -> None:
            super().__init__()
            self.event = event

    def __init__(
        self,
        device: Device,
        config: LinkConfig,
        spool: Spool,
        zone: str = "Asia/Jakarta",
        reader: Reader | None = None,
        gps: str = "",
    ) -> None:
        """reader: says alerts aloud; gps: URL of a receiver, empty for none."""
        super().__init__()
        self._gps = Gps(gps, self._stand_at) if gps else None
        self.station = Terminal(device, config, spool, self._pass_on)
        self.reader = reader
        self._zone = ZoneInfo(zone)
        self._zone_label = ZONE_LABELS.get(zone, zone)
        self._mayday_at = -MAYDAY_WITHIN_S
        self._rang_at = self._drawn_at = 0.0
        self._on_screen: tuple[str, float] = ("", 0.0)
        self._pressed: dict[int, float] = {}
        self._writes = "text"

    def _pass_on(self, event: dict[str, Any]) -> None:
        """From the station's thread into the screen's."""
        self.post_message(self.Told(event))

    def _stand_at(self, fix: Position) -> None:
        """From the receiver's thread; what cannot be kept now comes again in a second."""
        with contextlib.suppress(SpoolFault):
            self.station.stand_at(fix.lon, fix.lat, "gps")

    def compose(self) -> ComposeResult:
        """One column: who and lamp, the alert, lists, words home, keys."""
        with Horizontal(id="top"):
            yield Static(self._who(), id="who", markup=False)
            yield Static("○ membuka port", id="lamp", markup=False)
            yield Static("", id="clock")
        yield Static("LATIHAN · LATIHAN · LATIHAN", id="exercise")
        yield Static(id="alert", markup=False)
        with Horizontal(id="lists"):
            for name, title in (("incoming", "Siaran dan pesan"), ("sent", "Terkirim dari sini")):
                with VerticalScroll(can_focus=False, id=name) as scroll:
                    scroll.border_title = title
                    yield Static(id={"incoming": "alerts", "sent": "outbox"}[name], markup=False)
        with VerticalScroll(can_focus=False, id="home"):
            yield Static("", id="meter", markup=False)
            yield Input(id="say")
        yield Static(id="keys", markup=False)

    def _who(self) -> str:
        """Whose terminal this is, and on which net of which service it speaks: no alert comes from another."""
        config = self.station.config
        return f" {config.callsign} · stasiun {config.station} · jaringan {config.net} {config.profile.name}"

    def on_mount(self) -> None:
        """Listen from the first moment; the clock and the bell go by the second."""
        self.set_focus(None)
        self.station.start()
        for helper in (self.reader, self._gps):
            if helper is not None:
                helper.start()
        self._clock = self.query_one("#clock", Static)  # a tick may come while the screen is being taken down
        self.set_interval(0.5, self._tick)
        self._draw()

    def on_unmount(self) -> None:
        """Leave the air; the outbox stays for the next start."""
        for helper in (self.reader, self._gps, self.station):
            if helper is not None:
                helper.stop()

    def on_resize(self, _: Resize) -> None:
        """Another size: other letters."""
        self.call_after_refresh(self._draw)

    # what the station tells

    def on_field_app_told(self, told: Told) -> None:
        """Show it; a new alert rings and is read aloud."""
        event = told.event
        if event["event"] in ("alert", "cancel") and not event["again"]:
            self._ring()
            if self.reader is not None:
                self.reader.read(event, self.station.way_to(event["place"]))
        if event["event"] == "text":
            self.bell()
        if event["event"] in ("error", "incomplete"):
            self.notify(event["words"], severity="error")
        self._draw()

    def _ring(self) -> None:
        self._rang_at = time.monotonic()
        self.bell()

    def _tick(self) -> None:
        now = time.monotonic()
        clock = dt.datetime.fromtimestamp(self.station.now(), self._zone)
        by_centre = " (jam pusat)" if self.station.clock_offset_s() else ""
        narrow = self.size.width < NARROW_BELOW
        self._clock.update(f"{clock:%H.%M} " if narrow else f"{clock:%H.%M.%S} {self._zone_label}{by_centre} ")
        if self.station.newest_unseen() and now - self._rang_at > RING_EVERY_S:
            self._ring()
        if now - self._drawn_at > REDRAW_EVERY_S:
            self._draw()

    # what a person does

    def action_acknowledge(self) -> None:
        """I, a person, have seen the alert that stands here in big letters."""
        key, since = self._on_screen
        if self.station.newest_unseen() is None:
            self.notify("Tidak ada siaran baru.")
        elif time.monotonic() - since < READ_FIRST_S:
            self.notify("Siaran baru saja masuk: baca dulu.")
        elif self._send(lambda: self.station.acknowledge(key)):
            self._draw()

    def action_report(self, digit: int) -> None:
        """A status digit; a key that bounces says it once."""
        now = time.monotonic()
        if now - self._pressed.get(digit, -BOUNCE_S) >= BOUNCE_S:
            self._pressed[digit] = now
            self._send(lambda: self.station.report(digit))
        self._draw()

    def _send(self, report: Callable[[], object]) -> bool:
        """What this channel does not take is told, not lost without a word."""
        try:
            report()
        except CannotSend as why:
            self.notify(f"{_too_much(why)} Belum dikirim.", severity="error")
            return False
        except SpoolFault:
            self.notify(f"{FULL} Belum dikirim.", severity="error")
            return False
        return True

    def action_mayday(self) -> None:
        """Only the second press within three seconds sends it."""
        now = time.monotonic()
        if now - self._mayday_at <= MAYDAY_WITHIN_S:
            self._mayday_at = now - MAYDAY_WITHIN_S - 1
            self.action_report(MAYDAY)
            return
        self._mayday_at = now
        self.notify("DARURAT? Tekan 0 sekali lagi dalam 3 detik.", severity="warning")

    def action_help(self) -> None:
        """We need help, nobody of ours is in danger."""
        now = time.monotonic()
        if now - self._pressed.get(-1, -BOUNCE_S) >= BOUNCE_S:
            self._pressed[-1] = now
            self._send(self.station.ask_for_help)
        self._draw()

    def action_again(self) -> None:
        """Send once more what nobody acknowledged in time."""
        try:
            count = self.station.send_late_again()
        except CannotSend:
            self.notify("Terlalu panjang untuk diulang: tulis lebih pendek.", severity="error")
            return
        except SpoolFault:
            self.notify(FULL, severity="error")
            return
        self.notify(f"{count} pesan dikirim ulang." if count else "Tidak ada pesan yang gagal.")
        self._draw()

    def action_voice(self) -> None:
        """Read alerts aloud, or be silent."""
        if self.reader is None or self.reader.fault.startswith("espeak-ng"):
            self.notify("Tidak ada suara di terminal ini: pasang espeak-ng.", severity="warning")
            return
        self.reader.is_on = not self.reader.is_on
        self.notify("Siaran dibacakan." if self.reader.is_on else "Suara dimatikan.")
        self._draw()

    def action_show_all(self) -> None:
        """The last fifty."""
        rows = [*self._incoming(KEPT), Words("Terkirim dari sini", style="bold"), *self._outgoing(KEPT)]
        self.push_screen(AllMessages(rows))

    def action_write(self, what: str) -> None:
        """Open the line for words home, or for where we are."""
        self._writes = what
        line = self.query_one("#say", Input)
        line.placeholder = PLACEHOLDERS[what]
        self.query_one("#home").add_class("open")
        line.focus()
        self._show_meter(line.value)
        self._draw()

    def action_leave(self) -> None:
        """Back to the keys; the draft stays."""
        self.query_one("#home").remove_class("open")
        self.set_focus(None)
        self._draw()

    def on_input_changed(self, changed: Input.Changed) -> None:
        """The length meter: bytes and seconds on the air, and what is too much."""
        self._show_meter(changed.value)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Send the words, whole or not at all."""
        if self._writes == "place":
            self._send_place(submitted)
        elif submitted.value.strip():
            self._send_words(submitted)

    def _send_words(self, submitted: Input.Submitted) -> None:
        if self._send(lambda: self.station.say(submitted.value)):
            self._written(submitted)

    def _send_place(self, submitted: Input.Submitted) -> None:
        try:
            if submitted.value.strip():
                self.station.read_here(submitted.value)
        except BadPosition as why:
            self.notify(str(why), severity="error")
            return
        except SpoolFault:
            self.notify(FULL, severity="error")
            return
        if self.station.here() is None:
            self.notify("Posisi kita belum diketahui.", severity="warning")
        else:
            self._send(self.station.tell_place)
        self._written(submitted)

    def _written(self, submitted: Input.Submitted) -> None:
        submitted.input.clear()
        self.action_leave()

    # what a person sees

    def _show_meter(self, text: str) -> None:
        meter = self.query_one("#meter", Static)
        meter.remove_class("bad")
        if self._writes == "place":
            meter.update("Enter: simpan dan kirim, Esc: kembali")
            return
        try:
            size, airtime_s = measure(text, self.station.config)
        except CannotSend as why:
            meter.update(_too_much(why))
            meter.add_class("bad")
            return
        keys = "" if self.size.width < NARROW_BELOW else " · Enter: kirim, Esc: kembali"
        meter.update(f"{size} bita · {airtime_s:.2f} detik di udara{keys}".replace(".", ","))

    def _draw(self) -> None:
        """All of the screen; none of it while it is being taken down, when the station may still tell something."""
        self._drawn_at = time.monotonic()
        with contextlib.suppress(NoMatches, ScreenStackError):
            self._draw_all()

    def _draw_all(self) -> None:
        alerts = self.station.alerts()
        unseen = self.station.newest_unseen()
        is_exercise = any(card["exercise"] for card in alerts[-SHOWN:])
        self.query_one("#exercise", Static).styles.display = "block" if is_exercise else "none"
        self._draw_alert(unseen or (alerts[-1] if alerts else None), unseen is not None)
        self.query_one("#alerts", Static).update(Group(*self._incoming(SHOWN)))
        self.query_one("#outbox", Static).update(
            Group(*(self._in_one(SHOWN) if self._is_small() else self._outgoing(SHOWN)))
        )
        self.query_one("#keys", Static).update(key_words(self.size.width))
        self._draw_lamp()

    def _draw_lamp(self) -> None:
        port = self.station.rig.port
        words = "● tersambung" if port.is_open else f"○ PORT HILANG {self._hour(port.since)}"
        voice = "" if self.reader is None or self.reader.is_on else " · tanpa suara"
        style = "bold bright_green" if port.is_open else "bold white on red"
        self.query_one("#lamp", Static).update(Words(words + voice, style=style))

    def _draw_alert(self, card: dict[str, Any] | None, is_new: bool) -> None:
        panel = self.query_one("#alert", Static)
        panel.set_class(is_new, "new")
        if card is None:
            panel.update(Words(f"Belum ada siaran. Terminal ini mendengarkan.\n{self._here_words()}", style="dim"))
            return
        if card["key"] != self._on_screen[0]:
            self._on_screen = (card["key"], time.monotonic())
        panel.update(Group(*self._big(card)))

    def _here_words(self) -> str:
        here = self.station.here()
        return f"Posisi kita: {place_words(here)}" if here else "Posisi kita belum diketahui (p: ketik)."

    def _big(self, card: dict[str, Any]) -> list[Words]:
        """As many lines as there is room for beside the lists and the keys."""
        width, height = self.size.width, self.size.height
        is_short = height < SHORT_BELOW
        home = self.query_one("#home").has_class("open")
        beside = 5 + 2 * home if is_short else 10 + 4 * home
        room = height - beside - (self.query_one("#exercise").styles.display == "block")
        columns = width if is_short else width - 4
        hour, way = self._hour(card["received_at"]), self.station.way_to(card["place"])
        lines = alert_lines(card, way, time.time(), hour, columns, room)
        return [Words(line.words, style=self._style(line.role, card), no_wrap=True) for line in lines]

    def _style(self, role: str, card: dict[str, Any]) -> str:
        if role == "head":
            return _COLOUR_OF_PRIORITY[card["priority"]]
        if role == "state":
            return _COLOUR_OF_STATE.get(card["state"], "bold red")
        return _COLOUR_OF_ROLE[role]

    def _incoming(self, count: int) -> list[Words]:
        rows = [(card["received_at"], self._alert_row(card)) for card in self.station.alerts()]
        return _newest([*rows, *self._texts()], count)

    def _alert_row(self, card: dict[str, Any]) -> Words:
        row = Words(f"{self._hour(card['received_at'])} ")
        row.append(f"P{card['priority']}", style=_COLOUR_OF_PRIORITY[card["priority"]])
        row.append(f" {card['action'].upper()} {card['type']}: {_marked(card)} · ")
        return row.append(ALERT_WORDS[card["state"]], style=_COLOUR_OF_STATE.get(card["state"], "bold"))

    def _is_small(self) -> bool:
        """Whether one list stands for both."""
        return self.size.width < NARROW_BELOW or self.size.height < SHORT_BELOW

    def _in_one(self, count: int) -> list[Words]:
        """Words from the centre among our own: on a small screen they have no list of theirs."""
        rows = [*self._texts(), *((card["at"], self._outbox_row(card)) for card in self.station.outbox())]
        return _newest(rows, count)

    def _texts(self) -> list[tuple[float, Words]]:
        return [
            (card["at"], Words(f"{self._hour(card['at'])} PUSAT: {_marked(card)}")) for card in self.station.texts()
        ]

    def _outgoing(self, count: int) -> list[Words]:
        return [self._outbox_row(card) for card in self.station.outbox()[: -count - 1 : -1]]

    def _outbox_row(self, card: dict[str, Any]) -> Words:
        row = Words(f"{self._hour(card['at'])} {card['text']} · ")
        return row.append(OUTBOX_WORDS[card["state"]], style=_COLOUR_OF_STATE.get(card["state"], "bold"))

    def _hour(self, at: float) -> str:
        """By the clock on the screen; with the day where it was not today."""
        then = dt.datetime.fromtimestamp(at + self.station.clock_offset_s(), self._zone)
        today = dt.datetime.fromtimestamp(self.station.now(), self._zone).date()
        return f"{then:%H.%M}" if then.date() == today else f"{then:%d/%m %H.%M}"


def _newest(rows: list[tuple[float, Words]], count: int) -> list[Words]:
    return [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)[:count]]


def _marked(card: dict[str, Any]) -> str:
    return f"LATIHAN {card['text']} LATIHAN" if card["exercise"] else str(card["text"])


def _too_much(why: CannotSend) -> str:
    """What is wrong with the words: a sign, their length, or the channel."""
    reason = str(why)
    if "Only people speak" in reason:
        return "Di kanal ini hanya orang yang bicara: ucapkan pesannya."
    if reason == NOT_ON_AIR:
        return reason
    if "sign" in reason or "without" in reason:
        return "Ada tanda yang tidak dapat dikirim di kanal ini: ketik tanpa tanda itu."
    return "TERLALU PANJANG untuk satu bingkai: persingkat atau bagi dua."
