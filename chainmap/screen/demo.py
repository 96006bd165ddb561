"""A register that is made up, with planted answers: to try the screen, and to measure it.

Nothing in it is a real firm: names say 虚构, ids are no credit codes, and of the cities only the
workspace's own is one. Every row group comes from the seed and its own number, so that memory is
bounded and any part can be made again. Answers are planted for the links of the workspace; all
other rows are composed of phrases that hold no word of any link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainmap.screen.noise import KINDS, spoken
from chainmap.screen.rule import LinkWords, normalise

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Random = np.random.Generator
    Array = np.ndarray[Any, Any]

GROUP = 100_000  # rows of a row group
HEADS = (
    "统一社会信用代码", "企业名称", "经营范围", "注册资本（万元）", "所属城市", "成立日期",
    "经营状态",
)  # fmt: skip
ANSWER_HEADS = ("id", "chain", "link", "kind", "wanted", "word")
_EACH = 2  # plants of a kind for a link, where the register is large enough
_SHARE = 10  # at most one row in so many is planted
_GOODS = (
    "日用百货", "文具用品", "五金产品", "鲜花", "玩具", "眼镜", "钟表", "窗帘", "箱包", "乐器",
    "雨伞", "拖把", "陶瓷杯", "瓷砖", "门窗", "厨具", "卫生洁具", "灯笼", "礼品", "渔具",
    "自行车", "宠物用品", "珠宝首饰", "工艺品", "木制品", "竹编", "镜框", "蜡烛", "肥皂", "纸箱",
    "绳网", "帐篷", "水桶", "衣架", "地毯", "被褥", "毛笔", "砚台", "风筝", "棋牌",
)  # fmt: skip
_TRADES = (
    "零售", "批发", "租赁", "修理", "销售", "进出口代理", "包装服务", "寄卖服务", "陈列设计",
    "信息咨询服务（不含许可类信息咨询服务）", "二手交易", "回收",
)  # fmt: skip
_SERVICES = (
    "家政服务", "礼仪服务", "打字复印", "洗染服务", "摄影扩印服务", "停车场服务", "棋牌室服务",
    "婚庆礼仪服务", "理发服务", "保洁服务", "搬家服务", "园林绿化工程施工", "室内装饰装修",
    "市政设施管理", "会议及展览服务", "图文设计制作", "劳务服务（不含劳务派遣）",
)  # fmt: skip
_CAPITALS = (
    "", "10", "30", "50", "50", "100", "100", "100", "200", "300", "500", "500", "800", "1000",
    "1000", "1200", "2000", "3000", "5000", "10000", "52.5", "100000", "200万美元",
    "1500万元人民币",
)  # fmt: skip
_STATES = (*("存续",) * 14, *("在营（开业）",) * 2, "注销", "注销", "注销", "吊销，未注销", "迁出")
_PLACES = ("甲市", "乙市", "丙市", "丁市", "戊市")


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted row: for which link, in which way its word is written, and whether the firm is
    one that a task-force would want to see there."""

    link: int  # position among the links
    kind: str
    word: str
    said: str  # what stands in the scope

    @property
    def wanted(self) -> bool:
        """Whether finding the firm is right."""
        return KINDS[self.kind]


