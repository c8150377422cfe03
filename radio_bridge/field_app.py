"""The face of the field terminal: one alert in big letters, one key to acknowledge it, five to report, an outbox."""

import datetime as dt
import time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.text import Text as Words
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Footer, Input, Static

from incident.config import ZONE_LABELS
from radio_bridge.devices import Device
from radio_bridge.errors import CannotSend
from radio_bridge.link import LinkConfig
from radio_bridge.spool import Spool
from radio_bridge.team import ALERT_WORDS, MAYDAY, OUTBOX_WORDS, FieldStation, measure

MAYDAY_WITHIN_S = 3.0
"""The second press of 0 must come this soon: a mayday is never a slip of the thumb."""
RING_EVERY_S = 4.0
SHOWN = 12  # rows of a list; the newest are on top
_COLOUR_OF_PRIORITY = {
    0: "bold white on red",
    1: "bold black on yellow",
    2: "bold black on green",
    3: "bold white on blue",
}
_COLOUR_OF_STATE = {"delivered": "green", "confirmed": "green", "keyed": "yellow", "acknowledged": "yellow"}


class FieldApp(App[None]):
    """Runs one FieldStation and shows it. Everything works by key; nothing needs colour to be understood."""

    CSS = """
    #top { height: 1; background: $primary-background; }
    #who { width: 1fr; } #lamp { width: auto; padding: 0 1; } #clock { width: auto; padding: 0 1; }
    #exercise { height: 1; display: none; background: orange; color: black; text-style: bold; text-align: center; }
    #alert { height: auto; min-height: 9; border: heavy $primary; padding: 1 2; }
    #alert.new { border: heavy red; }
    #lists { height: 1fr; } #lists VerticalScroll { width: 1fr; border: round $primary; }
    #meter { height: 1; padding: 0 1; } #meter.bad { color: red; text-style: bold; }
    #home { height: 4; } #say { height: 3; }
    """
    TITLE = "Posko Lapangan"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""  # the keys belong to the alerts until someone wants to write
    BINDINGS: ClassVar[list[Any]] = [
        Binding("space,enter", "acknowledge", "SUDAH DILIHAT"),
        Binding("2", "report(2)", "Terima"),
        Binding("3", "report(3)", "Berangkat"),
        Binding("4", "report(4)", "Tiba"),
        Binding("7", "report(7)", "Selesai"),
        Binding("9", "report(9)", "Terkendala"),
        Binding("0", "mayday", "MAYDAY 2x"),
        Binding("t", "write", "Tulis"),
        Binding("escape", "leave", "Batal", show=False),
        Binding("ctrl+q", "quit", "Keluar"),
    ]

    class Told(Message):
        """The station has something new."""

        def __init__(self, event: dict[str, Any]) -> None:
            super().__init__()
            self.event = event

    def __init__(self, device: Device, config: LinkConfig, spool: Spool, zone: str = "Asia/Jakarta") -> None:
        super().__init__()
        self.station = FieldStation(device, config, spool, self._pass_on)
        self._zone = ZoneInfo(zone)
        self._zone_label = ZONE_LABELS.get(zone, zone)
        self._mayday_at = -MAYDAY_WITHIN_S
        self._rang_at = 0.0

    def _pass_on(self, event: dict[str, Any]) -> None:
        """From the station's thread into the screen's."""
        self.post_message(self.Told(event))

    def compose(self) -> ComposeResult:
        """One column: who and lamp, the alert, lists, words home, keys."""
        with Horizontal(id="top"):
            yield Static(f" {self.station.config.callsign} · stasiun {self.station.config.station}", id="who")
            yield Static("○ membuka port", id="lamp", markup=False)
            yield Static("", id="clock")
        yield Static("LATIHAN · LATIHAN · LATIHAN", id="exercise")
        yield Static(id="alert", markup=False)
        with Horizontal(id="lists"):
            for name, title in (("alerts", "Siaran dan pesan"), ("outbox", "Terkirim dari sini")):
                with VerticalScroll(can_focus=False) as scroll:
                    scroll.border_title = title
                    yield Static(id=name, markup=False)
        with Vertical(id="home"):
            yield Static("t: tulis pesan pendek ke pusat", id="meter", markup=False)
            yield Input(placeholder="Pesan ke pusat (tanpa nama orang, tanpa nomor telepon)", id="say")
        yield Footer()

    def on_mount(self) -> None:
        """Listen from the first moment; the clock and the bell go by the second."""
        self.set_focus(None)
        self.station.start()
        self._clock = self.query_one("#clock", Static)  # a tick may come while the screen is being taken down
        self.set_interval(0.5, self._tick)
        self._draw()

    def on_unmount(self) -> None:
        """Leave the air; the outbox stays for the next start."""
        self.station.stop()

    # what the station tells

    def on_field_app_told(self, told: Told) -> None:
        """Show it; a new alert rings."""
        event = told.event
        if event["event"] in ("alert", "cancel") and not event["again"]:
            self._ring()
        if event["event"] == "error":
            self.notify(event["words"], severity="error")
        self._draw()

    def _ring(self) -> None:
        self._rang_at = time.monotonic()
        self.bell()

    def _tick(self) -> None:
        now = dt.datetime.now(self._zone)
        self._clock.update(f"{now:%H.%M.%S} {self._zone_label} ")
        if self.station.newest_unseen() and time.monotonic() - self._rang_at > RING_EVERY_S:
            self._ring()

    # what a person does

    def action_acknowledge(self) -> None:
        """I, a person, have seen the alert in big letters."""
        card = self.station.newest_unseen()
        if card is None:
            self.notify("Tidak ada siaran baru.")
        elif self.station.acknowledge(card["key"]):
            self._draw()

    def action_report(self, digit: int) -> None:
        """One of the five status keys."""
        self.station.report(digit)
        self._draw()

    def action_mayday(self) -> None:
        """Only the second press within three seconds sends it."""
        now = time.monotonic()
        if now - self._mayday_at <= MAYDAY_WITHIN_S:
            self._mayday_at = now - MAYDAY_WITHIN_S - 1
            self.action_report(MAYDAY)
            return
        self._mayday_at = now
        self.notify("DARURAT? Tekan 0 sekali lagi dalam 3 detik.", severity="warning")

    def action_write(self) -> None:
        """Go to the line for words home."""
        self.query_one("#say", Input).focus()

    def action_leave(self) -> None:
        """Back to the keys; the draft stays."""
        self.set_focus(None)

    def on_input_changed(self, changed: Input.Changed) -> None:
        """The length meter: bytes and seconds on the air, and what is too much."""
        self._show_meter(changed.value)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Send the words, whole or not at all."""
        if not submitted.value.strip():
            return
        try:
            self.station.say(submitted.value)
        except CannotSend:
            self.notify("Terlalu panjang: persingkat atau bagi dua. Belum dikirim.", severity="error")
            return
        submitted.input.clear()
        self.set_focus(None)
        self._draw()

    # what a person sees

    def _show_meter(self, text: str) -> None:
        meter = self.query_one("#meter", Static)
        try:
            size, airtime_s = measure(text, self.station.config)
        except CannotSend:
            meter.update("TERLALU PANJANG untuk satu bingkai: persingkat atau bagi dua")
            meter.add_class("bad")
            return
        meter.update(f"{size} bita · {airtime_s:.2f} detik di udara · Enter: kirim, Esc: kembali".replace(".", ","))
        meter.remove_class("bad")

    def _draw(self) -> None:
        alerts = self.station.alerts()
        unseen = self.station.newest_unseen()
        shown = unseen or (alerts[-1] if alerts else None)
        panel = self.query_one("#alert", Static)
        panel.update(self._big(shown))
        panel.set_class(unseen is not None, "new")
        is_exercise = any(card["exercise"] for card in alerts[-SHOWN:])
        self.query_one("#exercise", Static).styles.display = "block" if is_exercise else "none"
        self.query_one("#alerts", Static).update(self._incoming(alerts))
        self.query_one("#outbox", Static).update(self._outgoing())
        self._draw_lamp()

    def _draw_lamp(self) -> None:
        port = self.station.rig.port
        words = "● tersambung" if port.is_open else f"○ PORT HILANG {self._hour(port.since)}"
        style = "bold bright_green" if port.is_open else "bold white on red"
        self.query_one("#lamp", Static).update(Words(words, style=style))

    def _big(self, card: dict[str, Any] | None) -> Group | Words:
        if card is None:
            return Words("Belum ada siaran. Terminal ini mendengarkan.", style="dim")
        first = Words(f" P{card['priority']} ", style=_COLOUR_OF_PRIORITY[card["priority"]])
        first.append("  ").append(" ".join(card["action"].upper()), style="bold")
        lines = [first, Words(card["type"].upper(), style="bold"), Words(card["text"], style="bold")]
        lines.append(Words(f"Tempat: {_place_words(card['place'])}"))
        until = f"{self._hour(card['expires_at'])} {self._zone_label}"
        lines.append(Words(f"Diterima {self._hour(card['received_at'])} · berlaku sampai {until}"))
        lines.append(Words(self._state_words(card), style=_COLOUR_OF_STATE.get(card["state"], "bold red")))
        return Group(*lines)

    def _state_words(self, card: dict[str, Any]) -> str:
        if card["state"] == "new":
            return "BARU: tekan SPASI bila sudah dilihat"
        seen = f" {self._hour(card['seen_at'])}" if card["seen_at"] else ""
        return ALERT_WORDS[card["state"]] + seen

    def _incoming(self, alerts: list[dict[str, Any]]) -> Group:
        rows = [(card["received_at"], self._alert_row(card)) for card in alerts]
        rows += [
            (card["at"], Words(f"{self._hour(card['at'])} PUSAT: {card['text']}")) for card in self.station.texts()
        ]
        return Group(*(row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)[:SHOWN]))

    def _alert_row(self, card: dict[str, Any]) -> Words:
        row = Words(f"{self._hour(card['received_at'])} ")
        row.append(f"P{card['priority']}", style=_COLOUR_OF_PRIORITY[card["priority"]])
        row.append(f" {card['type']}: {card['text']} · ")
        return row.append(ALERT_WORDS[card["state"]], style=_COLOUR_OF_STATE.get(card["state"], "bold"))

    def _outgoing(self) -> Group:
        return Group(*(self._outbox_row(card) for card in self.station.outbox()[: -SHOWN - 1 : -1]))

    def _outbox_row(self, card: dict[str, Any]) -> Words:
        row = Words(f"{self._hour(card['at'])} {card['text']} · ")
        return row.append(OUTBOX_WORDS[card["state"]], style=_COLOUR_OF_STATE.get(card["state"], "bold"))

    def _hour(self, at: float) -> str:
        return f"{dt.datetime.fromtimestamp(at, self._zone):%H.%M}"


def _place_words(place: dict[str, float] | None) -> str:
    """Latitude first, decimal comma, as on Indonesian forms."""
    if place is None:
        return "lihat teks"
    side = "LS" if place["lat"] < 0 else "LU"
    return f"{abs(place['lat']):.4f} {side}, {place['lon']:.4f} BT".replace(".", ",")
