"""The phone book: who is in it, where they are reached, and that nobody's address leaves it by accident."""

from typing import Any

import pytest
from sqlalchemy import select

from alerts import book
from alerts.models import ContactAddress
from incident import journal
from incident.errors import BadReport
from tests.factories import on_spatialite, uid

HEAD = {"name": "Kepala Desa Sembalun", "office": "kades", "area_code": "52.03.19.2001"}
ADDRESSES = [{"channel": "sms", "address": "081234567321"}, {"channel": "email", "address": "sembalun@desa.id"}]


@pytest.fixture
def add(ask):
    def added(**said: Any) -> int:
        answer = ask("coordinator", "POST", "/contacts", {"uid": uid(), **HEAD, "addresses": ADDRESSES, **said})
        assert answer.status_code == 201, answer.json
        return int(answer.json["body"]["contact"])

    return added


def test_a_contact_is_found_by_a_part_of_its_name_with_masked_addresses(ask, add):
    add()
    add(name="Camat Aikmel", office="camat", area_code="52.03.05", addresses=[])
    found = ask("dispatcher", "GET", "/contacts?q=sembalun").json
    (one,) = found["contacts"]
    assert found["total"] == 1 and one["office"] == "kades"
    assert [address["masked"] for address in one["addresses"]] == ["0812****321", "s****@desa.id"]
    assert "081234567321" not in str(found) and "address" not in one["addresses"][0]


@on_spatialite
def test_seeing_a_whole_number_is_journaled_and_names_nobody(ask, add, app):
    contact = add()
    seen = ask("dispatcher", "POST", f"/contacts/{contact}/unmask", {"uid": uid()}).json
    assert [one["address"] for one in seen["addresses"]] == ["081234567321", "sembalun@desa.id"]
    with app.extensions["posko"].database.read() as conn:
        entries = journal.after(conn, 0, 1000)
    assert entries[-1].kind == "contact.unmasked"
    assert not [line for line in entries if "0812" in str(line.body) or "Sembalun" in str(line.body)]


@on_spatialite
def test_a_change_with_a_masked_address_keeps_the_whole_one_and_groups_that_are_not_named(ask, add, app):
    contact = add()
    group = ask("coordinator", "POST", "/groups", {"uid": uid(), "name": "Lereng", "contact_ids": [contact]})
    assert group.status_code == 201
    masked = [{"channel": "sms", "address": "0812****321"}, {"channel": "telegram", "address": "4455"}]
    body = {"uid": uid(), **HEAD, "name": "Kades Sembalun", "addresses": masked}
    assert ask("coordinator", "POST", f"/contacts/{contact}", body).status_code == 200
    with app.extensions["posko"].database.read() as conn:
        kept = list(conn.scalars(select(ContactAddress.address).order_by(ContactAddress.id)))
    assert kept == ["081234567321", "4455"]
    (told,) = ask("dispatcher", "GET", "/groups").json["groups"]
    assert (told["count"], told["contact_ids"], told["contacts"][0]["name"]) == (1, [contact], "Kades Sembalun")


@on_spatialite
def test_a_masked_number_nobody_knows_is_refused(ask, add):
    body = {"uid": uid(), **HEAD, "addresses": [{"channel": "sms", "address": "0899****999"}]}
    answer = ask("coordinator", "POST", "/contacts", body)
    assert (answer.status_code, answer.json["field"]) == (422, "addresses")


@on_spatialite
def test_who_left_the_book_is_not_found_not_changed_and_not_in_a_group(ask, add):
    contact = add()
    ask("coordinator", "POST", "/groups", {"uid": uid(), "name": "Lereng", "contact_ids": [contact]})
    assert ask("coordinator", "POST", f"/contacts/{contact}/remove", {"uid": uid()}).status_code == 200
    assert ask("dispatcher", "GET", "/contacts").json["contacts"] == []
    assert ask("dispatcher", "GET", "/groups").json["groups"][0]["count"] == 0
    again = ask("coordinator", "POST", f"/contacts/{contact}/remove", {"uid": uid()})
    assert again.status_code == 404
    assert ask("coordinator", "POST", f"/contacts/{contact}", {"uid": uid(), **HEAD}).status_code == 404


