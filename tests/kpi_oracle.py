"""The figures of a period counted the slow and plain way, from rows of text: shares no code.

Three answers to every question: True, False, and None where the rows do not say. A project of
which any condition is False does not count; of which any is None, it is one of the unknown.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

Row = dict[str, str]
STAGES = ["谋划", "洽谈", "签约", "开工", "建设", "投产", "达产"]
TALK = ("洽谈", "会谈", "座谈", "会见", "商谈", "面谈", "恳谈")


def day(text: str) -> date | None:
    """The last day that a date can mean."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(parts[0], parts[1], calendar.monthrange(*parts)[1])
    return date(*parts)


def bounds(period: str) -> tuple[date, date]:
    year = int(period[:4])
    if "Q" in period:
        quarter = int(period[-1])
        first = date(year, 3 * quarter - 2, 1)
        return first, date(year, 3 * quarter, calendar.monthrange(year, 3 * quarter)[1])
    if "-" in period:
        month = int(period[5:])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, 1, 1), date(year, 12, 31)


def shortened(period: str, other: str, today: date) -> date:
    """The end of the other period where the first one is not over: as far into it."""
    first, last = bounds(period)
    first_o, last_o = bounds(other)
    if last <= today:
        return last_o
    months = (first_o.year - first.year) * 12 + first_o.month - first.month
    total = today.year * 12 + today.month - 1 + months
    year, month = total // 12, total % 12 + 1
    there = date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return min(there, last_o)


