"""`posko figures`: the figures of a period on the command line, for people and for scripts."""

import datetime as dt
import json
import sys
from typing import Any

import click

from incident.figures.rules import BY

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(epilog="Example: posko figures --from 2026-11-01 --to 2026-11-30 --by agency --csv > angka.csv")
@click.option("--from", "since", type=DAY, help="First day of the site's calendar; without it the last 30 days.")
@click.option("--to", "until", type=DAY, help="Last day, counted in; today without it.")
@click.option("--by", type=click.Choice(BY), default="type", show_default=True, help="What to group by.")
@click.option("--type", "kind", help="Only this type of incident, by its code.")
@click.option("--priority", help="Only P1, P2, P3 or P4.")
@click.option("--agency", help="Only incidents this agency's units were sent to.")
@click.option("--area", help="Only places whose Kemendagri code begins so, such as 52.03.01.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as the API says it.")
@click.option("--csv", "as_csv", is_flag=True, help="A row for each group and measure, as the page's CSV.")
def figures(
    since: dt.datetime | None,
    until: dt.datetime | None,
    by: str,
    kind: str | None,
    priority: str | None,
    agency: str | None,
    area: str | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Say how long everything took: P50 and P90 from raw intervals, with n and what was left out."""
    if as_json and as_csv:
        raise click.UsageError("Choose one of --json and --csv.")
    days = {"since": since and since.date(), "until": until and until.date()}
    told = _told({**days, "by": by, "type": kind, "priority": priority, "agency": agency, "area": area})
    if as_csv:
        from incident.figures.sheets import as_csv as written

        sys.stdout.buffer.write(written(told))
    else:
        click.echo(json.dumps(told) if as_json else _table(told))


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """The report; raises what the API would refuse."""
    from incident.commands import _post
    from incident.figures import report

    post = _post()
    with post.database.read() as conn:
        return report.report(conn, post, report.asked(post, given))


def _table(told: dict[str, Any]) -> str:
    """The figures of everything together, then P90 of the whole way by group."""
    head = f"{told['site']}, {told['from']} to {told['to']} ({told['zone']}){', EXERCISE' if told['exercise'] else ''}"
    lines = [head, f"{'':10}{'n':>8}{'P50 s':>10}{'P90 s':>10}{'left out':>10}"]
    lines += [_line(code, figure) for code, figure in told["total"].items()]
    lines += ["", f"total by {told['by']}"]
    return "\n".join(lines + [_line(group["name"], group["measures"]["total"]) for group in told["groups"]])


def _line(name: str, figure: dict[str, Any]) -> str:
    spans = "".join(f"{'-' if figure[one] is None else format(figure[one], '.1f'):>10}" for one in ("p50_s", "p90_s"))
    return f"{name:10}{figure['n']:>8}{spans}{figure['left_out']:>10}"