@on_spatialite
def test_the_same_key_adds_one_contact_and_the_roles_below_may_not(ask, add):
    body = {"uid": uid(), **HEAD}
    first = ask("coordinator", "POST", "/contacts", body)
    again = ask("coordinator", "POST", "/contacts", body)
    assert first.json == again.json
    assert ask("dispatcher", "GET", "/contacts").json["total"] == 1
    assert ask("dispatcher", "POST", "/contacts", {**body, "uid": uid()}).status_code == 403
    assert ask("call_taker", "GET", "/contacts").status_code == 403


@on_spatialite
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"office": "raja"}, "office"),
        ({"area_code": "5203192001"}, "area_code"),
        ({"agency_code": "TIDAK"}, "agency_code"),
        ({"person_id": 999}, "person_id"),
        ({"addresses": [{"channel": "merpati", "address": "1"}]}, "addresses"),
        ({"group_ids": [999]}, "group_ids"),
    ],
)
def test_what_is_wrong_with_a_contact_is_named(ask, cast, change, field):
    answer = ask("coordinator", "POST", "/contacts", {"uid": uid(), **HEAD, **change})
    assert (answer.status_code, answer.json["field"].split(".")[0]) == (422, field)


# a file of many

FILE = """nama;jabatan;kode;telepon;email;grup
Kades Sembalun;Kepala Desa;52.03.19.2001;081234567321;s@desa.id;Lereng
Camat Aikmel;camat;52.03.05;08120000001;;Lereng
;rt;52.03.19.2001;081;;
Pak RT;rt;52031;0812;;
Lurah;lurah;52.03.19.2002;0813;;
"""


def test_a_file_is_tried_first_then_taken_and_taken_twice_it_adds_nobody(ask, cast):
    def send(**more: Any) -> Any:
        return ask("coordinator", "POST", "/contacts/import", {"uid": uid(), "csv": FILE, **more}).json

    tried = send(is_trial=True)
    assert (tried["added"], tried["changed"], [one["line"] for one in tried["faults"]]) == (3, 0, [4, 5])
    assert ask("dispatcher", "GET", "/contacts").json["total"] == 0
    assert send()["added"] == 3
    again = send()
    assert (again["added"], again["changed"]) == (0, 3)
    found = {one["name"]: one for one in ask("dispatcher", "GET", "/contacts").json["contacts"]}
    assert found["Lurah"]["office"] == "kades" and len(found["Kades Sembalun"]["addresses"]) == 2
    (group,) = ask("dispatcher", "GET", "/groups").json["groups"]
    assert (group["name"], group["count"]) == ("Lereng", 2)


def test_a_file_parted_by_commas_with_a_mark_at_its_head_is_read_too():
    rows, refused = book.read_file("\ufeffName,Office,SMS\nA,Camat,0812\n")
    assert refused == [] and rows[0][1]["office"] == "camat"
    assert rows[0][1]["addresses"] == [{"channel": "sms", "address": "0812"}]


def test_a_file_without_names_of_columns_is_refused():
    with pytest.raises(BadReport, match="nama kolom"):
        book.read_file("Kades Sembalun,0812\n")


def test_the_team_of_a_unit_may_have_addresses(ask, cast):
    unit = cast.units["TRC-1"]
    body = {"uid": uid(), "addresses": [{"channel": "sms", "address": "081234567321"}]}
    assert ask("coordinator", "PUT", f"/units/{unit}/addresses", body).status_code == 200
    (one,) = ask("dispatcher", "GET", f"/units/{unit}/addresses").json["addresses"]
    assert (one["channel"], one["masked"]) == ("sms", "0812****321")
    assert ask("coordinator", "PUT", "/units/999/addresses", {**body, "uid": uid()}).status_code == 404
