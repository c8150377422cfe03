"""Settings of channels are sealed: nothing of them is readable without the site's own secret."""

import pytest
from sqlalchemy import insert

from alerts.channels.telegram import TelegramSettings
from alerts.models import ChannelSetting
from alerts.secrets import Unreadable, find_settings, seal, unseal
from incident.post import Post

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def keep(post: Post, sealed: str | None, is_on: bool = True, name: str = "telegram") -> None:
    row = {"name": name, "is_on": is_on, "sealed": sealed, "changed_by": "ayu", "changed_at": post.clock()}
    post.database.write(lambda conn: conn.execute(insert(ChannelSetting), row))


def found(post: Post, name: str = "telegram") -> object:
    with post.database.read() as conn:
        return find_settings(conn, post, name)


def test_what_was_sealed_comes_back_whole_and_the_token_is_nowhere_to_be_read(post: Post):
    settings = TelegramSettings(token=TOKEN)
    sealed = seal(post.settings.secret_key, settings)
    assert TOKEN not in sealed
    keep(post, sealed)
    assert found(post) == settings


def test_another_secret_or_a_changed_letter_reads_nothing():
    sealed = seal("a" * 32, TelegramSettings(token=TOKEN))
    for key, words in (("b" * 32, sealed), ("a" * 32, sealed[:-5] + "AAAA="), ("a" * 32, "x"), ("a" * 32, "")):
        with pytest.raises(Unreadable) as fault:
            unseal(key, words)
        assert TOKEN not in str(fault.value)


def test_a_channel_that_is_off_empty_or_not_listed_has_no_settings(post: Post):
    assert found(post) is None
    keep(post, seal(post.settings.secret_key, TelegramSettings(token=TOKEN)), is_on=False)
    keep(post, None, name="whatsapp")
    keep(post, seal(post.settings.secret_key, TelegramSettings(token=TOKEN)), name="pigeon")
    assert [found(post, name) for name in ("telegram", "whatsapp", "pigeon")] == [None, None, None]


def test_settings_that_do_not_fit_any_more_are_said_to_be_unreadable_without_quoting_them(post: Post):
    keep(post, seal(post.settings.secret_key, TelegramSettings(token=TOKEN)), name="whatsapp")
    with pytest.raises(Unreadable) as fault:
        found(post, "whatsapp")
    assert TOKEN not in repr(fault.value)
    assert fault.value.__suppress_context__
