"""A refusal is said in the language of the screen that asked; the site's own where it did not choose."""

import re
from typing import Any

import pytest

from incident import sayings
from tests.factories import on_spatialite

ENGLISH = {"Cookie": "posko_language=en"}


def refused(app: Any, cast: Any, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    asked = cast.headers("coordinator") | headers
    answer = app.test_client(use_cookies=False).open(
        "/api/v1" + path, method="POST" if body else "GET", json=body, headers=asked
    )
    assert answer.status_code >= 400
    assert answer.mimetype == "application/problem+json"
    told: dict[str, Any] = answer.get_json()
    return told


@on_spatialite
def test_the_same_refusal_in_two_languages(app: Any, cast: Any) -> None:
    own = refused(app, cast, "/incidents/999")
    english = refused(app, cast, "/incidents/999", **ENGLISH)
    assert (own["title"], own["detail"]) == ("Tidak ada", "Kejadian itu tidak ada.")
    assert (english["title"], english["detail"]) == ("Not found", "There is no such incident.")


@on_spatialite
def test_a_field_at_fault_is_named_in_both(app: Any, cast: Any) -> None:
    short = {"uid": "0b9b6ef6-6cf1-4b2a-9f05-3f4b9f6c2a11", "text": "a" * 6000}
    english = refused(app, cast, "/incidents/1/note", short, **ENGLISH)
    assert (english["field"], english["detail"]) == ("text", "Between 0 and 2000 letters.")


@on_spatialite
@pytest.mark.parametrize(("headers", "menu"), [({}, "Siaran"), (ENGLISH, "Alerts")])
def test_the_menu_names_the_page_of_all_alerts(app: Any, cast: Any, headers: dict[str, str], menu: str) -> None:
    """One alert is a `Siaran` too: the word alone does not tell how many."""
    asked = cast.headers("coordinator") | headers | {"Accept": "text/html"}
    page = app.test_client(use_cookies=False).get("/alerts", headers=asked).get_data(as_text=True)
    assert re.search(rf'<a href="/alerts" aria-current="page">.*</svg> {menu}</a>', page)
    assert f"<title>{menu}" in page


@on_spatialite
def test_a_page_that_is_not_there_says_so_in_english(app: Any, cast: Any) -> None:
    asked = cast.headers("coordinator") | ENGLISH | {"Accept": "text/html"}
    assert "There is no such shift." in app.test_client(use_cookies=False).get("/handover/999", headers=asked).get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        ("LT-0001 sudah digabung ke LT-0002; teruskan di sana.", "LT-0001 was merged into LT-0002; go on there."),
        (
            "Sementara itu Komang menutup kejadian ini pukul 21.30.05. Periksa, lalu simpan lagi bila tetap perlu.",
            "Meanwhile Komang closed this incident at 21.30.05. Have a look, then save again if it is still needed.",
        ),
        (
            "2 baris tidak dapat dipakai, jadi tidak ada yang diimpor. Baris 3: bujur “x” bukan angka derajat.",
            "2 rows cannot be used, so nothing was imported. Row 3: longitude “x” is no number of degrees.",
        ),
        ("Usulan itu sudah diterima oleh Komang.", "That proposal was already accepted by Komang."),
        ("Usulan itu sudah lewat waktunya.", "That proposal has lapsed."),
        ("Zip terkunci kata sandi; buka dahulu.", "The zip is locked by a password; open it first."),
        ("Pilih salah satu: 112, radio, web.", "Choose one of: 112, radio, web."),
    ],
)
def test_what_stands_in_a_gap_is_kept_and_said(sentence: str, english: str) -> None:
    assert sayings.said_in("en", sentence) == english


def test_what_nobody_translated_is_said_as_it_was_made() -> None:
    assert sayings.said_in("en", "Kalimat yang tidak ada di katalog.") == "Kalimat yang tidak ada di katalog."
    assert sayings.found_in("en", "a " * 1000) is None
    assert sayings.said_in("id", "Masuk dahulu.") == "Masuk dahulu."


def test_a_language_without_a_catalogue_says_everything_as_it_is() -> None:
    assert sayings.said_in("su", "Masuk dahulu.") == "Masuk dahulu."