class Demo:
    """A made-up register of so many rows: its batches, and what was planted where."""

    def __init__(self, links: Sequence[LinkWords], words: Mapping[str, Sequence[str]], rows: int,
                 seed: int, region: str) -> None:  # fmt: skip
        """``words`` are the words as written for each ``chain/link``."""
        import numpy as np

        self.rows, self.seed = rows, seed
        self.links = links
        self.phrases = quiet(links)
        self.cities = (region, *_PLACES)
        random = np.random.default_rng([seed, 0])
        plants = _plants(links, words, random)
        order = random.permutation(len(plants))[: rows // _SHARE]
        at = random.choice(rows, len(order), replace=False) if len(order) else np.zeros(0, np.int64)
        self.plants = {int(row): plants[which] for row, which in zip(at, order, strict=True)}
        self._at = np.sort(at)

    def answers(self) -> Iterator[tuple[str, str, str, str, bool, str]]:
        """A row for each plant, by id, under ``ANSWER_HEADS``."""
        for row in sorted(self.plants):
            one = self.plants[row]
            link = self.links[one.link]
            yield id_of(row), link.chain, link.link, one.kind, one.wanted, one.word

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The register, a row group at a time, text columns under ``HEADS``."""
        import numpy as np

        for number, start in enumerate(range(0, self.rows, GROUP)):
            end = min(start + GROUP, self.rows)
            yield self._group(np.random.default_rng([self.seed, 1, number]), start, end)

    def _group(self, random: Random, start: int, end: int) -> pa.RecordBatch:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        count = end - start
        rows = pa.array(np.arange(start, end)).cast(pa.string())
        padded = pc.utf8_lpad(rows, 15, "0")
        days = pa.array(_days())
        columns = [
            pc.binary_join_element_wise("SYN", padded, ""),
            pc.binary_join_element_wise("合成", rows, "号公司（虚构）", ""),
            self._scopes(random, count),
            _picked(random, pa.array(_CAPITALS), count),
            _picked(random, pa.array(self.cities), count),
            _picked(random, days, count),
            _picked(random, pa.array(_STATES), count),
        ]
        low, high = np.searchsorted(self._at, [start, end])
        if low < high:
            self._plant(random, columns, self._at[low:high], start)
        return pa.RecordBatch.from_arrays(columns, names=list(HEADS))

    def _scopes(self, random: Random, count: int) -> pa.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        sizes = random.integers(8, 32, count)
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        picked = _picked(random, pa.array(self.phrases), int(offsets[-1]))
        return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), picked), "；")

    def _plant(self, random: Random, columns: list[pa.Array], at: Array, start: int) -> None:
        """Put the planted scopes and states into the columns of a group."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        count = len(columns[0])
        mask = np.zeros(count, dtype=bool)
        mask[at - start] = True
        scopes, states = [], []
        for row in at.tolist():
            one = self.plants[row]
            size = 400 if one.kind == "long" else int(random.integers(3, 9))
            picks = random.integers(len(self.phrases), size=size)
            around = [self.phrases[pick] for pick in picks]
            around.insert(size if one.kind == "long" else int(random.integers(size + 1)), one.said)
            scopes.append("；".join(around))
            states.append("吊销，未注销" if one.kind == "revoked" else "存续")
        for column, values in ((2, scopes), (6, states)):
            made = pa.array(values, pa.string())
            columns[column] = pc.replace_with_mask(columns[column], pa.array(mask), made)


def id_of(row: int) -> str:
    """The id of a row: none that a registrar could give."""
    return f"SYN{row:015d}"


def quiet(links: Sequence[LinkWords]) -> list[str]:
    """Phrases of scopes in which no word of any link stands.

    Raises ValueError where the words of the links leave too few of them.
    """
    made = [goods + trade for goods in _GOODS for trade in _TRADES] + list(_SERVICES)
    held = {word for link in links for word in (*link.include, *link.exclude)}
    longest = max(map(len, held), default=0)
    found = []
    for phrase in made:
        text = normalise(phrase)
        pieces = (text[a:b] for a in range(len(text)) for b in range(a + 2, a + longest + 1))
        if not any(piece in held for piece in pieces):
            found.append(phrase)
    if len(found) < 20:
        raise ValueError(f"{len(found)} phrases")
    return found


def _plants(
    links: Sequence[LinkWords], words: Mapping[str, Sequence[str]], random: Random
) -> list[Plant]:
    """Every way in which a word of each link can be written, a few times."""
    found = []
    for at, link in enumerate(links):
        written = [
            word for word in words[f"{link.chain}/{link.link}"]
            if normalise(word) in link.include and not _excluded(link, word)
        ]  # fmt: skip
        for kind in KINDS:
            made = 0
            for nth in random.permutation(len(written)):
                said = spoken(kind, written[nth], link, random)
                if said is None or (kind != "excluded" and _excluded(link, said)):
                    continue
                found.append(Plant(at, kind, written[nth], said))
                made += 1
                if made == _EACH:
                    break
    return found


def _excluded(link: LinkWords, text: str) -> bool:
    plain = normalise(text)
    return any(word in plain for word in link.exclude)


def _picked(random: Random, values: pa.Array, count: int) -> pa.Array:
    import pyarrow as pa

    return values.take(pa.array(random.integers(len(values), size=count)))


def _days() -> list[str]:
    return [
        f"{year}-{month:02d}-{day:02d}"
        for year in range(1992, 2025)
        for month in range(1, 13)
        for day in range(1, 29, 3)
    ]
