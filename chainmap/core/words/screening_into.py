"""What the commands say that write a screening into the workspace."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "into.source": ("数据源“{source}”不在 data/sources.csv 中：先加一行，如 {source},名录名称,发布者,,2025-12-31,B（依次为 source,title,publisher,url,date,grade）", "source {source!r} is not in data/sources.csv: add a row such as {source},title,publisher,,2025-12-31,B (source,title,publisher,url,date,grade)"),
    "into.undated": ("data/sources.csv:{line}：数据源“{source}”没有日期；填上名录的截止日，它就是所写各行的数据日期", "data/sources.csv:{line}: source {source!r} has no date; give the day that the register stands for: it becomes the as_of of the rows"),
    "into.grade": ("data/sources.csv:{line}：数据源“{source}”为 {grade} 级；“查无”须由 A 或 B 级的名录得出", "data/sources.csv:{line}: source {source!r} is of grade {grade}; absence takes a register of grade A or B"),
    "into.region": ("地名“{region}”不能用来筛选：只写汉字或字母", "{region!r} cannot be looked for: letters only"),
    "into.nobody": ("名录中没有一家在业企业可能属于{region}：先核对城市一列", "no active firm of the register may be in {region}: look at its column of cities"),
    "absent.note": ("名录检索无果。在册且属{region}（或城市不明、名称含地名）的 {rows} 家中，经营范围无一含有：{words}；读不出的行 {broken}", "No firm found. Of {rows} active firms of {region} (or of unknown city, or with its name) none has in its scope: {words}; unreadable rows {broken}"),
    "absent.excluded": ("；含下列词的不算：{words}", "; not counted where the scope holds: {words}"),
}  # fmt: skip
