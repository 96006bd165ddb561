"""What stops when something is lost, by the definition taken literally and slowly.

A needs-table of plain tuples in, sets out. It shares nothing with the product, which it judges.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

Need = tuple[str, tuple[str, ...], str]  # target, members, required | any | optional


def stopped(needs: Sequence[Need], lost: Collection[str], standby: Collection[str]) -> set[str]:
    """Links that stop when some are lost, those included: the least fixed point, step by step.

    A required input that has stopped stops its customer. A group of which any one will do stops
    it when one of its members has stopped and none of those that stand by is left.
    """
    down = set(lost)
    while True:
        more = set()
        for target, members, need in needs:
            if target in down or need == "optional":
                continue
            fallen = [member for member in members if member in down]
            left = [member for member in members if member in standby and member not in down]
            if fallen and (need == "required" or not left):
                more.add(target)
        if not more:
            return down
        down |= more
