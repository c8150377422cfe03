"""What went out on the air is taken back there, whatever revision it was; what did not go out never does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import alerts.actions
import alerts.queries
from alerts import listeners
from alerts.models import Delivery, Recipient
from incident import actions as incident_actions
from incident.config import Settings
from incident.journal import Line
from incident.post import Post
from radio_bridge import actions, outcomes, queries
from radio_bridge.bridge import Desk
from radio_bridge.models import Reception, Transmission
from radio_bridge.net.stations import add_station
from radio_bridge.spool import Spool
from tests import factories
from tests.radio_bridge.rigs import KEY


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"radio": f"loopback:{tmp_path}/air", "radio_key": KEY})


@pytest.fixture
def units(post: Post) -> list[int]:
    """TRC-1 and TRC-2 with stations 1 and 2."""
    return [_unit(post, number) for number in (1, 2)]


def _unit(post: Post, number: int) -> int:
    entry = post.do(incident_actions.add_unit, "test", None, f"TRC-{number}", "trc", "BPBD")
    added = int(entry["body"]["cards"]["units"][0]["id"])
    post.do(add_station, "test", None, f"TRC-{number}", added, number)
    return added


def write(post: Post, units: list[int]) -> int:
    words = ("go", "Banjir, ke utara", "P1", units, 60)
    return int(post.do(alerts.actions.write_alert, "dewi", factories.uid(), *words)["body"]["alert"])


def revise(post: Post, alert_id: int) -> int:
    told = post.do(alerts.actions.update_alert, "dewi", factories.uid(), alert_id, "JANGAN ke utara", 60)
    return int(told["body"]["alert"])


def queue(post: Post, alert_id: int, units: list[int]) -> None:
    with post.database.read() as conn:
        of_units = select(Recipient.unit_id, Delivery.id).join(Delivery, Delivery.recipient_id == Recipient.id)
        rows = {row.unit_id: row.id for row in conn.execute(of_units.where(Recipient.alert_id == alert_id))}
        alert = alerts.queries.find_alert(conn, alert_id)
    assert alert is not None
    post.do(actions.queue_alert, "relay", None, alert, [{"unit_id": unit, "id": rows[unit]} for unit in units])


def key_all(post: Post) -> None:
    with post.database.read() as conn:
        uids = list(conn.scalars(select(Transmission.uid).where(Transmission.state == "queued")))
    for uid in uids:
        post.do(outcomes.record_taken, "radio", None, uid)
        post.do(outcomes.record_keyed, "radio", None, uid)


def hear(post: Post, kind: str, alert_id: int) -> None:
    """The relay read that line of the journal."""
    line = Line(1, post.clock(), kind, None, "dewi", None, {"alert": alert_id})
    for listener in listeners.LISTENERS[kind]:
        post.do(listener, "relay", None, line)


def cancel(post: Post, alert_id: int) -> None:
    post.do(alerts.actions.cancel_alert, "dewi", factories.uid(), alert_id)
    hear(post, "alert.cancelled", alert_id)


def said(post: Post, kind: str) -> list[tuple[Any, ...]]:
    """(ref, state, stations) of the transmissions of a kind."""
    with post.database.read() as conn:
        rows = conn.execute(
            select(Transmission.id, Transmission.ref, Transmission.state)
            .where(Transmission.kind == kind)
            .order_by(Transmission.id)
        ).all()
        return [
            (
                row.ref,
                row.state,
                sorted(conn.scalars(select(Reception.station).where(Reception.transmission_id == row.id))),
            )
            for row in rows
        ]


def test_a_cancel_takes_back_the_older_revision_that_is_still_on_the_air(post: Post, units: list[int]) -> None:
    first = write(post, units)
    queue(post, first, units)
    key_all(post)
    second = revise(post, first)
    queue(post, second, units)  # waits for the radio, and never goes out
    cancel(post, second)
    ((ref, _, _), (_, second_state, _)) = said(post, "alert")
    assert second_state == "superseded"
    assert said(post, "cancel") == [(ref, "queued", [1, 2])]


def test_words_that_were_replaced_are_taken_back_though_the_new_ones_go_by_radio_only_later(
    post: Post, units: list[int]
) -> None:
    first = write(post, units)
    queue(post, first, units)
    key_all(post)
    second = revise(post, first)
    later = update(Delivery).where(Delivery.state == "waiting").values(state="failed")
    post.do(lambda act: act.conn.execute(later), "relay", None)  # the radio's rung is not reached
    hear(post, "alert.superseded", first)
    ((ref, _, _),) = said(post, "alert")
    assert said(post, "cancel") == [(ref, "queued", [1, 2])]
    hear(post, "alert.superseded", first)
    assert len(said(post, "cancel")) == 1
    with post.database.read() as conn:
        row = alerts.queries.find_alert(conn, second)
    assert row is not None
    assert post.do(lambda act: actions._ref_of(act, row, {1, 2}, 1), "relay", None) is None, "its cancel has the number"


def test_a_newer_revision_that_has_the_number_needs_no_cancel(post: Post, units: list[int]) -> None:
    first = write(post, units)
    queue(post, first, units)
    key_all(post)
    queue(post, revise(post, first), units)
    hear(post, "alert.superseded", first)
    assert said(post, "cancel") == []
    assert len({ref for ref, _, _ in said(post, "alert")}) == 1


def test_of_two_broadcasts_the_one_whose_number_is_not_gone_on_with_is_cancelled(post: Post, units: list[int]) -> None:
    first = write(post, units)
    for unit in units:
        queue(post, first, [unit])
    key_all(post)
    second = revise(post, first)
    queue(post, second, units)
    one, two, _ = said(post, "alert")
    assert said(post, "cancel") == [(two[0], "queued", [2])]
    key_all(post)
    cancel(post, second)
    assert [(ref, stations) for ref, _, stations in said(post, "cancel")] == [(two[0], [2]), (one[0], [1, 2])]


class _Rig:
    def wake(self) -> None:
        """Nobody keys here."""


@pytest.fixture
def desk(post: Post, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(post, Spool(tmp_path / "spool.db"), _Rig(), object())  # type: ignore[arg-type]
    yield made
    made.ear.close()
    made._bell.close()
    made.spool.close()


def test_an_alert_taken_back_while_the_radio_fetches_it_is_not_keyed(post: Post, units: list[int], desk: Desk) -> None:
    alert_id = write(post, units)
    queue(post, alert_id, units)
    with post.database.read() as conn:
        (row,) = queries.queued(conn)
    cancel(post, alert_id)
    desk._order(row)
    assert desk.spool.waiting() == []


def test_an_alert_that_was_taken_and_never_reached_the_spool_goes_out_after_all(
    post: Post, units: list[int], desk: Desk
) -> None:
    alert_id = write(post, units)
    queue(post, alert_id, units)
    with post.database.read() as conn:
        (row,) = queries.queued(conn)
    post.do(outcomes.record_taken, "radio", None, row["uid"])  # and the power goes
    desk._fetch()
    desk._fetch()
    assert [one.uid for one in desk.spool.waiting()] == [row["uid"]]
