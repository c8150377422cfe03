"""Relays on the page of the stations: made, moved up and taken back by who manages units, and read by all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.seeds import Caller
from tests.browser.test_radio_page import room, tnc
from tests.browser.test_radio_roll import RadioRoom

assert room and tnc  # fixtures


@pytest.fixture
def page(visit: Callable[..., Visit]) -> Page:
    opened = visit("ayu").open("/radio#stations")
    expect(opened.locator("#stations tr")).to_have_count(3)
    return opened


def make(page: Page, name: str) -> None:
    page.locator("#relay-which").select_option(label=name)
    page.locator("#relay-add button").click()
    expect(page.locator("#relays li", has_text=name)).to_have_count(1)


def test_stations_become_relays_in_an_order_and_cease_to_be(page: Page, room: RadioRoom) -> None:
    expect(page.locator("#relays-empty")).to_be_visible()
    make(page, "REG03")
    make(page, "REG01")
    expect(page.locator("#relays li b:nth-of-type(2)")).to_have_text(["REG03", "REG01"])
    expect(page.locator("#stations tr", has_text="REG01")).to_contain_text("relai 2")
    expect(page.locator("#relays-old")).to_contain_text("REG01 dan REG03")
    page.get_by_label("Dahulukan REG01").click()
    expect(page.locator("#relays li").first).to_contain_text("REG01")
    assert Caller(room, "admin").get("/radio/log")["relays"]["order"] == [1, 3]
    axe.put_into(page)
    assert axe.faults(page, "#part-stations") == []
    for name in ("REG03", "REG01"):
        page.get_by_label(f"{name} bukan relai lagi").click()
        expect(page.locator("#relays li", has_text=name)).to_have_count(0)
    expect(page.locator("#relays-empty")).to_be_visible()
    expect(page.locator("#relay-which option")).to_have_count(3)


def test_a_list_that_somebody_else_changed_meanwhile_is_not_written_over(page: Page, room: RadioRoom) -> None:
    make(page, "REG02")
    page.route("**/api/v1/radio/log*", lambda route: route.abort())  # the page does not hear of it
    Caller(room, "admin").put("/radio/relays", relays=[3])
    page.locator("#relay-which").select_option(label="REG01")
    page.locator("#relay-add button").click()
    expect(page.locator("#relays-problem")).to_contain_text("sudah diubah orang lain")
    assert Caller(room, "admin").get("/radio/log")["relays"]["order"] == [3]
    Caller(room, "admin").put("/radio/relays", relays=[])


def test_who_may_not_change_them_reads_them(visit: Callable[..., Visit], room: RadioRoom) -> None:
    Caller(room, "admin").put("/radio/relays", relays=[2])
    page = visit("dewi").open("/radio#stations")
    expect(page.locator("#relays li")).to_contain_text("REG02")
    assert page.locator("#relay-add, [data-relay]").count() == 0
    Caller(room, "admin").put("/radio/relays", relays=[])
