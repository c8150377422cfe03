"""One spelling of time, because it is hashed: whoever makes it faster must not change a byte."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from incident.journal import stamp

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=ZONES).filter(lambda at: 1970 < at.year < 3000)


@given(MOMENTS)
def test_a_stamp_is_utc_with_six_digits_and_a_z(at: dt.datetime) -> None:
    assert stamp(at) == at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
