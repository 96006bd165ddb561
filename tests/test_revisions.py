"""States from git: the right files, and nothing of the repository is ever run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from running import as_json, chainmap
from state_worlds import world

from chainmap.read.revisions import NoRevision, files_at
from chainmap.track.snapshot import belongs

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
CLEAN = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    """Git as a user runs it, the repository's own configuration and all."""
    who = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=root,
        env=CLEAN,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.stdout.decode() + done.stderr.decode()


def committed(root: Path, text: str = "a state") -> None:
    git(root, "add", "-A")
    assert "a state" in git(root, "commit", "-q", "-m", text, "--allow-empty") + text


def repository(tmp_path: Path, *form: str) -> Path:
    """A workspace below a repository, with two states: a link missing, then weak."""
    top = tmp_path / "repo"
    top.mkdir()
    git(top, "init", "-q", "-b", "main", *form)
    root = world(top)
    committed(top)
    findings = root / "data/findings.csv"
    findings.write_text(findings.read_text(encoding="utf-8").replace("s1,missing", "s1,weak"),
                        encoding="utf-8")  # fmt: skip
    committed(top)
    return root


def statuses(root: Path, *states: str) -> list[tuple[str, str, str]]:
    rows = as_json("diff", *states, workspace=root)["rows"]
    return [(r["ref"], r["before"], r["after"]) for r in rows if r["what"] == "status"]


