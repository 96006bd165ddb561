"""What the path of a chain says."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "path.check": ("核实", "check"),
    "path.title": ("{kind}：{name}", "{kind}: {name}"),
    "path.if.unknown": ("若缺则{kind}：{name}", "if missing, {kind}: {name}"),
    "path.if.present": ("若弱则{kind}：{name}", "if weak, {kind}: {name}"),
    "path.if.missing": ("若属实则{kind}：{name}", "if confirmed, {kind}: {name}"),
    "path.whole": ("全链", "whole chain"),
    "path.near": ("近期", "near"),
    "path.mid": ("中期", "mid"),
    "path.far": ("远期", "far"),
    "path.none": ("没有需要安排的事项。", "Nothing to be done."),
    "path.counts": ("共 {count} 项：{parts}。", "{count} actions: {parts}."),
    "path.conditional": (
        "其中条件任务 {count} 项，核实属实才启动。",
        "{count} of them start only if a check says so.",
    ),
    "path.started": ("已启动 {count} 项。", "{count} started."),
    "path.late": ("逾期 {count} 项。", "{count} late."),
    "path.beyond": (
        "{count} 项在远期（{day}）之后完成。",
        "{count} end after the far term ({day}).",
    ),
    "path.critical": (
        "关键路径（{months} 个月）：{way}，{day} 完成。",
        "Critical path ({months} months): {way}, done {day}.",
    ),
    "path.critical.open": (
        "关键路径（{months} 个月）：{way}。",
        "Critical path ({months} months): {way}.",
    ),
    "path.if": ("按核实结果均属实计。", "Counted as if every check confirmed what is suspected."),
    "path.term": (
        "{term}  {first} 至 {last}  {count} 项",
        "{term}  {first} to {last}  {count} actions",
    ),
    "path.share.check": ("核实 {count} 环", "check {count} links"),
    "path.share.conditional": ("条件任务 {count} 环", "{count} links, conditional"),
    "path.deepen": ("{name}（锻长板）", "{name} (deepen)"),
    "path.legend.started": ("==== 已启动", "==== started"),
    "path.legend.open": ("---- 未启动", "---- not started"),
    "path.legend.conditional": (".... 条件任务", ".... conditional"),
    "path.legend.critical": ("* 关键路径", "* critical path"),
    "path.legend.late": ("! 逾期", "! late"),
    "path.legend.needs": ("{code}> 前置：{code}", "{code}> waits for {code}"),
    "path.legend.several": (
        "{code}+2> 前置：{code} 等 3 项",
        "{code}+2> waits for {code} and 2 more",
    ),
    "path.legend.outside": ("< > 超出图示年份", "< > beyond the years shown"),
    "path.unscheduled": ("未排期：{names}。", "Not scheduled: {names}."),
    "path.conflict": (
        "[注意] {one} 自 {start} 开始，早于前置 {other} 的完成时间 {due}，请核对日期。",
        "[note] {one} starts {start}, before {other}, which it needs, is due ({due}).",
    ),
    "path.advance": ("推进", "push on"),
    "path.look": ("核实进展", "check the state of"),
    "path.bring": ("引进 {name}", "bring in {name}"),
    "path.bring_to": ("引进 {name}（{district}）", "bring {name} to {district}"),
    "path.target": ("{kind} {name}：{firm}", "{kind} {name}: {firm}"),
    "path.target.unknown": ("若缺则{kind} {name}：{firm}", "if missing, {kind} {name}: {firm}"),
    "path.target.present": ("若弱则{kind} {name}：{firm}", "if weak, {kind} {name}: {firm}"),
    "path.target.missing": ("若属实则{kind} {name}：{firm}", "if confirmed, {kind} {name}: {firm}"),
    "act.advance": ("[推]", "[push]"),
}
