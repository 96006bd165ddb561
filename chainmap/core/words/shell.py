"""Words of the completion and of the manual page."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "help.completion": ("打印命令行补全脚本，供 bash、zsh、fish 或 PowerShell 载入", "print the completion script for bash, zsh, fish or PowerShell"),
    "help.shell": ("bash、zsh、fish 或 powershell", "bash, zsh, fish or powershell"),
    "help.manual": ("打印手册页（man 格式）", "print the manual page for man"),
    "help.help": ("显示帮助", "show the help"),
    "manual.title": ("产业链专班工具", "industry chains"),
    "manual.name": ("名称", "NAME"),
    "manual.synopsis": ("用法", "SYNOPSIS"),
    "manual.command": ("命令", "COMMAND"),
    "manual.options": ("命令之前的选项", "OPTIONS BEFORE THE COMMAND"),
    "manual.commands": ("命令", "COMMANDS"),
    "manual.exit": ("退出码", "EXIT STATUS"),
    "manual.exit_0": ("完成", "done"),
    "manual.exit_1": ("输入有错误", "the input has errors"),
    "manual.exit_2": ("用法不对", "wrong usage"),
    "manual.exit_3": ("缺少可选部分，提示中有安装命令", "an optional part is not installed; the line says which command installs it"),
    "manual.exit_4": ("无法写出结果", "the output cannot be written"),
    "manual.exit_70": ("程序出错，请报告", "a bug: please report it"),
    "manual.exit_130": ("被中断", "interrupted"),
    "manual.environment": ("环境变量", "ENVIRONMENT"),
    "manual.CHAINMAP_WORKSPACE": ("没有 --workspace 时所用的工作区", "the workspace where --workspace is not given"),
    "manual.CHAINMAP_CACHE": ("已算名次区间的存放目录；off 表示不存", "where rank intervals are kept that were worked out before; off keeps none"),
    "manual.files": ("工作区文件", "FILES OF A WORKSPACE"),
    "manual.chains/*.yaml": ("产业链，一链一个文件", "the chains, one file each"),
    "manual.data/*.csv": ("企业、证据、项目等表", "firms, evidence, projects and other tables"),
    "manual.data/region.yaml": ("地区与研究日期", "the region and the study date"),
    "manual.data/scoring.yaml": ("规则所用的每个数字及其理由", "every number of the rules with its reason"),
    "manual.data/plan.yaml": ("专班人工确定的事项", "what the task-force has decided by hand"),
}  # fmt: skip