def test_a_revision_is_compared_like_a_snapshot(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert statuses(root, "rev:HEAD~1") == [("x/a", "missing", "weak")]
    assert statuses(root, "now", "rev:HEAD~1") == [("x/a", "weak", "missing")]
    assert statuses(root, "rev:main") == []
    assert statuses(root, "rev:HEAD~1", "rev:HEAD") == [("x/a", "missing", "weak")]


@pytest.mark.parametrize("how", ["packed", "worktree", "sha256", "top"])
def test_refs_and_objects_are_found_wherever_they_stand(tmp_path: Path, how: str) -> None:
    root = repository(tmp_path, *(("--object-format=sha256",) if how == "sha256" else ()))
    if how == "packed":
        git(root, "gc", "-q")
        assert not (tmp_path / "repo/.git/refs/heads/main").exists()
    if how == "worktree":
        git(root, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
        root = tmp_path / "tree" / root.relative_to(tmp_path / "repo")
        assert root.is_dir() and (tmp_path / "tree/.git").is_file()
    if how == "top":
        shutil.rmtree(tmp_path / "repo/.git")
        git(root, "init", "-q", "-b", "main")
        committed(root)
        (root / "data/findings.csv").unlink()
        committed(root)
    (one,) = [row for row in statuses(root, "rev:HEAD~1") if row[0] == "x/a"]
    assert one == ("x/a", *(("weak", "unknown") if how == "top" else ("missing", "weak")))


def test_contents_come_as_they_are_stored(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / ".gitattributes").write_text("*.csv text eol=crlf ident\n", encoding="utf-8")
    committed(root)
    found = files_at(root, "HEAD", belongs)
    assert found["data/findings.csv"] == (root / "data/findings.csv").read_bytes()
    tables = {f"data/{name}.csv" for name in ("sources", "firms", "findings", "activities")}
    assert set(found) == {"chains/x.yaml", "data/region.yaml", "data/scoring.yaml", *tables}


def test_private_files_and_links_are_not_taken_even_where_they_were_committed(
    tmp_path: Path,
) -> None:
    root = repository(tmp_path)
    (root / "data/private").mkdir()
    (root / "data/private/firms.csv").write_text("firm\n", encoding="utf-8")
    (root / "data/affinity.csv").symlink_to("/etc/passwd")
    committed(root)
    found = files_at(root, "HEAD", belongs)
    assert not [name for name in found if "private" in name or "affinity" in name]


@pytest.mark.parametrize(
    ("word", "code"),
    [("rev:nosuch", 2), ("rev:--output=x", 2), ("rev:", 2), ("rev:HEAD:data/firms.csv", 2),
     ("rev:HEAD~9", 2), ("rev:$(touch x)", 2), ("rev:HEAD\nHEAD", 2)],
)  # fmt: skip
def test_a_revision_that_is_none_is_wrong_usage(tmp_path: Path, word: str, code: int) -> None:
    root = repository(tmp_path)
    done = chainmap("diff", word, workspace=root)
    assert done.returncode == code and b"Traceback" not in done.stderr
    assert not (root / "x").exists()


def test_outside_a_repository_or_before_the_workspace_there_is_no_state(tmp_path: Path) -> None:
    alone = world(tmp_path / "alone")
    with pytest.raises(NoRevision, match="repository"):
        files_at(alone, "HEAD", belongs)
    top = tmp_path / "later"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    (top / "readme").write_text("x", encoding="utf-8")
    committed(top)
    root = world(top)
    committed(top)
    with pytest.raises(NoRevision, match="workspace"):
        files_at(root, "HEAD~1", belongs)


# Nothing of the repository runs


def hostile(root: Path, canary: Path) -> Path:
    """Configuration, hooks, filters and remotes that each would leave a mark when run."""
    top = root.parent
    script = top / "evil.sh"
    script.write_text(f"#!/bin/sh\necho $0 $* >> {canary}\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    hooks = top / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        shutil.copy(script, hooks / name)
    (top / ".git/hooks").mkdir(exist_ok=True)
    shutil.copy(script, top / ".git/hooks/reference-transaction")
    more = top / "more.config"
    more.write_text(f"[core]\n\tpager = {script}\n", encoding="utf-8")
    for key, value in {
        "core.fsmonitor": str(script),
        "core.hooksPath": str(hooks),
        "core.sshCommand": str(script),
        "core.gitProxy": str(script),
        "core.alternateRefsCommand": str(script),
        "core.editor": str(script),
        "credential.helper": f"!{script}",
        "diff.external": str(script),
        "diff.evil.textconv": str(script),
        "diff.evil.command": str(script),
        "filter.evil.smudge": str(script),
        "filter.evil.clean": str(script),
        "filter.evil.process": str(script),
        "filter.evil.required": "true",
        "alias.rev-parse": f"!{script}",
        "alias.cat-file": f"!{script}",
        "uploadpack.packObjectsHook": str(script),
        "remote.origin.url": f"ext::sh -c '{script}'",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
        "extensions.partialClone": "origin",
        "include.path": str(more),
        "gpg.program": str(script),
    }.items():
        git(top, "config", key, value)
    (top / ".gitattributes").write_text("*.csv filter=evil diff=evil\n", encoding="utf-8")
    (top / ".git/info/attributes").write_text("*.yaml filter=evil diff=evil\n", encoding="utf-8")
    return script


def test_nothing_of_a_hostile_repository_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path)
    canary = tmp_path / "ran"
    hostile(root, canary)
    canary.unlink(missing_ok=True)
    git(root, "status")
    git(root, "diff")
    assert canary.exists()  # the trap bites whoever runs git in there
    canary.unlink()
    assert statuses(root, "rev:HEAD~1") == [("x/a", "missing", "weak")]
    assert chainmap("diff", "rev:nosuch", workspace=root).returncode == 2
    assert not canary.exists()


def test_an_object_that_is_missing_is_not_fetched(tmp_path: Path) -> None:
    root = repository(tmp_path)
    canary = tmp_path / "ran"
    hostile(root, canary)
    blob = git(root, "rev-parse", "HEAD:./data/firms.csv").split()[-1]
    blob = blob if len(blob) == 40 else ""
    object_file = root.parent / ".git/objects" / blob[:2] / blob[2:]
    assert blob and object_file.is_file()
    object_file.unlink()
    canary.unlink(missing_ok=True)
    git(root, "cat-file", "-p", blob)
    assert canary.exists()  # plain git asks the hostile remote
    canary.unlink()
    with pytest.raises(NoRevision):
        files_at(root, "HEAD", belongs)
    assert not canary.exists()
