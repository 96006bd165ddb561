"""A made-up city of any size, written row after row: what a load is tried on.

    python tests/bench/load_city.py DIRECTORY [SHARE]

At share 1: 200 chains of 300 links, 200,000 firms, 2,000,000 activities; at share 1/10 a tenth of
the chains, firms and rows, and chains as long as before. How often a column is filled, how firms
spread over links and how many rows stand behind a firm are those of the reference workspace,
counted by hand; nothing in it is true, and every source says so. The same seed gives the same
bytes, and no table is ever held in memory.
"""

from __future__ import annotations

# ruff: noqa: E501
import csv
import random
import sys
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SEED = 20261125
LINKS = 300
STAGES = (("upstream", "上游 原料"), ("midstream", "中游 部件"), ("downstream", "下游 整机"),
          ("support", "支撑 服务"))  # fmt: skip
SYLLABLES = "华东海天宏盛泰瑞鑫源恒信达通力科创新能光电精工机械材料生物医药智造云数联合国际重型"
GOODS = "膜片芯阀泵轴钢铝铜碳纤玻璃陶瓷树脂涂料电池电机传感器控制器轴承齿轮线缆接头模具镜头"
DISTRICTS = ("市南区", "市北区", "西海岸新区", "崂山区", "李沧区", "城阳区", "即墨区", "胶州市")
KINDS = ("expansion", "financing", "relocation_announced", "moved_elsewhere", "new_base",
         "strategic_agreement", "exit")  # fmt: skip
