"""`posko sender`: carries alerts out by the channels that are switched on."""

import signal
import threading

import click


@click.command(epilog="Example: posko sender")
def sender() -> None:
    """Run the sender alone: channels to the outside, and feeds. `posko up` starts it when one is switched on."""
    from alerts.sending.process import Sender, only_one
    from gis.database import Database
    from incident.config import load_settings
    from incident.logs import set_up_logs
    from incident.post import Post

    set_up_logs()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    settings = load_settings()
    held = only_one(settings.data)
    if held is None:
        raise click.ClickException("Another sender works on this folder already.")
    database = Database(settings.database)
    try:
        Sender(Post(settings, database)).run(stopped.is_set)
    finally:
        database.close()
        held.close()
