"""Small workspaces whose every result can change: one by hand, one cut out of the reference."""

from __future__ import annotations

import csv
import io
import random
from functools import cache
from pathlib import Path

from running import ROOT

from chainmap.study import open_study
from chainmap.study.snapshots import State, state

SCORING = "data/scoring.yaml"
CHAINS = ("hydrogen", "virtual-reality")
Files = dict[str, bytes]
Rows = list[dict[str, str]]


def world(tmp_path: Path) -> Path:
    """Three links, two firms that could serve the first of them."""
    root = tmp_path / "w"
    for folder in ("chains", "data"):
        (root / folder).mkdir(parents=True)
    links = "".join(f"    - {{id: {link}, name: {link}, stage: s, products: [{link}品]}}\n"
                    for link in ("a", "b", "c"))  # fmt: skip
    (root / "chains/x.yaml").write_text(
        "chain: x\nname: X\nkind: emerging\nregion: 市\nas_of: 2025-12-31\npanorama:\n"
        f"  stages:\n    - {{id: s, name: 段}}\n  links:\n{links}"
        "  flows:\n    - {from: a, to: b}\n    - {from: b, to: c}\n", encoding="utf-8",
    )  # fmt: skip
    for name, lines in {
        "sources": ["source,title,publisher,url,date,grade", "s1,t,p,,2025-01-01,A"],
        "firms": ["firm,name,source,as_of", "f1,甲,s1,2025", "f2,乙,s1,2025"],
        "findings": ["chain,link,as_of,source,status,supply,demand,unit,note",
                     "x,a,2025-01,s1,missing,,,,", "x,c,2025-01,s1,strong,,,,"],
        "activities": ["firm,chain,link,product,role,source,as_of", "f1,x,a,a品,main,s1,2025",
                       "f2,x,a,a品,minor,s1,2025"],
    }.items():  # fmt: skip
        (root / f"data/{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "data/region.yaml").write_text("region: 市\nstudy_date: 2025-12-31\n", encoding="utf-8")
    return root


def rows_of(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_table(rows: Rows, heads: list[str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@cache
def reference_state() -> State:
    """Two chains of the reference workspace with the firms that they speak of."""
    whole = state(open_study(ROOT), "now")
    tables = {name: rows_of(data) for name, data in whole.files.items() if name.endswith(".csv")}
    for name, rows in tables.items():
        if rows and "chain" in rows[0]:
            tables[name] = [row for row in rows if row["chain"] in CHAINS]
    named = ("data/activities.csv", "data/presence.csv", "data/projects.csv")
    wanted = {row["firm"] for name in named for row in tables[name]}
    parents = {row["firm"]: row["parent"] for row in tables["data/firms.csv"]}
    for firm in list(wanted):
        while firm := parents.get(firm, ""):
            wanted.add(firm)
    for name, rows in tables.items():
        if rows and "firm" in rows[0]:
            tables[name] = [row for row in rows if row["firm"] in wanted | {""}]
    files: Files = {
        name: data
        for name, data in whole.files.items()
        if name in {f"chains/{chain}.yaml" for chain in CHAINS} or (name.endswith(".yaml")
        and name.startswith("data/"))
    }  # fmt: skip
    for name, rows in tables.items():
        files[name] = as_table(rows, list(rows_of_head(whole.files[name])))
    return State("now", files, whole.as_of, whole.code)


def rows_of_head(data: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


WORDS = {"findings": ("status", ("strong", "weak", "present", "missing")),
         "projects": ("stage", ("签约", "建设", "投产", "终止")),
         "activities": ("role", ("main", "major", "minor")),
         "presence": ("activity", ("production", "sales", "none"))}  # fmt: skip


def changed_data(files: Files, draw: random.Random) -> Files:
    """A few rows dropped, or saying something else."""
    found = dict(files)
    for _ in range(draw.randint(1, 4)):
        table = draw.choice(tuple(WORDS))
        name = f"data/{table}.csv"
        rows = rows_of(found[name])
        if not rows:
            continue
        at = draw.randrange(len(rows))
        if draw.random() < 0.4:
            del rows[at]
        else:
            column, words = WORDS[table]
            rows[at][column] = draw.choice(words)
        found[name] = as_table(rows, rows_of_head(files[name]))
    return found


def changed_settings(files: Files, draw: random.Random) -> Files:
    """Another line for strong, other weights."""
    text = files[SCORING].decode()
    for name, old, new in (("strong_at", "0.6", draw.choice(("0.3", "0.9"))),
                           ("  gap", "25", str(draw.randint(0, 60))),
                           ("large", "5", str(draw.randint(1, 30))),
                           ("dependents", "3", str(draw.randint(0, 9)))):  # fmt: skip
        assert f"{name}: {{value: {old}," in text
        text = text.replace(f"{name}: {{value: {old},", f"{name}: {{value: {new},")
    return {**files, SCORING: text.encode()}
