"""A made register for the benches of the screen, and the words of nine hundred made links.

Nothing in it is a real firm. Its shape is that of a business register: seven columns, about 186
characters of business scope a firm, row groups of 100,000 rows; half of the words are the chains'
own, the rest are composed of them, so that words overlap and lie inside one another. Each block
of rows follows from the seed and its number alone: a longer register begins like a shorter one.

Run by hand: ``python tests/bench/register_made.py ROWS FILE.parquet [SEED]``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

BLOCK = 100_000
LINKS, WORDS, DISTINCT = 900, 8, 4_000
CLAUSES = 20  # a firm, on the average

PLACES = """
青岛 济南 烟台 潍坊 苏州 宁波 合肥 成都 西安 深圳 佛山 长沙 武汉 常州 无锡 南通 嘉兴 绍兴 厦门
沈阳
"""
SYLLABLES = """
华 瑞 恒 鑫 盛 泰 宏 远 达 丰 嘉 润 博 科 创 启 明 德 信 诚 安 康 昌 荣 亿 海 山 江 川 云 星
辰
"""
TRADES = "科技 实业 贸易 机械 电子 材料 新能源 生物 建设 物流 商贸 装备 化工 信息技术 环保 食品"
FORMS = "有限公司 有限责任公司 股份有限公司 （有限合伙） 厂 中心"
HEADS = """
高纯 新型 精密 智能 工业 车用 特种 复合 柔性 微型 大型 高端 环保型 耐高温 超薄 一体化 分布式
可降解 高压 低碳
"""
TAILS = "材料 设备 组件 部件 系统 模块 装置 制品 总成 用品 基材 元件"
WORKS = """
{}制造 {}销售 {}研发 {}的生产、销售 {}技术开发、技术转让 {}加工 {}批发 {}零售 {}及配件销售
{}租赁 {}安装、维修 生产{}
"""
COMMON = """
技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广 货物进出口 技术进出口 食品销售
日用百货销售 信息咨询服务（不含许可类信息咨询服务） 企业管理咨询
普通货物仓储服务（不含危险化学品等需许可审批的项目） 住房租赁 非居住房地产租赁 物业管理
会议及展览服务 广告设计、代理 广告发布 国内货物运输代理 建筑材料销售 五金产品零售 机械设备租赁
劳务服务（不含劳务派遣） 园林绿化工程施工 市政设施管理 停车场服务 餐饮管理 文具用品零售
办公用品销售 服装服饰批发 针纺织品销售 家用电器销售 软件开发 信息系统集成服务 网络技术服务
互联网销售（除销售需要许可的商品） 电子产品销售 通讯设备销售 仪器仪表销售 金属材料销售
建筑装饰材料销售 化工产品销售（不含许可类化工产品） 机械设备销售 专业设计服务 社会经济咨询服务
工程管理服务 对外承包工程 城市建筑垃圾处置 农副产品销售 新鲜水果批发 水产品批发 汽车零配件批发
汽车销售 商务代理代办服务 票务代理服务 旅游开发项目策划咨询 家政服务 洗车服务 摄影扩印服务
（依法须经批准的项目，经相关部门批准后方可开展经营活动）
除依法须经批准的项目外，凭营业执照依法自主开展经营活动
"""


@cache
def vocabulary() -> tuple[str, ...]:
    """Words of the workspace's chains and words made of them, all different."""
    from chainmap.read.workspace import load

    real: dict[str, None] = {}
    for chain in load(ROOT)[0].chains.values():
        for link in chain.links:
            real.update(dict.fromkeys((link.name, *link.products)))
    own = [word for word in real if len(word) > 1][: DISTINCT // 2]
    rng = np.random.default_rng(7)
    words = dict.fromkeys(own)
    heads, tails = HEADS.split(), TAILS.split()
    while len(words) < DISTINCT:
        base = own[rng.integers(len(own))]
        head, tail = heads[rng.integers(len(heads))], tails[rng.integers(len(tails))]
        words[(head + base, base + tail, head + base + tail)[rng.integers(3)]] = None
    return tuple(words)


def links(count: int = LINKS) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """(chain, link, include, exclude): eight words a link, of which every fifth link excludes one.

    A word and the words made of it stand together in a link as often as not.
    """
    rng = np.random.default_rng(11)
    words = vocabulary()
    near: dict[str, list[str]] = {}
    for word in words[DISTINCT // 2 :]:
        near.setdefault(word[2:4], []).append(word)
    turn = cycle(words[at] for at in rng.permutation(len(words)))  # each word is used
    made = []
    for at in range(count):
        mine: dict[str, None] = {}
        while len(mine) < WORDS:
            word = next(turn)
            mine[word] = None
            family = near.get(word[:2])
            if family and len(mine) < WORDS:
                mine[family[rng.integers(len(family))]] = None
        chosen = list(mine)
        cut = WORDS - (at % 5 == 0)
        made.append(
            (f"made{at // 30:02}", f"link{at:03}", tuple(chosen[:cut]), tuple(chosen[cut:]))
        )
    return made


@cache
def _pools() -> tuple[Any, Any]:
    """Clauses that hold words of the links, and clauses that every shop has."""
    bearing = [work.format(word) for word in vocabulary() for work in WORKS.split()]
    return pa.array(bearing), pa.array(COMMON.split())


def block(number: int, rows: int = BLOCK, seed: int = 1) -> Any:
    """The rows of one block as a RecordBatch with the columns of a register."""
    rng = np.random.default_rng((seed, number))
    bearing, common = _pools()
    many = np.clip(rng.poisson(CLAUSES, rows), 1, 60)
    total = int(many.sum())
    # A quarter of the clauses hold a word, some words far more often than others.
    tell = (len(bearing) * rng.random(total) ** 1.6).astype(np.int32)
    plain = rng.integers(len(bearing), len(bearing) + len(common), total, dtype=np.int32)
    chosen = np.where(rng.random(total) < 0.25, tell, plain)
    clauses = pa.concat_arrays([bearing, common]).take(pa.array(chosen))
    ends = np.concatenate(([0], np.cumsum(many))).astype(np.int32)
    scope = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), clauses), "；")
    place = _some(rng, PLACES, rows)
    name = pc.binary_join_element_wise(
        place,
        *(_some(rng, SYLLABLES, rows) for _ in range(3)),
        _some(rng, TRADES, rows),
        _some(rng, FORMS, rows),
        "",
    )
    code = pc.utf8_lpad(pc.cast(pa.array(np.arange(rows) + number * BLOCK), pa.string()), 15, "0")
    capital = (10 ** rng.uniform(0, 5, rows)).astype(np.int64) * 10_000
    unknown = rng.random(rows) < 0.02
    years = rng.integers(1985, 2026, rows).astype(str)
    status = np.where(rng.random(rows) < 0.03, "吊销", "存续")
    return pa.RecordBatch.from_arrays(
        [
            pc.binary_join_element_wise("MAD", code, ""),
            name,
            scope,
            pa.array(capital, mask=unknown),
            place,
            pc.binary_join_element_wise(pa.array(years), "-06-01", ""),
            pa.array(status),
        ],
        names=["id", "name", "scope", "capital", "city", "founded", "status"],
    )


def _some(rng: Any, words: str, rows: int) -> Any:
    choice = words.split()
    return pa.array(choice).take(pa.array(rng.integers(len(choice), size=rows, dtype=np.int32)))


def blocks(rows: int, seed: int = 1) -> Iterator[Any]:
    """The register, block after block."""
    for number in range(0, -(-rows // BLOCK)):
        yield block(number, min(BLOCK, rows - number * BLOCK), seed)


def write(rows: int, file: Path, seed: int = 1) -> Path:
    """A register of so many rows as Parquet, written block after block; kept if it is there."""
    if file.is_file() and pq.ParquetFile(file).metadata.num_rows == rows:
        return file
    writer = None
    begun = file.with_suffix(".begun")
    for batch in blocks(rows, seed):
        writer = writer or pq.ParquetWriter(begun, batch.schema, compression="zstd")
        writer.write_batch(batch, row_group_size=BLOCK)
    assert writer is not None
    writer.close()
    return begun.replace(file)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:4]))