class Counting:
    """One workspace at a day, one period ending at ``end`` at the latest."""

    def __init__(
        self, tables: dict[str, list[Row]], limits: dict[str, float], today: date,
        period: str, end: date | None = None,
    ) -> None:  # fmt: skip
        self.tables, self.limits, self.today = tables, limits, today
        self.first, last = bounds(period)
        self.end = min(x for x in (last, today, end) if x is not None)
        self.period = period

    def seen(self, table: str, at: date) -> list[Row]:
        """Of rows with the same key the newest visible one; a later row wins a tie."""
        keys = {"projects": ["project"], "firms": ["firm"], "visits": ["visit"],
                "lists": ["list", "year", "rank"], "rates": ["year", "currency"],
                "targets": ["period", "figure"], "talent": ["period", "figure"]}[table]  # fmt: skip
        best: dict[tuple[str, ...], Row] = {}
        for row in self.tables.get(table, []):
            when = day(row["as_of"])
            assert when is not None
            if when > at:
                continue
            key = tuple(row[k] for k in keys)
            if key not in best or day(best[key]["as_of"]) <= when:  # type: ignore[operator]
                best[key] = row
        return list(best.values())

    # questions about one project

    def dated(self, row: Row, *names: str) -> list[date]:
        found = [day(row[name]) for name in names]
        return [d for d in found if d is not None and d <= self.today]

    def signing(self, row: Row) -> tuple[bool, date | None, date | None]:
        """(was it signed at all, when, and if not known the latest it can have been)."""
        when = day(row["signed"])
        if when is not None:
            return True, when, None
        later = self.dated(row, "started", "building", "produced", "full_output")
        if not later and row["stage"] not in STAGES[2:]:
            return False, None, None
        as_of = day(row["as_of"])
        assert as_of is not None
        return True, None, min([as_of, *later])

    def signed(self, row: Row) -> bool | None:
        ever, when, latest = self.signing(row)
        if not ever:
            return False
        if when is not None:
            return self.first <= when <= self.end
        assert latest is not None
        return None if latest >= self.first else False

    def started(self, row: Row, by: date) -> bool | None:
        dates = [day(row[n]) for n in ("started", "building", "produced", "full_output")]
        if any(d is not None and d <= by for d in dates):
            return True
        if dates[0] is not None:
            return False
        began = row["stage"] in STAGES[3:] or any(d and d <= self.today for d in dates)
        if not began:
            return False
        as_of = day(row["as_of"])
        assert as_of is not None
        return True if as_of <= by else None

    def amount(self, row: Row) -> tuple[float | None, bool]:
        """(亿元, whether it is only a least amount)."""
        if row["investment_100m_cny"]:
            return float(row["investment_100m_cny"]), False
        rates = [r for r in self.seen("rates", self.today) if r["currency"] == "USD"]
        if row["foreign_musd"] and rates:
            rate = max(rates, key=lambda r: int(r["year"]))
            return float(row["foreign_musd"]) * float(rate["cny"]) / 100, True
        return None, False

    def reaches(self, row: Row, limit: str) -> bool | None:
        value, least = self.amount(row)
        if value is not None and value >= self.limits[limit]:
            return True
        return None if value is None or least else False

    def firm(self, firm: str) -> Row | None:
        for row in self.seen("firms", self.today):
            if row["firm"] == firm:
                return row
        return None

    def chain_of(self, firm: str) -> list[str]:
        found = [firm]
        while True:
            row = self.firm(found[-1])
            if row is None or not row["parent"] or row["parent"] in found:
                return found
            found.append(row["parent"])

    def listed(self, row: Row, *lists: str) -> bool | None:
        answers = [self._listed(row, name) for name in lists]
        if True in answers:
            return True
        return None if None in answers else False

    def _listed(self, row: Row, name: str) -> bool | None:
        places = [r for r in self.seen("lists", self.today) if r["list"] == name]
        if not row["firm"] or not places:
            return None
        years = sorted({int(r["year"]) for r in places})
        before = [y for y in years if y <= self.end.year]
        year = before[-1] if before else years[0]
        firms = {r["firm"] for r in places if int(r["year"]) == year}
        return any(firm in firms for firm in self.chain_of(row["firm"]))

    def domestic(self, row: Row) -> bool | None:
        if row["foreign_musd"]:
            return float(row["foreign_musd"]) == 0
        found = self.firm(row["firm"]) if row["firm"] else None
        if found is None:
            return None
        if found["ownership"] == "foreign":
            return False
        if found["country"]:
            return found["country"] in ("中国", "China")
        return True if found["ownership"] else None

    def cell(self, project: str, column: str, at: date) -> float | None:
        for row in self.seen("projects", at):
            if row["project"] == project:
                return float(row[column]) if row[column] else None
        return None

    # what a project adds to a figure: a number, False where nothing, None where unknown

    def both(self, *answers: bool | None) -> bool | None:
        if False in answers:
            return False
        return None if None in answers else True

    def adds(self, figure: str, row: Row) -> tuple[float | bool | None, bool]:
        def one(*answers: bool | None) -> tuple[float | bool | None, bool]:
            answer = self.both(*answers)
            return (1.0 if answer else answer), False

        signed = self.signed(row)
        if figure == "signed_projects":
            return one(signed, self.reaches(row, "large"))
        if figure == "signed_amount":
            answer = self.both(signed, self.reaches(row, "large"))
            return self.amount(row) if answer else (answer, False)
        if figure == "signed_started":
            if not self.both(signed, self.reaches(row, "large")):
                return False, False
            return one(self.started(row, self.end))
        if figure == "global500_projects":
            return one(signed, self.listed(row, "global500"))
        if figure == "china500_projects":
            return one(signed, self.listed(row, "china500"))
        if figure == "domestic_large":
            return one(signed, self.domestic(row), self.reaches(row, "huge"))
        if figure == "domestic_listed":
            on = self.listed(row, "china500", "private500", "central_soe")
            return one(signed, self.domestic(row), on)
        foreign = None if self.domestic(row) is None else not self.domestic(row)
        if figure == "fdi_contract":
            answer = self.both(signed, foreign)
            if not answer:
                return answer, False
            return (float(row["foreign_musd"]) if row["foreign_musd"] else None), False
        if figure == "fdi_arrived":
            return self.fdi(row, foreign), False
        assert figure == "domestic_arrived"
        return self.arrived(row, self.both(self.domestic(row), self.reaches(row, "counted"))), False

    def fdi(self, row: Row, foreign: bool | None) -> float | bool | None:
        answer = self.both(foreign, self.started(row, self.end))
        if not answer:
            return answer
        now = self.cell(row["project"], "foreign_musd", self.end)
        if now is None:
            return None
        before = self.started(row, self.first - timedelta(days=1))
        if before is False:
            return now
        then = self.cell(row["project"], "foreign_musd", self.first - timedelta(days=1))
        return None if before is None or then is None else now - then

    def arrived(self, row: Row, counts: bool | None) -> float | bool | None:
        ever, when, latest = self.signing(row)
        if not ever:
            begun: bool | None = False
        elif when is not None:
            begun = when <= self.end
        else:
            assert latest is not None
            begun = True if latest <= self.end else None
        answer = self.both(counts, begun)
        if not answer:
            return answer
        now = self.cell(row["project"], "arrived_100m_cny", self.end)
        if now is None:
            return None
        if when is not None and when >= self.first:
            return now
        then = self.cell(row["project"], "arrived_100m_cny", self.first - timedelta(days=1))
        return None if then is None else now - then

    # figures

    def figure(self, name: str, by: str = "", group: str = "") -> tuple[float | None, int, bool]:
        """(value, unknown, whether it is at least that): None where nothing is known."""
        rows = [r for r in self.seen("projects", self.today) if not by or r[by] == group]
        if name == "start_rate":
            signed = self.figure("signed_projects", by, group)
            started = self.figure("signed_started", by, group)
            if not signed[0] or started[0] is None:
                return None, signed[1] + started[1], False
            rate = 100 * started[0] / signed[0]
            return rate, signed[1] + started[1], started[1] > 0
        if name.startswith("leader_"):
            return self.leaders(name)
        if self.first > self.today:
            return None, 0, False
        known: list[float] = []
        unknown, least = 0, False
        for row in rows:
            added, at_least = self.adds(name, row)
            if added is None:
                unknown += 1
            elif added is not False:
                known.append(float(added))
                least = least or at_least
        if name == "signed_started":
            signed = self.figure("signed_projects", by, group)
            if not signed[0]:
                return None, unknown, False
            if not known and unknown:
                return None, unknown, True
            return float(len(known)), unknown, unknown > 0
        if not rows or (not known and unknown):
            return None, unknown, unknown > 0
        return sum(known), unknown, unknown > 0 or least

    def leaders(self, name: str) -> tuple[float | None, int, bool]:
        visits = self.seen("visits", self.today)
        if not visits or self.first > self.today:
            return None, 0, False
        undated = [v for v in visits if not v["date"]]
        # Before its first row no one kept the table, and an empty page is no count.
        if not undated and all(day(v["date"]) > self.end for v in visits):  # type: ignore[operator]
            return None, 0, False
        mine = [
            v
            for v in visits
            if v["date"] and self.first <= day(v["date"]) <= self.end  # type: ignore[operator]
        ]
        if name == "leader_visits":
            if not mine and undated:
                return None, len(undated), True
            return float(len(mine)), len(undated), bool(undated)
        if name == "leader_talks":
            talks = [v for v in mine if any(word in v["outcome"] for word in TALK)]
            silent = len([v for v in mine if not v["outcome"]]) + len(undated)
            if not talks and silent:
                return None, silent, True
            return float(len(talks)), silent, silent > 0
        visited: dict[str, date] = {}
        for v in mine:
            if v["firm"]:
                group = self.chain_of(v["firm"])[-1]
                when = day(v["date"])
                assert when is not None
                visited[group] = min(visited.get(group, when), when)
        yes = maybe = 0
        for group, when in visited.items():
            answers = []
            for row in self.seen("projects", self.today):
                if row["firm"] and self.chain_of(row["firm"])[-1] == group:
                    ever, at, latest = self.signing(row)
                    if ever and at is not None:
                        answers.append(when <= at <= self.end)
                    elif ever and latest is not None and latest >= when:
                        answers.append(None)
            if True in answers:
                yes += 1
            elif None in answers:
                maybe += 1
        if not visited:
            return None, 0, False
        return 100 * yes / len(visited), maybe, maybe > 0


def growth(now: Any, before: Any) -> float | None:
    return None if now is None or not before or before < 0 else 100 * (now - before) / before