DAYS = [f"{year}-{month:02}-{day:02}" for year in range(2021, 2026) for month in range(1, 13)
        for day in (5, 15, 25)]  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many of everything."""

    chains: int
    firms: int
    activities: int

    @classmethod
    def of(cls, share: float) -> Size:
        """The full size times a share."""
        return cls(*(max(2, round(full * share)) for full in (200, 200_000, 2_000_000)))


class City:
    """Draws every row of one city; who writes it is `written`."""

    def __init__(self, size: Size, seed: int = SEED) -> None:
        self.size = size
        self.draw = random.Random(seed)
        self.chains = [f"chain-{at:03}" for at in range(size.chains)]
        self.sources = [f"s{at:05}" for at in range(max(20, size.firms // 40))]
        with (ROOT / "data" / "sectors.csv").open(encoding="utf-8-sig", newline="") as file:
            self.sectors = [row["sector"] for row in csv.DictReader(file) if row["industry"]]
        # Real codes, as far as the reference chains name them, and their weights.
        found = [line.split("[")[1].split("]")[0].replace("'", "").split(", ")
                 for path in sorted((ROOT / "chains").glob("[a-z]*.yaml"))
                 for line in path.read_text(encoding="utf-8").splitlines()
                 if line.strip().startswith("industry: [")]  # fmt: skip
        self.codes = [code for codes in found for code in codes]
        # A few firms do much and most do little: the nth has a weight of 1 / (n + 50).
        self.shares = list(accumulate(1 / (at + 50) for at in range(size.firms)))

    def firm(self) -> str:
        """A firm, the large ones more often."""
        return f"f{bisect(self.shares, self.draw.random() * self.shares[-1]):06}"

    def link(self) -> str:
        return f"l{int(LINKS * self.draw.random() ** 1.5):03}"

    def tail(self) -> tuple[str, str]:
        """Source and date of a row."""
        draw = self.draw
        found = draw.choice(self.sources)
        if draw.random() < 0.3:
            other = draw.choice(self.sources)
            found += f"|{other}" if other != found else ""
        return found, draw.choice(DAYS)

    def products(self, chain: str, link: str) -> list[str]:
        """The words of a link: the same whenever they are asked for."""
        own = random.Random(f"{chain}/{link}")
        return [
            "".join(own.choices(GOODS, k=own.choice((3, 4, 5))))
            for _ in range(own.choice((2, 3, 4)))
        ]

    def chain_file(self, chain: str) -> Iterator[str]:
        """The lines of a chain: stages in layers, each link fed from the ones before it."""
        draw = self.draw
        yield f"chain: {chain}\nname: 试验产业链{chain[-3:]}\nkind: emerging\nregion: 青岛市\n"
        yield "as_of: 2026-11-24\nchief: 市级领导\nbureau: 市发展改革委\npanorama:\n  stages:\n"
        for stage, name in STAGES:
            yield f"    - {{id: {stage}, name: {name}}}\n"
        yield "  links:\n"
        for at in range(LINKS):
            link = f"l{at:03}"
            yield f"    - id: {link}\n      name: 环节{at:03}{draw.choice(GOODS)}\n"
            yield f"      stage: {STAGES[at * 4 // LINKS][0]}\n      group: 组{at // 15}\n"
            yield f"      products: [{', '.join(dict.fromkeys(self.products(chain, link)))}]\n"
            yield f"      industry: ['{draw.choice(self.codes)}']\n"
            if draw.random() < 0.35:
                yield "      critical: true\n"
        yield "  flows:\n"
        for at in range(3, LINKS):
            near = [f"l{n:03}" for n in draw.sample(range(max(0, at - 40), at), 3)]
            if draw.random() < 0.1:
                yield f"    - {{from: [{near[0]}, {near[1]}], to: l{at:03}, need: any}}\n"
                near = near[2:]
            for one in near[: draw.choice((1, 1, 2))]:
                optional = ", need: optional" if draw.random() < 0.15 else ""
                share = ", share: 0.2" if draw.random() < 0.1 else ""
                yield f"    - {{from: {one}, to: l{at:03}{optional}{share}}}\n"

    # The tables: each yields its rows, without the tail

    def firms(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for at in range(self.size.firms):
            name = "".join(draw.choices(SYLLABLES, k=4)) + f"{at:06}有限公司"
            parent = f"f{draw.randrange(at):06}" if at and draw.random() < 0.19 else ""
            code = draw.choice(self.codes) if draw.random() < 0.03 else ""
            revenue = f"{draw.lognormvariate(4, 1.5):.2f}" if draw.random() < 0.53 else ""
            yield (f"f{at:06}", name, name[:6] if draw.random() < 0.67 else "", parent,
                   draw.choice(("group", "subsidiary", "branch", "")),
                   draw.choice(("central_soe", "local_soe", "private", "foreign", "")), "中国",
                   draw.choice(("北京", "上海", "深圳", "青岛", "")), code, revenue,
                   "2025" if revenue else "", "")  # fmt: skip

    def activities(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for _ in range(self.size.activities):
            chain, link = draw.choice(self.chains), self.link()
            words = self.products(chain, link) if draw.random() < 0.05 else ["其他产品"]
            yield (self.firm(), chain, link, words[0] + f"{draw.randrange(100):02}",
                   draw.choice(("main", "major", "minor", "major", "")))  # fmt: skip

    def presence(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for _ in range(self.size.firms // 10):
            activity = draw.choice(("production", "production", "research", "sales", "none"))
            output = (
                draw.randrange(1, 90) if activity == "production" and draw.random() < 0.1 else ""
            )
            yield (self.firm(), draw.choice(self.chains), self.link(), draw.choice(DISTRICTS),
                   activity, output, "亿元" if output else "", draw.choice(("2019", "")), "")  # fmt: skip

    def findings(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for chain in self.chains:
            for at in range(LINKS):
                if draw.random() < 0.15:
                    status = draw.choice(
                        ("strong", "weak", "present", "missing", "none_found", "wanted")
                    )
                    yield (chain, f"l{at:03}", status, "", "", "", "试验数据")

    def lists(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for year in range(2021, 2026):
            for name in ("global500", "china500", "central_soe"):
                for rank in range(1, 101 if name == "central_soe" else 501):
                    yield (name, year, rank, self.firm(), draw.choice(self.sectors),
                           f"{9000 / rank:.1f}", "CNY")  # fmt: skip

    def signals(self) -> Iterator[tuple[Any, ...]]:
        for _ in range(self.size.firms // 28):
            yield (self.firm(), self.draw.choice(DAYS), self.draw.choice(KINDS),
                   self.draw.choice(("青岛市", "北京市", "上海市", "")), "试验数据")  # fmt: skip

    def affinity(self) -> Iterator[tuple[Any, ...]]:
        for _ in range(self.size.firms // 60):
            yield self.firm(), self.draw.choice(("market", "resource")), 60, "试验数据"

    def requests(self) -> Iterator[tuple[Any, ...]]:
        draw = self.draw
        for _ in range(self.size.firms // 100):
            yield (self.firm(), draw.choice(self.chains), self.link(),
                   self.firm() if draw.random() < 0.5 else "",
                   "", draw.choice(("proposed", "accepted", "rejected")), "试验数据")  # fmt: skip

    def districts(self) -> Iterator[tuple[Any, ...]]:
        for name in DISTRICTS:
            yield name, "|".join(self.draw.sample(self.chains, 2)), 50_000, 500

    def projects(self) -> Iterator[tuple[Any, ...]]:
        """Every fourth ended or runs, the rest is on its way; the stage's own date is known."""
        draw = self.draw
        stages = ("洽谈", "签约", "开工", "建设", "投产", "达产", "终止")
        for at in range(self.size.firms // 40):
            number = draw.randrange(len(stages))
            dates = [""] * 8
            day = draw.choice(DAYS)
            if number:
                dates[2] = day
            yield (f"p{at:05}", "".join(draw.choices(SYLLABLES + GOODS, k=8)) + "项目", self.firm(), "", draw.choice(self.chains),
                   self.link(), draw.choice(DISTRICTS), "", "试验", "",
                   draw.randrange(1, 200) if draw.random() < 0.4 else "", "", "", "", stages[number],
                   *dates, "资金" if stages[number] == "终止" else "", "", "", "", "",
                   draw.choice(("甲", "乙", "丙")), "")  # fmt: skip

    def visits(self) -> Iterator[tuple[Any, ...]]:
        for at in range(self.size.firms // 200):
            yield f"v{at:05}", self.draw.choice(DAYS), "甲", "", self.firm(), "试验数据"

    def searched(self) -> Iterator[tuple[Any, ...]]:
        for at in range(self.size.firms // 2):
            yield "", "", f"f{at:06}", "试验查证", self.draw.choice(("yes", "no")), ""


TABLES = {
    "firms": "firm,name,aliases,parent,level,ownership,country,hq_city,industry,revenue_100m_cny,revenue_year,employees",
    "activities": "firm,chain,link,product,role",
    "presence": "firm,chain,link,district,activity,output,output_unit,since,until",
    "findings": "chain,link,status,supply,demand,unit,note",
    "lists": "list,year,rank,firm,sector,revenue,currency",
    "signals": "firm,date,kind,toward,note",
    "affinity": "firm,dimension,value,reason",
    "requests": "leader,chain,link,wanted,purchase_100m_cny,status,reason",
    "districts": "district,leading_chains,land_mu,budget_100m_cny",
    "projects": "project,name,firm,partners,chain,link,district,park,content,approach,investment_100m_cny,foreign_musd,arrived_100m_cny,land_mu,stage,proposed,negotiated,signed,started,building,produced,full_output,ended,ended_because,progress,progress_date,next_step,next_due,leader,unit",
    "visits": "visit,date,leader,place,firm,outcome",
    "searched": "chain,link,firm,where,found,note",
}
# Rows of one key and date that differ are an error; so each such key is drawn once only.
ONCE = {"presence": 5, "signals": 3, "affinity": 2, "requests": 4, "activities": 4, "findings": 2}


def written(to: Path, size: Size, seed: int = SEED) -> None:
    """Write the city's workspace into a directory that is not there yet."""
    city = City(size, seed)
    (to / "chains").mkdir(parents=True)
    (to / "data").mkdir()
    for chain in city.chains:
        with (to / "chains" / f"{chain}.yaml").open("w", encoding="utf-8") as out:
            out.writelines(city.chain_file(chain))
    with (to / "data" / "sources.csv").open("w", encoding="utf-8", newline="") as out:
        out.write("source,title,publisher,url,date,grade\n")
        for source in city.sources:
            out.write(
                f"{source},试验来源（虚构）,,,{city.draw.choice(DAYS)},{city.draw.choice('ABBC')}\n"
            )
    for table, head in TABLES.items():
        _table(city, to / "data" / f"{table}.csv", table, head)
    for name in ("rates.csv", "sectors.csv"):
        with (ROOT / "data" / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        with (to / "data" / name).open("w", encoding="utf-8", newline="") as out:
            at = rows[0].index("source")
            csv.writer(out).writerows(
                [
                    [*row[:at], city.sources[0], *row[at + 1 :]] if nth else row
                    for nth, row in enumerate(rows)
                ]
            )
    for name in ("region.yaml", "scoring.yaml"):
        (to / "data" / name).write_bytes((ROOT / "data" / name).read_bytes())


def _table(city: City, path: Path, table: str, head: str) -> None:
    seen: set[int] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*head.split(","), "source", "as_of"])
        for row in getattr(city, table)():
            if table in ONCE:
                key = hash(row[: ONCE[table]]) if table != "activities" else hash(row[:4])
                if key in seen:
                    continue
                seen.add(key)
            out.writerow([*row, *city.tail()])


if __name__ == "__main__":
    written(Path(sys.argv[1]), Size.of(float(sys.argv[2]) if len(sys.argv) > 2 else 1.0))
