"""Every command that writes, with arguments that write, on a workspace of a few rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CHAIN = """\
chain: demo
name: 示范链
kind: emerging
region: 青岛市
as_of: 2025-12-31
chief: 市级领导
bureau: 市发展改革委
panorama:
  stages:
    - {id: upstream, name: 上游}
    - {id: downstream, name: 下游}
  links:
    - {id: ore, name: 矿石, stage: upstream, products: [矿石], industry: ['0810'], critical: true}
    - {id: steel, name: 钢材, stage: downstream, products: [钢材], industry: ['3110']}
    - {id: ship, name: 船舶, stage: downstream, products: [船舶], industry: ['3731']}
  flows:
    - {from: ore, to: steel}
    - {from: steel, to: ship}
"""
TABLES = {
    "sources": "source,title,date,grade\ns1,示例,2024-01-01,A\ns2,领域知识,2024-01-01,D\n",
    "firms": "firm,name,hq_city,revenue_100m_cny,revenue_year,source,as_of\n"
    "one,第一公司,北京,120,2024,s1,2024-06-30\ntwo,第二公司,上海,,,s1,2024-06-30\n",
    "activities": "firm,chain,link,product,role,source,as_of\n"
    "one,demo,ore,矿石,main,s2,2024\ntwo,demo,steel,钢材,major,s2,2024\n",
    "presence": "firm,chain,link,district,activity,source,as_of\n"
    "one,demo,ship,市南区,production,s1,2024-06-30\n",
    "findings": "chain,link,status,note,source,as_of\n"
    "demo,ship,strong,见报告,s1,2024-06-30\ndemo,ore,missing,见报告,s1,2024-06-30\n",
    "districts": "district,leading_chains,land_mu,budget_100m_cny,source,as_of\n"
    "市南区,demo,500,20,s1,2024-06-30\n",
    "lists": "list,year,rank,firm,sector,revenue,currency,source,as_of\n"
    "top,2024,1,one,钢铁,120,CNY,s1,2024-06-30\n",
    "requests": "leader,chain,link,wanted,purchase_100m_cny,status,reason,source,as_of\n"
    "one,demo,steel,two,3,proposed,,s1,2024-06-30\n",
    "projects": "project,name,firm,chain,link,district,content,investment_100m_cny,stage,proposed,"
    "signed,started,progress,progress_date,next_step,next_due,source,as_of\n"
    "p1,矿石项目,one,demo,ore,市南区,,10,签约,,2024-05-01,,,,,,s1,2024-06-30\n",
}
LISTING = "项目名称,投资方,所属产业链,项目状态\n新项目,第二公司,示范链,已签约\n"
CATALOGUE = "产品,供应商,年采购额（万元）\n船舶,第二公司,12500\n"
SAID = ("--source", "s1", "--date", "2025-02-01")
FORMED = {  # commands that write one file by -o, and the endings that they know
    "validate": ("json",), "doctor": ("json",), "chains": ("csv", "json", "md"),
    "gaps demo": ("csv",), "why demo/ore": ("json",), "data": ("csv",), "rank demo": ("csv", "svg"),
    "table demo": ("csv", "xlsx", "md"), "map demo": ("svg", "png", "html", "pptx", "dot", "json"),
    "report demo": ("html", "pdf", "docx", "pptx", "xlsx"), "ledger --list top": ("csv",),
    "relocation": ("csv",), "kpi": ("csv",), "whatif demo": ("csv",), "resilience demo": ("csv",),
    "snapshots": ("csv",), "week": ("json",), "plan --seconds 2 --core 0": ("csv",),
    "firms find 第一": ("csv",), "leaders select": ("csv",), "leaders requests": ("csv",),
    "leaders cluster one": ("csv",), "projects board": ("csv", "xlsx"),
    "projects show p1": ("json",), "projects log p1": ("csv",), "projects landing": ("csv",),
    "diff now now": ("csv",),
    "backtest --as-of 2024-07-01 --until 2025-07-01 --list top": ("json",),
}  # fmt: skip
# Commands that write into the workspace or make a directory, by what they are called here.
EDITS: dict[str, tuple[str, ...]] = {
    "init": ("init", "fresh"),
    "init --xlsx": ("init", "fresh", "--xlsx"),
    "report -o directory": ("report", "demo", "-o", "set/"),
    "report --all": ("report", "--all", "-o", "set/"),
    "export": ("export", "book.xlsx"),
    "snapshot": ("snapshot", "first"),
    "projects add": ("projects", "add", "新项目", "--id", "p9", "--chain", "demo", "--link",
                     "steel", "--firm", "two", "--stage", "签约", "--on", "2025-01-01", *SAID),
    "projects move": ("projects", "move", "p1", "开工", "--on", "2025-02-01", *SAID),
    "projects note": ("projects", "note", "p1", "已办好手续", "--next", "动工", *SAID),
    "projects note --private": ("projects", "note", "p1", "只给自己看", "--private"),
    "projects adopt": ("projects", "adopt", "two", "demo", "steel", "--id", "p8", *SAID),
    "projects contact": ("projects", "contact", "p1", "--name", "联系人甲", "--post", "主任"),
    "projects import": ("projects", "import", "listing.csv", "--yes", *SAID),
    "leaders intake": ("leaders", "intake", "catalogue.csv", "--leader", "one", "--yes", *SAID),
    "leaders vet": ("leaders", "vet", "r-65c0dc7b", "--accept", "--because", "核过", *SAID),
}  # fmt: skip


def workspace(room: Path) -> Path:
    """The workspace, and the files of others beside it, in a directory that is there."""
    (room / "chains").mkdir()
    (room / "data").mkdir()
    (room / "chains" / "demo.yaml").write_text(CHAIN, encoding="utf-8")
    for name, text in TABLES.items():
        (room / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    (room / "data" / "region.yaml").write_text(
        "region: 青岛市\nstudy_date: 2025-12-31\n", encoding="utf-8"
    )
    (room / "listing.csv").write_text(LISTING, encoding="utf-8")
    (room / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    return room


def commands() -> Iterator[tuple[str, ...]]:
    """Every command that writes a file, once for each ending."""
    yield from EDITS.values()
    for command, endings in FORMED.items():
        for ending in endings:
            yield (*command.split(), "-o", f"out.{ending}")
