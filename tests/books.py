"""Workspaces and workbooks for the tests of the workbook."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from chainmap.core.schema import BY_NAME, TABLES
from chainmap.read.workspace import load
from tests.running import ROOT

OFFICE = shutil.which("soffice")
SMALL_CHAIN = """\
# yaml-language-server: $schema=chain.schema.json
# A note that must stay.
chain: toy
name: 玩具
kind: emerging
region: 示例市
as_of: 2025-12-31
bureau: 市工业和信息化局  # beside
panorama:
  stages:
    - {id: up, name: 上游}
    - {id: down, name: 下游}
  links:
    # First the raw one
    - id: ore
      name: 矿石
      stage: up
      products: [矿石, '000001']
      industry: ['0810']
    # Then what is made of it
    - id: steel
      name: 钢
      stage: down
      group: 冶炼
      products: [钢, "铁: 合金"]
      exclude: [废钢]
      critical: true
      status: {is: weak, because: 现场核查, source: s1, as_of: 2025-06}
    - id: ship
      name: 船
      stage: down
      products: [船]
  flows:
    # What feeds what
    - {from: ore, to: steel, share: 0.35, source: s1}
    - {from: [ore, steel], to: ship, need: any}
path:
  - {id: m1, link: steel, action: strengthen, title: 扩产, start: 2026-01, due: 2026-12}
  - {id: m2, action: build, title: 二期, needs: [m1], owner: 示例区}
"""
SMALL = {
    "region.yaml": "region: 示例市\nstudy_date: 2026-06-30\n",
    "sources.csv": "source,title,publisher,url,date,grade\n"
    "s1,=1+1 公报,市统计局,https://example.invalid/a?b=1&c=2,2025-06,A\n"
    's2,"两行\n标题",,,2024,B\n',
    "firms.csv": "﻿企业,名称,别名,上级,层级,所有制,国家,总部城市,行业代码,营业收入,"
    "营收年度,员工数,来源,数据日期,备注\r\n"
    "000001,甲公司,甲|阿甲,,集团,central_soe,中国,北京,0810|37,12.50,2024,1000,s1,2025-06-30,自有列\r\n"
    'beta,\'=乙公司,,000001,,,中国,"上,海",,,,,s1|s2,2024,\r\n'
    "beta,'=乙公司,,000001,,,中国,青岛,,3,2025,,s2,2025-12,\r\n",
    "presence.csv": "firm,chain,link,district,activity,output,output_unit,since,until,"
    "source,as_of\n"
    "000001,toy,ore,,生产,5,万吨,2020,,s1,2025-06-30\n"
    "beta,toy,steel,东区,production,2.0,亿元,,2026-12-31,s1,2025-06-30\n",
    "districts.csv": "district,leading_chains,land_mu,budget_100m_cny,source,as_of\n"
    "东区,toy,1200,,s1,2025\n",
    "findings.csv": "chain,link,status,supply,demand,unit,note,source,as_of\n"
    'toy,ship,missing,,,,"说,明",s1,2025-06-30\n'
    "toy,ship,wanted,,,,,s1,2025-05\n",
}


def small(directory: Path, **files: str) -> Path:
    """A workspace of one small chain that has a cell of every kind; ``files`` replace its own."""
    (directory / "chains").mkdir(parents=True)
    (directory / "data").mkdir()
    (directory / "chains" / "toy.yaml").write_bytes(SMALL_CHAIN.encode())
    for name, text in (SMALL | {f"{stem}.csv": text for stem, text in files.items()}).items():
        (directory / "data" / name).write_bytes(text.encode())
    return directory


def empty(directory: Path, like: Path) -> Path:
    """A workspace without any chain or row, of the region of another."""
    (directory / "chains").mkdir(parents=True)
    (directory / "data").mkdir()
    for name in ("region.yaml", "scoring.yaml"):
        if (like / "data" / name).exists():
            shutil.copy(like / "data" / name, directory / "data" / name)
    for name in ("sources", "firms"):
        head = ",".join(column.name for column in BY_NAME[name].columns)
        (directory / "data" / f"{name}.csv").write_text(head + "\n", encoding="utf-8")
    return directory


def files_of(workspace: Path) -> dict[str, bytes]:
    """Every file of a workspace with its bytes."""
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for path in sorted(workspace.rglob("*"))
        if path.is_file() and path.suffix != ".xlsx"
    }


def contents(workspace: Path) -> dict[str, Any]:
    """What the reader makes of a workspace: chains and rows in order, without their places."""
    found, problems = load(workspace)
    assert not [one for one in problems if one.severity == "error"], problems
    rows = {
        table.name: [dict(row.cells) for row in found.rows(table.name)]
        for table in TABLES
        if found.rows(table.name)
    }
    return {"rows": rows, "chains": {name: chain.file for name, chain in found.chains.items()}}


def saved_by_libreoffice(book: Path, to: Path) -> Path:
    """The workbook as LibreOffice saves it again."""
    assert OFFICE is not None
    home = to / "home"
    home.mkdir(parents=True)
    done = subprocess.run(
        [OFFICE, "--headless", "--convert-to", "xlsx", "--outdir", to / "out", book],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    return to / "out" / book.name


__all__ = [
    "OFFICE", "ROOT", "SMALL", "SMALL_CHAIN", "contents", "empty", "files_of",
    "saved_by_libreoffice", "small",
]  # fmt: skip
