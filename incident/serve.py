"""The web process: gunicorn with gevent, one worker, writes off the event loop."""

import gc
from collections.abc import Callable
from typing import Any

from incident.lean import without_optional


def run(bind: str) -> None:
    """Serve until told to stop. Patches the standard library first: call it before anything else is imported."""
    from gevent import monkey

    monkey.patch_all()
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):
        """Our settings for gunicorn, without a file."""

        def load_config(self) -> None:
            for name, value in options(bind).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return _application()

    Web().run()


def options(bind: str) -> dict[str, Any]:
    """gunicorn's settings for one web process on `bind`."""
    return {
        "bind": bind,
        "worker_class": "incident.unreadable.Worker",
        "workers": 1,
        "worker_connections": 4000,
        "keepalive": 30,
        "timeout": 60,
        "graceful_timeout": 2,
        "accesslog": None,
        "loglevel": "warning",
        "backlog": 2048,
    }


def quietly(run_apart: Callable[[Callable[[], Any]], Any]) -> Callable[[Callable[[], Any]], Any]:
    """The same, raising here what the work raised there: gevent writes a failure in its threads to the log before it
    hands it over, and a refused file would leave its words there."""

    def run(work: Callable[[], Any]) -> Any:
        answer, failure = run_apart(lambda: _tried(work))
        if failure is not None:
            raise failure
        return answer

    return run


def _tried(work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return work(), None
    except Exception as failure:  # noqa: BLE001 - raised again by the one who asked
        return None, failure


def _application() -> Any:
    import gevent

    with without_optional():
        from incident.app import create_app
        from incident.logs import set_up_logs

        set_up_logs()
        app = create_app(async_mode="gevent", run_apart=quietly(gevent.get_hub().threadpool.apply))
    app.extensions["live"].start()
    app.extensions["ground"].start()
    app.extensions["finder"].start()
    gc.collect()
    gc.freeze()  # what stands now stands till the end: walking it again and again cost a third of a long answer
    return app
