"""The summary of a night: what was done, what failed and why, which designs are best now; for people and programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ssbflow.design.selection import best
from ssbflow.errors import SelectionError, StoreError
from ssbflow.flow.nightly import TAG, NightRun
from ssbflow.inputs.night import Objective
from ssbflow.store.current import Current
from ssbflow.store.durable import write_durably
from ssbflow.store.layout import Store
from ssbflow.store.opening import open_cube

RANKS = 5  # designs that are told of


def write_night_report(store: Store, run: NightRun, objective: Objective | None) -> Path:
    """Write the summary of a night into its store, as JSON and as Markdown; return the latter's path."""
    summary = night_summary(store, run, objective)
    write_durably(store.nights / f"{run.date}.json", json.dumps(summary, indent=1, default=str).encode())
    page = store.nights / f"{run.date}.md"
    write_durably(page, night_markdown(summary).encode())
    return page


def night_summary(store: Store, run: NightRun, objective: Objective | None) -> dict[str, Any]:
    """Return the summary of a night as plain data; with an objective, the best designs before and after it."""
    summary = {**asdict(run), "begins": run.begins.isoformat(), "ends": run.ends.isoformat()}
    if objective is None:
        return summary
    before = max((tag for tag in Current.read(store).tags if tag.startswith(TAG) and tag < run.tag), default=None)
    now = _best(store, run.tag, objective)
    then = _best(store, before, objective) if before else []
    return {**summary, "objective": str(objective), "compared_with": before, "best": now, "best_before": then}


def _best(store: Store, tag: str, objective: Objective) -> list[dict[str, Any]]:
    """Return the best designs of a tagged cube; none where none has ended well, or fulfils the condition."""
    try:
        with open_cube(store.root, tag=tag) as cube:
            found = best(cube, maximize=objective.maximize, minimize=objective.minimize, where=objective.where)
    except (SelectionError, StoreError):
        return []
    values = found.table[[found.objective, "seeds_ok"]].head(RANKS)
    return [
        {"design": design, "value": float(value), "seeds": int(seeds)}
        for design, (value, seeds) in zip(found.labels, values.itertuples(index=False), strict=False)
    ]


def night_markdown(summary: dict[str, Any]) -> str:
    """Return a summary as a page."""
    lines = [
        f"# Night of {summary['date']}",
        "",
        f"{summary['ok']} cases ended well, {summary['failed']} failed, {summary['pending']} are left. "
        f"{summary['core_hours']:.3g} of {summary['budget_core_hours']:g} core-hours; no more was begun because "
        f"{summary['stopped']}. Published and kept as `{summary['tag']}`.",
    ]
    if summary["failures"]:
        lines += ["", "| cause | cases |", "|---|---|"]
        lines += [f"| {cause} | {count} |" for cause, count in summary["failures"].items()]
    if "objective" in summary:
        lines += ["", f"## {summary['objective']}", "", *_best_table(summary)]
    return "\n".join(lines) + "\n"


def _best_table(summary: dict[str, Any]) -> list[str]:
    if not summary["best"]:
        return ["No design yet."]
    before = {one["design"]: rank for rank, one in enumerate(summary["best_before"], 1)}
    rows = ["| | design | value | seeds | before |", "|---|---|---|---|---|"]
    for rank, one in enumerate(summary["best"], 1):
        was = before.get(one["design"], "new" if summary["compared_with"] else "–")
        rows.append(f"| {rank} | {one['design']} | {one['value']:.4g} | {one['seeds']} | {was} |")
    return rows
