"""The error catalogue: one line a code, in both languages, and the form of a problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]
Language = Literal["zh", "en"]


class Place(NamedTuple):
    """Where something stands: file (relative to the workspace), line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        # A cell of a sheet is named by the file part: it has no line.
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Both(NamedTuple):
    """A word of a sentence in both languages, where it is not the author's own."""

    zh: str
    en: str


class Entry(NamedTuple):
    """One code of the catalogue: what is wrong and what to do, in Chinese and English."""

    severity: Severity
    zh: str
    en: str
    zh_do: str
    en_do: str


CATALOGUE: dict[str, Entry] = {
    # F: files as such
    "F101": Entry("error", "缺少必需的文件", "a file that must exist is missing",
                  "新建该文件，或用 chainmap init 生成一个工作区", "create it, or start from chainmap init"),
    "F102": Entry("error", "不是普通文件", "not a regular file",
                  "换成普通文件（不能是目录、管道或设备）", "put a regular file there, not a directory, pipe or device"),
    "F103": Entry("error", "文件过大：{size} 字节，上限 {limit}", "file too large: {size} bytes, limit {limit}",
                  "拆分或精简该文件；确有需要时加 --limit {name}=N", "split the file or shorten it, or raise it by --limit {name}=N"),
    "F104": Entry("error", "一行过长：{size} 字节，上限 {limit}", "line too long: {size} bytes, limit {limit}",
                  "检查是否缺换行，或引号未闭合；确有需要时加 --limit {name}=N", "look for a missing line end or an open quote, or raise it by --limit {name}=N"),
    "F105": Entry("error", "既不是 UTF-8 也不是 GB18030 编码", "neither UTF-8 nor GB18030",
                  "用“UTF-8 CSV”格式另存", "save it again as UTF-8"),
    "F106": Entry("error", "同一文件里混有 UTF-8 与 GB18030 两种编码", "UTF-8 and GB18030 are mixed in one file",
                  "找到该行，统一另存为 UTF-8", "repair this line and save the file as UTF-8"),
    "F107": Entry("error", "含有 NUL 字节", "a NUL byte in the text",
                  "删除该字节；文件可能已损坏或不是文本", "remove it; the file may be damaged or not text"),
    "F108": Entry("error", "文件是空的", "the file is empty",
                  "补上内容，或删除该文件", "fill it, or remove the file"),
    "F109": Entry("error", "无法读取：{reason}", "cannot be read: {reason}",
                  "检查文件权限", "check its permissions"),
    "F110": Entry("error", "路径指向工作区以外", "the path leads out of the workspace",
                  "把文件本身放进工作区，不用链接", "put the file itself into the workspace, not a link"),
    "F111": Entry("warning", "未读取：产业链文件须以 .yaml 结尾", "not read: chain files end in .yaml",
                  "改名为 .yaml", "rename it to .yaml"),
    # Y: YAML
    "Y101": Entry("error", "YAML 语法错误：{reason}", "YAML syntax: {reason}",
                  "检查缩进、冒号、引号和括号是否成对", "check indentation, colons, quotes and brackets"),
    "Y102": Entry("error", "不支持锚点、别名和合并键（& * <<）", "anchors, aliases and merges (& * <<) are refused",
                  "把内容直接写出来", "write the content out"),
    "Y103": Entry("error", "键“{key}”写了两次", "key {key!r} is given twice",
                  "保留一个；另一处在第 {other} 行", "keep one; the other is on line {other}"),
    "Y104": Entry("error", "嵌套过深，上限 {limit} 层", "nested too deep, limit {limit} levels",
                  "减少层级；确有需要时加 --limit {name}=N", "use fewer levels, or raise it by --limit {name}=N"),
    "Y105": Entry("error", "内容过多：上限 {limit} 个节点", "too many nodes, limit {limit}",
                  "把这条产业链拆成几个文件；确有需要时加 --limit {name}=N", "split the chain into several files, or raise it by --limit {name}=N"),
    "Y106": Entry("error", "一个文件里有多份文档（---）", "more than one document (---) in a file",
                  "每条链一个文件", "write one chain a file"),
    "Y107": Entry("error", "不支持类型标签 {tag}", "type tag {tag} is refused",
                  "删除以 ! 开头的标签", "remove the word that begins with !"),
    "Y108": Entry("error", "键应是文字", "a key must be text",
                  "改成文字键", "write a word as the key"),
    # C: chain files
    "C101": Entry("error", "未知的键“{key}”", "unknown key {key!r}",
                  "删除或改正", "remove or correct it"),
    "C102": Entry("error", "缺少必需的键“{key}”", "key {key!r} is missing",
                  "补上该键", "add it"),
    "C103": Entry("error", "编号“{id}”重复", "id {id!r} is used twice",
                  "换一个编号；另一处在第 {other} 行", "choose another; the first is on line {other}"),
    "C104": Entry("error", "“{id}”不是本链的{what}", "{id!r} is not a {what} of this chain",
                  "改正编号或先定义它", "correct it or define it first"),
    "C105": Entry("error", "环节“{id}”流向自己", "link {id!r} flows into itself",
                  "删除这条流", "remove the flow"),
    "C106": Entry("error", "“{source}”到“{target}”写了两条流", "two flows from {source!r} to {target!r}",
                  "合并成一条；另一条在第 {other} 行", "join them; the other is on line {other}"),
    "C107": Entry("error", "份额 {share} 不在 0 与 1 之间", "share {share} is not above 0 and below 1",
                  "写成小数，如 0.35；不知道就不写", "write a fraction such as 0.35, or leave it out"),
    "C108": Entry("error", "流入“{target}”的份额合计 {sum}，应小于 1", "shares into {target!r} sum to {sum}, not below 1",
                  "核对各投入的份额", "check the shares of its inputs"),
    "C109": Entry("error", "此处应为文字，却是{found}“{value}”", "text belongs here, not the {found} {value}",
                  "加引号：'{value}'", "quote it: '{value}'"),
    "C110": Entry("error", "不存在的日期“{value}”", "{value!r} is not a date",
                  "写成 2025、2025-06 或 2025-06-30", "write 2025, 2025-06 or 2025-06-30"),
    "C111": Entry("error", "完成时间 {due} 早于开始时间 {start}", "due {due} is before start {start}",
                  "改正其中一个", "correct one of them"),
    "C112": Entry("error", "前置事项成环：{ring}", "needs run in a circle: {ring}",
                  "去掉其中一个前置", "remove one of the needs"),
    "C113": Entry("error", "编号“{id}”不合规则", "id {id!r} breaks the rule for ids",
                  "用小写字母、数字、- 和 _，以字母或数字开头，至多 64 个", "use a-z, 0-9, - and _, begin with a letter or digit, at most 64"),
    "C114": Entry("error", "链编号“{id}”与文件名“{stem}”不一致", "chain id {id!r} differs from the file name {stem!r}",
                  "改文件名或改编号", "rename the file or correct the id"),
    "C115": Entry("error", "多个来源只能用于 need: any，且至少两个", "a list of sources belongs to need: any alone and has at least two members",
                  "加上 need: any，或写成几条流", "add need: any, or write several flows"),
    "C116": Entry("error", "此处应为{wanted}，却是{found}", "{wanted} belongs here, not {found}",
                  "对照模板改正", "compare with the template"),
    "C117": Entry("error", "“{value}”不在可选词之中", "{value!r} is none of the words allowed here",
                  "可选：{allowed}", "choose one of: {allowed}"),
    "C118": Entry("error", "数据源“{id}”不在 sources.csv 中", "source {id!r} is not in sources.csv",
                  "先在 data/sources.csv 登记", "enter it in data/sources.csv first"),
    "C119": Entry("error", "文字不能为空", "the text must not be empty",
                  "补上内容或删除该键", "write something or remove the key"),
    "C120": Entry("warning", "文字里有控制字符或方向控制符", "control or direction marks in a text",
                  "删除这些字符", "remove them"),
    "C121": Entry("error", "行业代码“{value}”不是四位数字", "industry code {value!r} is not four digits",
                  "写四位 GB/T 4754 代码并加引号", "write a quoted four-digit GB/T 4754 code"),
    "C122": Entry("error", "D 级来源不能用来定状态", "a grade D source must not set a status",
                  "换用 A 至 C 级来源", "use a source of grade A to C"),
    # T: tables
    "T101": Entry("warning", "未知的列“{column}”，原样保留", "unknown column {column!r}, kept as it is",
                  "如写错请改正", "correct it if it is a slip"),
    "T102": Entry("error", "缺少必需的列“{column}”", "column {column!r} is missing",
                  "在表头补上该列", "add it to the header"),
    "T103": Entry("error", "列“{column}”出现两次", "column {column!r} appears twice",
                  "保留一列", "keep one"),
    "T104": Entry("error", "本行有 {found} 格，表头有 {wanted} 列", "{found} cells in the row, {wanted} columns in the header",
                  "检查是否漏了逗号或引号", "look for a missing comma or quote"),
    "T105": Entry("error", "{column}：“{value}”不是数字", "{column}: {value!r} is not a number",
                  "只写数字，不加千分位逗号；单位写在单位列", "write digits only, without separators; units have their own column"),
    "T106": Entry("error", "{column}：“{value}”不是日期", "{column}: {value!r} is not a date",
                  "写成 2025、2025-06 或 2025-06-30", "write 2025, 2025-06 or 2025-06-30"),
    "T107": Entry("error", "{column}：“{value}”不在可选词之中", "{column}: {value!r} is none of the words allowed",
                  "可选：{allowed}", "choose one of: {allowed}"),
    "T108": Entry("error", "{column}：编号“{value}”不合规则", "{column}: id {value!r} breaks the rule for ids",
                  "用小写字母、数字、- 和 _，以字母或数字开头，至多 64 个", "use a-z, 0-9, - and _, begin with a letter or digit, at most 64"),
    "T109": Entry("error", "{column} 不能为空", "{column} must not be empty",
                  "补上该格", "fill the cell"),
    "T110": Entry("error", "{column}：“{value}”在 {where} 中不存在", "{column}: {value!r} is not in {where}",
                  "改正，或先在那里登记", "correct it, or enter it there first"),
    "T111": Entry("error", "与第 {other} 行同键同日期，内容却不同", "same key and date as line {other}, other content",
                  "改正其中一行，或写明不同日期", "correct one of them, or give them their own dates"),
    "T112": Entry("error", "上级关系成环：{ring}", "parents run in a circle: {ring}",
                  "改正其中一个上级", "correct one of the parents"),
    "T113": Entry("error", "{column} 有数值却没有单位（{unit}）", "{column} is a figure without its unit ({unit})",
                  "补上单位", "fill in the unit"),
    "T114": Entry("error", "只有 D 级来源，不能写入本表", "grade D alone must not stand in this table",
                  "换用 A 至 C 级来源；没有就删去该行", "use a source of grade A to C, or drop the row"),
    "T115": Entry("error", "引号未闭合", "a quote is not closed",
                  "补上引号", "close it"),
    "T116": Entry("warning", "全角数字或空格已按半角理解：“{value}”", "full-width digits or spaces read as half-width: {value!r}",
                  "改成半角", "write them half-width"),
    "T117": Entry("error", "编号“{value}”重复", "id {value!r} is used twice",
                  "保留一行；另一行是第 {other} 行", "keep one; the first is on line {other}"),
    "T118": Entry("warning", "格内有控制字符或方向控制符", "control or direction marks in a cell",
                  "删除这些字符", "remove them"),
    "T119": Entry("error", "{column}：{value} 超出范围（{low} 至 {high}）", "{column}: {value} is out of range ({low} to {high})",
                  "核对数值", "check the figure"),
    "T120": Entry("error", "一格过长：{size} 字，上限 {limit}", "cell too long: {size} characters, limit {limit}",
                  "缩短内容，或检查引号是否闭合；确有需要时加 --limit {name}=N", "shorten it, or look for an open quote, or raise it by --limit {name}=N"),
    "T121": Entry("error", "行数过多，上限 {limit}", "too many rows, limit {limit}",
                  "拆分该表；确有需要时加 --limit {name}=N", "split the table, or raise it by --limit {name}=N"),
    "T122": Entry("error", "{column}：“{value}”不是网址（只接受 http、https）", "{column}: {value!r} is not a web address (http or https)",
                  "改正或留空", "correct it or leave it empty"),
    "T123": Entry("warning", "与第 {other} 行完全相同", "the same as line {other}",
                  "删除一行", "remove one"),
    "T124": Entry("error", "{column}：{since} 晚于 {until}", "{column}: {since} is later than {until}",
                  "改正其中一个", "correct one of them"),
    "T125": Entry("warning", "工作区没有这张表的定义，未读取", "no such table is known; not read",
                  "如写错文件名请改正", "correct the file name if it is a slip"),
    "T126": Entry("warning", "{count} 行只引用了有错误的数据源，暂不计入", "{count} rows rest only on sources with errors and are left out",
                  "先改正 sources.csv：{ids}", "correct sources.csv first: {ids}"),
    "T127": Entry("error", "{column}：“{value}”不是行业代码", "{column}: {value!r} is not an industry code",
                  "写二至四位 GB/T 4754 代码，几个用 | 连接", "write GB/T 4754 codes of two to four digits, joined by |"),
    "T128": Entry("warning", "数据源“{source}”没有日期，回测时视为看不到", "source {source!r} has no date; a back-test cannot see it",
                  "写上发布日期；页面未署日期的写查阅日", "write the day it came out, or the day it was read where it bears none"),
    "T129": Entry("error", "其中已到 {reached} 个，多于总数 {entered} 个", "{reached} got there, more than the {entered} there were",
                  "核对两个数", "check the two numbers"),
    "T130": Entry("error", "表头有 {size} 列，上限 {limit}", "{size} columns in the header, limit {limit}",
                  "检查表头那一行；确有需要时加 --limit {name}=N", "look at the header, or raise the limit by --limit {name}=N"),
    # S: settings and region
    "S101": Entry("error", "未知的设置“{key}”", "unknown setting {key!r}",
                  "删除或改正", "remove or correct it"),
    "S102": Entry("error", "设置“{key}”应为数字", "setting {key!r} must be a number",
                  "写成数字", "write a number"),
    "S103": Entry("error", "设置“{key}”为 {value}，应在 {low} 与 {high} 之间", "setting {key!r} is {value}, not between {low} and {high}",
                  "改正数值", "correct it"),
    "S104": Entry("error", "设置“{key}”没有写理由（because）", "setting {key!r} has no reason (because)",
                  "加一句理由", "add a one-line reason"),
    # L: the lines of a plan
    "L101": Entry("error", "这一行没有说明针对谁", "the line says nothing about whom it means",
                  "写上 firm、chain、link、district、year 中的至少一项", "name a firm, chain, link, district or year"),
    "L102": Entry("error", "一行写一个区市或一个园区", "a line is about one district or one park",
                  "写 district 或 park，只写一个", "write district or park, and only one of them"),
    "L103": Entry("error", "没有编号或名称为“{id}”的{what}", "there is no {what} {id!r}",
                  "改正，或先在相应的表里补上", "correct it, or add it to its table first"),
    "L104": Entry("error", "年份从 1 数起", "years are counted from 1",
                  "第一年写 1", "write 1 for the first year"),
    # I: a catalogue that is taken in
    "I101": Entry("error", "找不到写产品或供应商的列；表头为：{heads}", "no column for products or suppliers; the heads are: {heads}",
                  "表头写“产品”“供应商”“年采购额（亿元）”“说明”", "name the columns product, supplier, purchase, note"),
    "I102": Entry("error", "“{one}”和“{other}”都像是{what}列", "{one!r} and {other!r} both look like the column for {what}",
                  "只留一列，或改表头", "keep one of them or rename the other"),
    "I103": Entry("error", "采购额“{value}”不是数字", "purchase {value!r} is no number",
                  "只写不小于 0 的数字；单位写在表头", "write a plain number of at least 0; the unit stands in the header"),
    "I104": Entry("error", "这一行既没有产品也没有供应商", "the row names neither a product nor a supplier",
                  "补上或删去此行", "fill it in or delete it"),
    "I105": Entry("error", "单元格是公式，不读取", "the cell is a formula and is not read",
                  "改为数值或文字再导入", "put in the value or the text"),
    "I106": Entry("error", "文件过大：{what} {size}，上限 {limit}", "too large: {what} {size}, at most {limit}",
                  "拆成几个文件；确有需要时加 --limit {name}=N", "split it into several files, or raise it by --limit {name}=N"),
    "I107": Entry("error", "读不出这个文件：{reason}", "the file cannot be read: {reason}",
                  "另存为 CSV 或 XLSX 再导入", "save it as CSV or XLSX"),
    "I108": Entry("error", "表头“{head}”没有写明人民币单位", "the head {head!r} does not say a unit of CNY",
                  "写成“采购额（亿元）”或“采购额（万元）”", "write purchase (100m CNY), or 万元"),
    "I109": Entry("error", "找不到写项目名称的列；表头为：{heads}", "no column for the projects' names; the heads are: {heads}",
                  "表头写“项目名称”，或用 --map 列头=name 指明", "name a column 项目名称, or say it with --map HEAD=name"),
    "I110": Entry("error", "表头“{head}”没有写明单位，{column} 以{unit}计", "the head {head!r} does not say its unit; {column} is in {unit}",
                  "在表头或数字后写上单位，如（万元）", "write the unit into the head or behind the number"),
    "I111": Entry("error", "列头“{head}”对应的不是台账的列", "{head!r} is not given a column of the ledger",
                  "改成台账的列名；不导入写 '-'", "write a column's name, or '-' to leave it out"),
    "I112": Entry("error", "登记册里没有 {column} 列；列头为：{heads}", "no column for {column} in the register; its heads are: {heads}",
                  "用 --map 列头={column} 指明是哪一列", "say which column it is with --map HEAD={column}"),
    "I113": Entry("error", "注册资本列“{head}”只写数字，没有写明单位", "column {head!r} holds plain numbers and does not say their unit",
                  "用 --map {head}=capital:万元 或 capital:元 指明", "say it with --map {head}=capital:万元, or capital:元"),
    "I114": Entry("error", "不认识“{key}”，此处应为 {wanted}", "{key!r} is not understood here; wanted: {wanted}",
                  "改正，或删去整个文件，下次读取时重新写下", "correct it, or remove the file to have it written anew"),
    "I115": Entry("error", "列“{head}”的类型是 {type}，不能作 {column}", "column {head!r} is of type {type} and cannot be {column}",
                  "换一列，或把它存成文字", "choose another column, or store it as text"),
    # B: a workbook that is brought back
    "B101": Entry("error", "工作簿里有{what}，不读取", "the workbook holds {what} and is not read",
                  "另存为不带宏的 .xlsx 再导入", "save it as a plain .xlsx"),
    "B102": Entry("error", "单元格是错误值 {value}", "the cell is the error value {value}",
                  "改为数值或文字，不知道就清空", "put in the value or the text, or clear it"),
    "B103": Entry("warning", "工作表“{sheet}”不是工作区的表，未读取", "sheet {sheet!r} is no table of the workspace; not read",
                  "如写错表名请改正", "correct its name if it is a slip"),
    "B104": Entry("error", "与工作表“{other}”是同一张表", "the same table as sheet {other!r}",
                  "合并到一页", "keep one sheet"),
    "B105": Entry("error", "工作簿里没有工作区的任何一张表", "no sheet is a table of the workspace",
                  "用 chainmap export 写一个工作簿再填写", "start from a workbook of chainmap export"),
    "B106": Entry("error", "找不到表头（如 {heads}）", "no header found, such as {heads}",
                  "第一行写上表头", "put the heads into the first row"),
    "B107": Entry("warning", "工作表没有列“{column}”，文件中的内容不变", "the sheet has no column {column}; the files keep theirs",
                  "需要修改该列时补上表头", "add its head to change it"),
    "B108": Entry("error", "合并了单元格 {range}", "cells {range} are merged",
                  "取消合并，每格写上自己的内容", "split them and fill each cell"),
    "B109": Entry("error", "{column} 列有内容却没有表头", "column {column} holds something and has no head",
                  "写上表头，或清空该列（取消表头的合并）", "give it a head, or clear it (and split merged heads)"),
    "B110": Entry("error", "{title}：“{value}”是数值，开头的 0 可能已丢失", "{title}: {value!r} is a number; a leading 0 may be lost",
                  "把单元格设为文本格式，再写一遍代码", "set the cell to text and type the code again"),
    "B111": Entry("error", "{key}：导出之后，文件和工作簿里都改过这一行", "{key}: changed in the files and in the workbook since it was made",
                  "重新 export，再改这一行", "export again and make the change there"),
    "B112": Entry("error", "{key}：导出之后，文件里已没有这一行", "{key}: no more in the files since the workbook was made",
                  "重新 export，再决定是否补上", "export again, then decide"),
    "B113": Entry("error", "链“{chain}”在“链”表中没有自己的一行", "chain {chain!r} has no row of its own on the chains sheet",
                  "在“链”表写上它的名称、类别、城市和日期；整条删去时，它的段、环节和流也要删去", "give it one; to remove a chain, remove its stages, links and flows as well"),
    # P: projects
    "P101": Entry("warning", "“{name}”与第 {other} 行“{other_name}”疑为同一项目（名称相似度 {likeness}）", "{name!r} and {other_name!r} on line {other} look like one project (likeness {likeness})",
                  "核对：是则只留一行；不是则在名称里写明期数或产品，或在 data/apart.csv 记一行理由", "check: keep one row; else tell them apart by phase or product, or say why in data/apart.csv"),
    "P102": Entry("warning", "“{name}”总投资 {total} 亿元，各期合计 {sum} 亿元（第 {other} 行）", "{name!r} has a total of {total}, its phases add up to {sum} (lines {other})",
                  "核对总数与分期，合计时不要都加", "check total and phases, and do not add both"),
    "P103": Entry("warning", "到位资金 {arrived} 亿元超过计划总投资 {total} 亿元", "arrived {arrived} is more than the planned {total}",
                  "核对金额与单位", "check the amounts and their units"),
    "P104": Entry("warning", "{later}日期 {late} 早于{earlier}日期 {early}", "{later} on {late} is before {earlier} on {early}",
                  "改正其中一个日期", "correct one of the dates"),
    "P105": Entry("warning", "外资 {musd} 百万美元按第 {other} 行汇率折 {cny} 亿元，超过计划总投资 {total} 亿元", "foreign funds of {musd}m USD are {cny} at the rate on line {other}, above the total of {total}",
                  "核对两种币种是否各记了一遍", "check whether one sum was entered in two currencies"),
    "P106": Entry("warning", "签约日期 {signed}，第 {other} 行为 {other_signed}：同一项目会计两次签约", "signed {signed}, and {other_signed} on line {other}: one project would count as signed twice",
                  "只留首次签约日期，后来的写进进展", "keep the first date and put the later one into progress"),
    "P107": Entry("warning", "阶段由“{was}”（第 {other} 行）退到“{now}”", "the stage went back from {was} (line {other}) to {now}",
                  "核对阶段；确已停止的写“终止”", "check the stage; write 终止 where it has ended"),
    "P108": Entry("warning", "外资 {musd} 百万美元折 {cny} 亿元，与第 {other} 行的投资 {total} 亿元相当：疑为同一笔钱记了两种币种", "foreign funds of {musd}m USD are {cny}, about the {total} on line {other}: perhaps one sum in two currencies",
                  "核对后只留一处", "check and keep one of them"),
    # E: evidence
    "E101": Entry("warning", "{ref}：结论“{status}”依据为{basis}，与此行证据不一致", "{ref}: status {status} by {basis} disagrees with this row",
                  "核对两条证据，必要时更新", "check both and bring them up to date"),
    "E102": Entry("warning", "{ref}：人工定级与证据不一致（证据得出“{status}”）", "{ref}: the override disagrees with the evidence ({status})",
                  "核对人工定级是否仍然成立", "check whether the override still holds"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the input: where, which code, with what words."""

    code: str
    at: Place
    words: dict[str, object] = field(default_factory=dict, compare=False)
    guess: str | None = None

    @property
    def severity(self) -> Severity:
        """``error``: what it is about is left out; ``warning``: it stays."""
        return CATALOGUE[self.code].severity

    def message(self, language: Language = "zh") -> str:
        """What is wrong, in a sentence."""
        entry = CATALOGUE[self.code]
        return (entry.zh if language == "zh" else entry.en).format(**self._spoken(language))

    def hint(self, language: Language = "zh") -> str:
        """What to do, with the word that was probably meant."""
        entry = CATALOGUE[self.code]
        do = (entry.zh_do if language == "zh" else entry.en_do).format(**self._spoken(language))
        if self.guess is None:
            return do
        meant = (
            f"您是不是要写“{self.guess}”？"
            if language == "zh"
            else f"did you mean {self.guess!r}? "
        )
        return meant + do

    def _spoken(self, language: Language) -> dict[str, object]:
        return {
            name: getattr(word, language) if isinstance(word, Both) else word
            for name, word in self.words.items()
        }

    def line(self, language: Language = "zh") -> str:
        """``file:line:column: error[C104]: what; what to do``."""
        joint = "；" if language == "zh" else "; "
        return (
            f"{self.at}: {self.severity}[{self.code}]: {self.message(language)}"
            f"{joint}{self.hint(language)}"
        )


def problem(code: str, at: Place, guess: str | None = None, **words: object) -> Problem:
    """A problem with the words that its sentence needs."""
    return Problem(code, at, words, guess)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by file, line, column and code, each once."""
    seen: dict[tuple[str, Place, str], Problem] = {}
    for one in problems:
        seen.setdefault((one.code, one.at, one.message("en")), one)
    return sorted(seen.values(), key=lambda p: (p.at, p.code, p.message("en")))
