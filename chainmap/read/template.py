"""What an author starts from: the JSON Schema of chain files, a template, a fresh workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chainmap.core.model import ChainFile
from chainmap.core.whole import ENDING, sweep, write_whole
from chainmap.read.where import shipped

SCHEMA_NAME = "chain.schema.json"
TEMPLATE_NAME = "_template.yaml"
_COPIED = {"chains": (".yaml",), "data": (".csv", ".yaml")}

TEMPLATE = """\
# yaml-language-server: $schema=chain.schema.json
# 一条产业链的模板。复制为 chains/编号.yaml（编号用小写字母、数字、- 和 _），再逐项改写。
# 文件名以 _ 开头的不会被读取。不知道的就不写；写了就要有出处。
chain: my-chain                       # 编号，与文件名一致
name: 我的产业链
name_en: My chain                     # 可不写
kind: emerging                        # traditional | emerging | future | service
region: 示例市
as_of: 2025-12-31                     # 本文件的日期；也可只写 2025 或 2025-12
chief: 市级领导                         # 链长：写职务，不写姓名
bureau: 市工业和信息化局                 # 责任单位
panorama:
  stages:                             # 各段，从左到右
    - {id: upstream, name: 上游}
    - {id: midstream, name: 中游}
    - {id: downstream, name: 下游}
  links:                              # 环节：做出来的东西或提供的服务
    - id: material
      name: 材料
      stage: upstream
      products: [某材料, 某粉体]          # 在企业经营范围里能认出它的词
    - id: component-a
      name: 部件甲
      stage: midstream
      products: [部件甲]
      group: 部件                      # 以下各项可不写
      exclude: [玩具部件]                # 出现即排除
      industry: ['3484']              # GB/T 4754-2017 四位代码，必须加引号
      critical: true                  # 关键环节
    - id: component-b
      name: 部件乙
      stage: midstream
      products: [部件乙]
      # 人工定级：只在证据说不清、而专家看得清时使用，来源须为 A 至 C 级
      # status: {is: weak, because: 现场核查, source: s1, as_of: 2025-06-30}
    - id: machine
      name: 整机
      stage: downstream
      products: [某整机]
  flows:                              # 流：谁的产出是谁的投入
    - {from: material, to: component-a}                           # 默认 need: required，必需
    - {from: [component-a, component-b], to: machine, need: any}  # 任一即可，至少两个
    - {from: material, to: machine, need: optional}               # 可有可无
    # share 是单位产值中该投入的价值，0 与 1 之间；没人知道就不写
    # - {from: material, to: component-b, share: 0.35, source: s1}
path:                                 # 手写的里程碑；其余由程序生成
  - {id: m1, link: component-a, action: strengthen, title: 部件甲扩产, start: 2026-01, due: 2026-12}
  - {id: m2, link: machine, action: deepen, title: 整机二期, needs: [m1], owner: 示例区}
"""


class NotEmpty(Exception):
    """The directory for a new workspace already holds something."""


def chain_schema() -> str:
    """The JSON Schema of a chain file, made from the models."""
    schema = ChainFile.model_json_schema(by_alias=True)
    body = _plain(schema)
    body["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _plain(part: Any) -> Any:
    """The schema without null: a key that is not known is left out, never written empty."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: _plain(value) for key, value in part.items()}
    if isinstance(made.get("anyOf"), list) and {"type": "null"} in made["anyOf"]:
        kept = [one for one in made.pop("anyOf") if one != {"type": "null"}]
        made |= kept[0] if len(kept) == 1 else {"anyOf": kept}
        made.pop("default", None)
    return made


def init_workspace(directory: Path) -> list[Path]:
    """Write a copy of the workspace that ships, to be worked on; the files written.

    A copy that was cut off is gone on with. Raises NotEmpty where the directory holds anything
    else, OSError where it cannot be written.
    """
    source = shipped()
    contents: dict[Path, bytes] = {}
    for folder, suffixes in _COPIED.items():
        for path in sorted((source / folder).iterdir()):
            if path.suffix in suffixes and path.is_file():
                contents[directory / folder / path.name] = path.read_bytes()
    contents[directory / "chains" / SCHEMA_NAME] = chain_schema().encode()
    contents[directory / "chains" / TEMPLATE_NAME] = TEMPLATE.encode()
    if not _cut_off(directory, contents):
        raise NotEmpty(str(directory))
    for folder in _COPIED:
        (directory / folder).mkdir(parents=True, exist_ok=True)
    for path, data in contents.items():
        sweep(path, older=0)  # who made it was cut off
        write_whole(path, data)
    return list(contents)


def _cut_off(directory: Path, contents: Mapping[Path, bytes]) -> bool:
    """Whether a directory holds nothing, or some but not all of the files and nothing else."""
    try:
        found = [path for path in directory.rglob("*") if not path.is_dir() or path.is_symlink()]
    except OSError:
        return True  # writing will say what is wrong
    if not found:
        return not directory.is_dir() or {one.name for one in directory.iterdir()} <= {*_COPIED}
    held = [path for path in found if not path.name.endswith(ENDING)]
    return (
        len(held) < len(contents)
        and all(contents.get(path) == path.read_bytes() for path in held if not path.is_symlink())
        and not any(path.is_symlink() for path in held)
    )
