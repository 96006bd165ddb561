"""The data dictionary: every table, its columns, their types, units and meaning.

The reader, the template, the documentation and the error texts all read it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "id",  # the id of the row itself
    "ref",  # an id that another table or a chain file defines
    "refs",  # several of them, joined by |
    "text",
    "texts",  # several texts, joined by |
    "number",
    "whole",
    "day",  # a date; a partial one counts as its last day
    "first_day",  # a date; a partial one counts as its first day
    "word",  # one of a few words
    "code",  # GB/T 4754-2017 code
    "codes",  # several of them, joined by |
    "url",
]

STAGES = ("谋划", "洽谈", "签约", "开工", "建设", "投产", "达产", "终止")
STAGE_DATES = (
    "proposed", "negotiated", "signed", "started", "building", "produced", "full_output", "ended",
)  # fmt: skip
GRADES = ("A", "B", "C", "D")
FINDING_STATUSES = ("strong", "weak", "present", "missing", "none_found", "wanted")
ACTIVITIES = ("production", "research", "headquarters", "sales", "none")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files, its Chinese header, its type and what it means."""

    name: str
    zh: str
    kind: Kind
    meaning: str = ""
    key: bool = False
    required: bool = False
    words: tuple[str, ...] = ()
    refers: str = ""  # table, or "chain", "link", "firm_or_text"
    unit: str = ""  # the column that carries the unit, or the unit itself
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the workspace."""

    name: str
    zh: str
    meaning: str
    columns: tuple[Column, ...]
    must_exist: bool = False
    graded: bool = False  # grade D must not stand here

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell one row from another."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def dated(self) -> bool:
        """Whether a row says of which day it speaks."""
        return self.columns[-1].name == "as_of"

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _c(name: str, zh: str, kind: Kind = "text", meaning: str = "", **more: Any) -> Column:
    return Column(name, zh, kind, meaning, **more)


def _key(name: str, zh: str, kind: Kind = "ref", meaning: str = "", **more: Any) -> Column:
    return Column(name, zh, kind, meaning, **{"key": True, "required": True, **more})


_FIRM = _key("firm", "企业", refers="firms", meaning="企业编号")
_CHAIN = _key("chain", "产业链", refers="chain", meaning="产业链编号")
_LINK = _key("link", "环节", refers="link", meaning="环节编号")
_TAIL = (
    _c("source", "来源", "refs", "数据源编号，可用 | 连接几个", refers="sources", required=True),
    _c("as_of", "数据日期", "day", "这一行所说情况的日期，不是录入日期", required=True),
)
_AMOUNT: dict[str, Any] = {"low": 0.0}


def _t(name: str, zh: str, meaning: str, *columns: Column, **more: bool) -> Table:
    return Table(name, zh, meaning, (*columns, *_TAIL), **more)


TABLES: tuple[Table, ...] = (
    Table("sources", "数据源", "一行一个数据源", (
        _key("source", "数据源", "id", "数据源编号"),
        _c("title", "标题", meaning="文件、网页或记录的标题", required=True),
        _c("publisher", "发布者"),
        _c("url", "网址", "url"),
        _c("date", "日期", "day", "来源自身的日期（发布、成文或统计截止日）；页面未署日期的写查阅日，并在标题末尾注明“（未署日期，查阅日 查阅）”；领域知识写成文日；没有日期的数据源在回测中看不到"),
        _c("grade", "等级", "word", "A 官方或企业正式披露，B 可靠转述、走访或招投标，C 转载、行业媒体、专利、网站，D 领域知识或单一线索", words=GRADES, required=True),
    ), must_exist=True),
    _t("firms", "企业", "一行一家企业，不论在哪里",
        _key("firm", "企业", "id", "企业编号"),
        _c("name", "名称", meaning="正式名称", required=True),
        _c("aliases", "别名", "texts", "其他名称、曾用名或统一社会信用代码，用 | 连接"),
        _c("parent", "上级", "ref", "母公司编号", refers="firms"),
        _c("level", "层级", "word", words=("group", "subsidiary", "branch")),
        _c("ownership", "所有制", "word", words=("central_soe", "local_soe", "private", "foreign")),
        _c("country", "国家"),
        _c("hq_city", "总部城市"),
        _c("industry", "行业代码", "codes", "GB/T 4754-2017 代码，用 | 连接"),
        _c("revenue_100m_cny", "营业收入", "number", unit="亿元", **_AMOUNT),
        _c("revenue_year", "营收年度", "whole", low=1900, high=2200),
        _c("employees", "员工数", "whole", unit="人", **_AMOUNT),
        must_exist=True),
    _t("lists", "榜单", "某年某榜单上的一个名次",
        _key("list", "榜单", "id", "榜单编号，如 global500"),
        _key("year", "年份", "whole", low=1900, high=2200),
        _key("rank", "名次", "whole", low=1),
        _c("firm", "企业", "ref", refers="firms", required=True),
        _c("sector", "行业", meaning="榜单自己的最细行业词"),
        _c("revenue", "营业收入", "number", "亿，币种见后一列", unit="currency"),
        _c("currency", "币种")),
    _t("rates", "汇率", "某年某币种的汇率",
        _key("year", "年份", "whole", low=1900, high=2200),
        _key("currency", "币种", "text"),
        _c("cny", "折人民币", "number", "1 单位外币折合人民币元", low=0.0, required=True)),
    _t("sectors", "行业对照", "榜单行业词对应的行业代码",
        _key("list", "榜单", "id"),
        _key("sector", "行业", "text"),
        _c("industry", "行业代码", "codes", "商贸、金融、工程承包等留空")),
    _t("activities", "企业能力", "企业能做什么",
        _FIRM, _CHAIN, _LINK,
        _key("product", "产品", "text", required=False),
        _c("role", "地位", "word", "该产品在企业中的分量", words=("main", "major", "minor"))),
    _t("presence", "本地存在", "企业在本地的一处场所",
        _FIRM, _CHAIN, _LINK,
        _key("district", "区市", refers="districts", required=False),
        _key("activity", "活动", "word", "production：本环节的产品或服务由此交付；none：查过而没有", words=ACTIVITIES),
        _c("output", "产量", "number", "实际产出，或在运行的产能", unit="output_unit", **_AMOUNT),
        _c("output_unit", "产量单位"),
        _c("since", "起", "first_day"),
        _c("until", "止", "day"),
        graded=True),
    _t("findings", "环节结论", "调查或文件对本地某环节的说法",
        _CHAIN, _LINK,
        _c("status", "状态", "word", words=FINDING_STATUSES),
        _c("supply", "供给", "number", unit="unit", **_AMOUNT),
        _c("demand", "需求", "number", unit="unit", **_AMOUNT),
        _c("unit", "单位"),
        _c("note", "说明"),
        graded=True),
    _t("signals", "动向", "企业的一个有日期的事件",
        _FIRM,
        _key("date", "日期", "day"),
        _key("kind", "类型", "text", "每一类在 scoring.yaml 中有权重"),
        _c("toward", "去向"),
        _c("note", "说明"),
        graded=True),
    _t("affinity", "亲近度", "企业与本地的接近程度",
        _FIRM,
        _key("dimension", "维度", "word", words=("market", "resource")),
        _c("value", "分值", "number", unit="0-100", low=0, high=100, required=True),
        _c("reason", "理由"),
        graded=True),
    _t("requests", "配套需求", "链主或部门想要的供应商",
        _key("leader", "提出方", "text", "链主企业编号或部门"),
        _CHAIN, _LINK,
        _key("wanted", "想要", "text", "企业编号或产品词", required=False),
        _c("purchase_100m_cny", "年采购额", "number", unit="亿元", **_AMOUNT),
        _c("status", "状态", "word", words=("proposed", "accepted", "rejected")),
        _c("reason", "理由"),
        graded=True),
    _t("districts", "区市", "一个区市或功能区",
        _key("district", "区市", "text"),
        _c("leading_chains", "主导产业链", "texts", "产业链编号，用 | 连接"),
        _c("land_mu", "可用土地", "number", unit="亩", **_AMOUNT),
        _c("budget_100m_cny", "可用资金", "number", unit="亿元", **_AMOUNT)),
    _t("parks", "园区", "一个园区",
        _key("park", "园区", "text"),
        _c("district", "区市", "ref", refers="districts"),
        _c("leading_chains", "主导产业链", "texts", "产业链编号，用 | 连接"),
        _c("land_mu", "可用土地", "number", unit="亩", **_AMOUNT)),
    _t("projects", "项目", "一个项目",
        _key("project", "项目", "id"),
        _c("name", "项目名称", required=True),
        _c("firm", "企业", "ref", refers="firms"),
        _c("partners", "合作方", "texts"),
        _c("chain", "产业链", "ref", refers="chain"),
        _c("link", "环节", "ref", refers="link"),
        _c("district", "区市", "ref", refers="districts"),
        _c("park", "园区", "ref", refers="parks"),
        _c("content", "项目内容"),
        _c("approach", "招商方式", meaning="professional / by_business / fund / leader_visit / stationed 等"),
        _c("investment_100m_cny", "计划总投资", "number", unit="亿元", **_AMOUNT),
        _c("foreign_musd", "外资", "number", "总额中的外资；开工后视为到位", unit="百万美元", **_AMOUNT),
        _c("arrived_100m_cny", "到位资金", "number", "至数据日期累计到位；一期到位数为两期之差", unit="亿元", **_AMOUNT),
        _c("land_mu", "用地", "number", unit="亩", **_AMOUNT),
        _c("stage", "阶段", "word", words=STAGES),
        *(_c(name, f"{zh}日期", "day") for name, zh in zip(STAGE_DATES, STAGES, strict=True)),
        _c("ended_because", "终止原因"),
        _c("progress", "对接进展"),
        _c("progress_date", "进展日期", "day"),
        _c("next_step", "下一步"),
        _c("next_due", "时限", "day"),
        _c("leader", "责任领导"),
        _c("unit", "责任单位"),
        graded=True),
    _t("apart", "不同项目", "名称相近而查明不是同一个的两个项目",
        _key("project", "项目", "ref", refers="projects"),
        _key("other", "另一项目", "ref", refers="projects"),
        _c("because", "理由", required=True)),
    _t("cohorts", "公布批次", "某处公布的一批项目，有多少到了后一阶段；台账历史不足时代用",
        _key("cohort", "批次", "id"),
        _c("name", "名称", meaning="如 2021年上半年新签约5亿元以上项目", required=True),
        _c("from_stage", "从", "word", "这批项目处于的阶段", words=STAGES, required=True),
        _c("to_stage", "到", "word", "数其到了哪一阶段", words=STAGES, required=True),
        _c("entered", "总数", "number", unit="个", low=1, required=True),
        _c("reached", "其中已到", "number", unit="个", required=True, **_AMOUNT),
        _c("since", "起", "first_day", "最早从哪天算起", required=True),
        _c("until", "止", "day", "最晚从哪天算起；存量项目与“起”同日", required=True),
        _c("observed", "截至", "day", "数的是哪一天的情况", required=True)),
    _t("visits", "拜访洽谈", "领导的一次拜访或洽谈",
        _key("visit", "拜访", "id"),
        _c("date", "日期", "day"),
        _c("leader", "领导"),
        _c("place", "地点"),
        _c("firm", "企业", "ref", refers="firms"),
        _c("outcome", "结果")),
    _t("targets", "目标", "某期的考核目标",
        _key("period", "期间", "text", "2025、2025-Q3 或 2025-09"),
        _key("figure", "指标", "text", "kpi 的指标编号，如 signed_projects；fdi_province 为全省实际使用外资"),
        _c("value", "数值", "number", unit="unit"), _c("unit", "单位")),
    _t("talent", "人才", "某期的人才数字",
        _key("period", "期间", "text"), _key("figure", "指标", "text"),
        _c("value", "数值", "number", unit="unit"), _c("unit", "单位")),
    _t("searched", "查证记录", "为某环节、某企业或某条产业链的名称查过一次资料",
        _key("chain", "产业链", refers="chain", required=False),
        _key("link", "环节", refers="link", required=False),
        _key("firm", "企业", refers="firms", required=False),
        _key("where", "查了哪里", "text", "查过的资料或网页检索词"),
        _c("found", "查到", "word", "是否查到本地有此环节或企业；只写产业链的行：公开资料是否载有此链名", words=("yes", "no"), required=True),
        _c("note", "说明")),
    _t("no_fit", "无对应环节", "看过而没有对应环节的企业",
        _FIRM,
        _c("reason", "理由", meaning="企业做什么，为何没有对应环节", required=True),
        _c("nearest_chain", "最近的产业链", "ref", refers="chain"),
        _c("nearest_link", "最近的环节", "text", "考虑过的最接近环节")),
    _t("screened", "经营范围匹配", "screen 写下的：企业经营范围与环节用词的匹配",
        _FIRM, _CHAIN, _LINK,
        _c("words", "命中词", "texts"),
        _c("score", "匹配分", "number", **_AMOUNT)),
)  # fmt: skip

# What the program writes down of its own edits: no study reads it, so no hash covers it.
JOURNAL = Table("journal", "项目日志", "项目台账的一格改动，由程序写下", (
    _key("edit", "编辑", "whole", "一次编辑的编号", low=1),
    _c("when", "时间", meaning="本机时间", required=True),
    _c("who", "经手", meaning="单位或岗位，不写姓名"),
    _key("project", "项目", "id", "项目编号"),
    _c("as_of", "数据日期", meaning="改的是该项目哪一天的一行", required=True),
    _key("field", "列", "text", "列名；as_of 表示新起一行，承接“原为”那一天的一行"),
    _c("from", "原为"),
    _c("to", "改为"),
    _c("why", "缘由"),
))  # fmt: skip

BY_NAME: dict[str, Table] = {table.name: table for table in (*TABLES, JOURNAL)}
# Of findings and presence, DESIGN section 2.2 makes these part of the key as well.
EXTRA_KEYS: dict[str, tuple[str, ...]] = {"findings": ("as_of", "source")}
# Chinese words that an analyst may write instead of the identifier.
SPOKEN: dict[tuple[str, str], dict[str, str]] = {
    ("firms", "level"): {"集团": "group", "子公司": "subsidiary", "分公司": "branch"},
    ("firms", "ownership"): {
        "央企": "central_soe",
        "地方国企": "local_soe",
        "民营": "private",
        "外资": "foreign",
    },
    ("activities", "role"): {"主营": "main", "重要": "major", "次要": "minor"},
    ("presence", "activity"): {
        "生产": "production",
        "研发": "research",
        "总部": "headquarters",
        "销售": "sales",
        "无": "none",
    },
    ("findings", "status"): {
        "强": "strong",
        "弱": "weak",
        "有": "present",
        "缺": "missing",
        "查无": "none_found",
        "招引": "wanted",
    },
    ("affinity", "dimension"): {"市场": "market", "资源": "resource"},
    ("requests", "status"): {"已提出": "proposed", "已采纳": "accepted", "未采纳": "rejected"},
}
