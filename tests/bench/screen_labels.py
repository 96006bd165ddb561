"""Precision and recall of the screen on labelled scopes: ``python tests/bench/screen_labels.py``.

With ``--wrong`` also the pairs of the tuning part that went wrong; the held-back third is for
counting alone.

Half of the pairs are hard by choice, so that these are not the shares that a register would show.
Orders other than the rule's were tried on the pairs that it finds, in the share of fits among the
first twenty of each chain: the rule 1.00, 0.87, 0.95; BM25 of two and three characters 1.00, 1.00,
1.00; multilingual-e5-small of four bits 1.00, 1.00, 0.95. On the scopes of the register alone the
rule has 0.43, 0.65, 0.87, BM25 0.43, 0.75, 0.75, the model 0.43, 0.75, 0.75: what they win on the
composed ones, which are short, they lose there. Neither was kept.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from running import ROOT
from screen_labels import CHAINS, Label, found, labels, precision_recall

from chainmap.read.workspace import load


def main() -> None:
    workspace, _ = load(ROOT)
    total: list[tuple[Label, bool]] = []
    print(f"{'':32}{'precision':30}recall")
    for chain in CHAINS:
        rows = labels(chain)
        pairs = list(zip(rows, found(workspace.chains[chain], rows), strict=True))
        total += pairs
        for part, some in (
            ("all", pairs),
            ("tuned on", [one for one in pairs if not one[0].held]),
            ("held back", [one for one in pairs if one[0].held]),
        ):
            tell(f"{chain} {part}", some)
        if "--wrong" in sys.argv:
            for one, hit in pairs:
                if not one.held and hit != one.fits:
                    print("  ", "found" if hit else "missed", one.link, one.kind, one.scope)
    tell("all three, all", total)
    tell("all three, held back", [one for one in total if one[0].held])
    tell("all three, real scopes", [one for one in total if one[0].real])
    kinds = Counter((one.kind, hit == one.fits) for one, hit in total)
    for kind in sorted({kind for kind, _ in kinds}):
        right, wrong = kinds[kind, True], kinds[kind, False]
        print(f"   {kind:16} {right:3} of {right + wrong} right")


def tell(name: str, pairs: list[tuple[Label, bool]]) -> None:
    precision, recall = precision_recall([one for one, _ in pairs], [hit for _, hit in pairs])
    print(f"{name:32}{precision!s:30}{recall}")


if __name__ == "__main__":
    main()
