"""Sets of reports: whole, the same everywhere, and only what changed is written again."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.running import as_json, chainmap

CHAIN = """\
chain: {id}
name: {name}
kind: emerging
region: 青岛市
as_of: 2025-12-31
bureau: 市发展改革委
panorama:
  stages:
    - {{id: up, name: 上游 材料}}
    - {{id: down, name: 下游 整机}}
  links:
    - {{id: ore, name: {name}材料, stage: up, products: [{name}材料]}}
    - {{id: part, name: {name}部件, stage: up, products: [{name}部件], critical: true}}
    - {{id: whole, name: {name}整机, stage: down, products: [{name}整机]}}
  flows:
    - {{from: ore, to: part}}
    - {{from: part, to: whole}}
"""
FILES = {
    "data/region.yaml": "region: 青岛市\nstudy_date: 2026-06-30\n",
    "data/sources.csv": "source,title,publisher,url,date,grade\n"
    "s1,年报,甲公司,https://example.invalid/1,2026-01-01,A\n"
    "s2,公告,市工信局,https://example.invalid/2,2026-02-01,B\n",
    "data/firms.csv": "firm,name,source,as_of\nfa,甲公司,s1,2026-01-01\nfb,乙公司,s1,2026-01-01\n"
    "fc,丙公司,s1,2026-01-01\n",
    "data/activities.csv": "firm,chain,link,product,role,source,as_of\n"
    "fb,one,part,部件,main,s1,2026-01-01\nfc,two,part,部件,main,s1,2026-01-01\n",
    "data/presence.csv": "firm,chain,link,district,activity,source,as_of\n"
    "fa,one,whole,崂山区,production,s1,2026-01-01\nfa,two,whole,崂山区,production,s1,2026-01-01\n",
    "data/findings.csv": "chain,link,as_of,source,status\n"
    "one,part,2026-02-01,s2,none_found\ntwo,part,2026-02-01,s2,missing\n",
    "chains/one.yaml": CHAIN.format(id="one", name="甲链"),
    "chains/two.yaml": CHAIN.format(id="two", name="乙链"),
}
MORE = "fc,one,ore,材料,main,s1,2026-01-01\n"  # a candidate for the first chain alone


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "world"
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def change(world: Path) -> None:
    """One more candidate, of the first chain."""
    file = world / "data/activities.csv"
    file.write_text(file.read_text(encoding="utf-8") + MORE, encoding="utf-8")


def all_of(world: Path, out: Path, *more: str) -> tuple[int, str, str]:
    done = chainmap("report", "--all", *more, "-o", out, workspace=world)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.stat().st_ino)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != "manifest.json"  # it names the program, too
    }


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_a_city_is_a_folder_a_chain_and_an_index(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    code, _, said = all_of(world, out)
    assert code == 0, said
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    listed = {
        name: sha for part in manifest["parts"].values() for name, sha in part["files"].items()
    }
    found = contents(out)
    assert set(listed) == set(found) - {"manifest.json"}
    for name, sha in listed.items():
        assert hashlib.sha256(found[name]).hexdigest() == sha
    for chain in ("one", "two"):
        endings = {
            Path(name).name.removeprefix(f"{chain}-")
            for name in found
            if name.startswith(f"{chain}/")
        }
        assert endings >= {
            "report.pdf", "report.html", "report.pptx", "report.docx", "table.xlsx", "table.csv",
            "panorama.svg", "panorama.png", "path.svg", "path.png", "ranks.svg", "panorama.dot",
            "panorama.json",
        }  # fmt: skip
        graph = json.loads(found[f"{chain}/{chain}-panorama.json"])
        told = as_json("map", chain, workspace=world)
        assert told.pop("workspace_hash")
        assert graph == told
        assert {name for flow in graph["flows"] for name in flow["from"]} == {"ore", "part"}
    assert {"index.html", "city.pdf", "city.svg", "city.png"} <= set(found)


def test_the_index_counts_as_chains_does_and_its_links_lead_to_files(
    world: Path, tmp_path: Path
) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    text = (out / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', text)
    assert len(links) >= 10
    assert all((out / link).is_file() for link in links)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    for row in as_json("chains", workspace=world)["rows"]:
        line = re.search(rf'<tr data-chain="{row["chain"]}">(.*?)</tr>', text, re.S)
        assert line
        counts = re.findall(r'<td class="number (\w+)">(\d+)</td>', line[1])
        assert dict(counts) == {
            name: str(row[name])
            for name in ("links", "strong", "weak", "present", "missing", "planned", "unknown")
        }


def test_a_second_run_writes_nothing(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    before = stamps(out)
    assert all_of(world, out)[0] == 0
    assert stamps(out) == before


def test_only_the_chain_that_changed_is_written_again(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    before = stamps(out)
    change(world)
    code, told, _ = all_of(world, out, "--check")
    assert code == 1
    assert "one/one-report.pdf" in told
    assert "two/" not in told
    assert stamps(out) == before
    assert all_of(world, out)[0] == 0
    after = stamps(out)
    changed = {name for name in after if after[name] != before.get(name)}
    assert "one/one-report.pdf" in changed
    assert not {name for name in changed if name.startswith("two/")}
    assert all_of(world, out, "--check")[0] == 0
    fresh = tmp_path / "fresh"
    assert all_of(world, fresh)[0] == 0
    assert contents(fresh) == contents(out)


@pytest.mark.parametrize("how", ["gone", "edited"])
def test_a_file_that_was_touched_is_stale_and_made_again(
    world: Path, tmp_path: Path, how: str
) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    file = out / "two/two-table.csv"
    whole = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(whole + b"x")
    code, told, _ = all_of(world, out, "--check")
    assert code == 1
    assert [line.split()[-1] for line in told.splitlines()] == ["two/two-table.csv"]
    assert all_of(world, out)[0] == 0
    assert file.read_bytes() == whole


def test_what_no_longer_belongs_goes_and_what_is_not_ours_stays(
    world: Path, tmp_path: Path
) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    note = out / "two" / "my-note.txt"
    note.write_text("mine", encoding="utf-8")
    (world / "chains/two.yaml").unlink()
    for name in ("activities", "presence", "findings"):
        file = world / f"data/{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(x for x in lines if "two" not in x), encoding="utf-8")
    assert all_of(world, out, "--check")[0] == 1
    assert all_of(world, out)[0] == 0
    assert sorted(p.name for p in (out / "two").iterdir()) == ["my-note.txt"]


def test_a_manifest_cannot_reach_outside_its_folder(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "city"
    assert all_of(world, out)[0] == 0
    victim = tmp_path / "victim.txt"
    victim.write_text("keep me", encoding="utf-8")
    file = out / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    sha = hashlib.sha256(b"keep me").hexdigest()
    manifest["parts"]["gone"] = {"content": "x", "inputs": "x", "files": {"../victim.txt": sha}}
    file.write_text(json.dumps(manifest), encoding="utf-8")
    assert all_of(world, out)[0] == 0
    assert victim.read_text(encoding="utf-8") == "keep me"


def test_one_chain_and_its_signed_form(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "one"
    done = chainmap("report", "one", "--official", "-o", out, workspace=world)
    assert done.returncode == 0, done.stderr.decode()
    found = contents(out)
    assert "one-report.pdf" in found
    assert not [name for name in found if "ranks" in name or "quadrant" in name]
    assert "得分" not in found["one-table.csv"].decode("utf-8-sig")
    done = chainmap("report", "one", "--official", "--check", "-o", out, workspace=world)
    assert done.returncode == 0
    done = chainmap("report", "one", "--check", "-o", out, workspace=world)
    assert done.returncode == 1


@pytest.mark.parametrize(
    "words",
    [("--all",), ("one", "--all", "-o", "x"), ("--all", "-o", "x.pdf"), ("--check", "one"),
     ("one", "--check", "-o", "x.pdf"), ()],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage(world: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = chainmap("report", *words, workspace=world, cwd=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written_ends_with_4(world: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = chainmap("report", "one", "-o", tmp_path / "file" / "set", workspace=world)
    assert done.returncode == 4
