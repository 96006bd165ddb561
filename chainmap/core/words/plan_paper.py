"""What the report on a programme says."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "plan.part.targets": ("引进目标", "Targets"),
    "plan.part.districts": ("区市分布", "Districts"),
    "plan.column.firm": ("企业", "firm"),
    "plan.column.chain": ("产业链", "chain"),
    "plan.column.link": ("环节", "link"),
    "plan.column.kind": ("招商类型", "kind"),
    "plan.column.place": ("拟落区市、园区", "district, park"),
    "plan.column.start": ("接洽", "approach"),
    "plan.column.due": ("开工", "due"),
    "plan.column.chief": ("责任领导", "leader"),
    "plan.column.bureau": ("责任单位", "unit"),
    "plan.column.expected": ("预期补强（分）", "expected points"),
    "plan.column.money": ("预期（亿元）", "expected, 100m CNY"),
    "plan.column.core": ("核心度", "core"),
    "plan.column.core_place": ("落区核心度", "core, there"),
    "plan.column.reason": ("理由", "reason"),
    "plan.column.district": ("区市", "district"),
    "plan.column.count": ("目标数", "targets"),
    "plan.column.chains": ("产业链", "chains"),
    "plan.column.against": ("为何放弃", "what stood against it"),
}  # fmt: skip
