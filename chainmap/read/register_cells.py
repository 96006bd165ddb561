"""Cells of a register in canonical form: text without nulls, whole 元, ISO dates, ended firms.

All of it column by column on Arrow arrays; what is not plain is worked out once a distinct value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chainmap.core.register import FIELDS, Broken, Tally
from chainmap.core.text import safe
from chainmap.read.register_heads import UNITS, WORDED, Shape

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST = 2**46  # 元: forty times the largest registered capital there is
LONGEST = 131_072  # characters of a cell; what the CSV reader takes
SHOWN = 200  # characters of a broken row that are kept
UNKNOWN = -1
_BROKEN = -2  # an amount that cannot be
_TRIMMED = ("id", "name", "city", "founded", "status")
_AMOUNT = re.compile(r"(?:人民币|rmb|cny|¥|￥)?([+-]?)(\d{1,40})(?:\.(\d*))?(?:e\+?(\d{1,2}))?(.*)")
_SCALES = {"": 1, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
           "亿": 10**8}  # fmt: skip
_HOME = re.compile(r"(十万|百万|千万|千|万|亿)?(元|圆)?(人民币|rmb|cny)?(元)?整?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|[T ].*)?")
_MANGLED = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]+$"


def amount(text: str, unit: str) -> int:
    """Whole 元 of a capital as written; UNKNOWN where it is no sum of 人民币, fen are dropped.

    >>> amount("1,000万元人民币", "text"), amount("1000.5", "万元"), amount("500万美元", "万元")
    (10000000, 10005000, -1)
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace(",", "").replace("(", "").replace(")", "")
    found = _AMOUNT.fullmatch("".join(plain.split()))
    if found is None:
        return UNKNOWN
    sign, whole, part, power, rest = found.groups()
    home = _HOME.fullmatch(rest)
    if home is None:
        return UNKNOWN
    scale, yuan = home[1], home[2] or home[4]
    if scale is None and yuan is None:
        if unit == WORDED:
            return UNKNOWN
        factor = UNITS[unit]
    else:
        factor = _SCALES[scale or ""]
    part = (part or "")[:20]
    value = int(whole + part) * factor * 10 ** int(power or 0) // 10 ** len(part)
    return _BROKEN if value > LARGEST or (sign == "-" and value) else value


def day(text: str) -> str:
    """A date as YYYY-MM-DD where it has a year, a month and a day; as written otherwise.

    >>> day("2015年3月9日"), day("2015-03-09 00:00:00"), day("2015")
    ('2015-03-09', '2015-03-09', '2015')
    """
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    return f"{found[1]}-{found[2].zfill(2)}-{found[3].zfill(2)}"


def ended(words: Sequence[str]) -> Callable[[str], bool]:
    """Whether a status says that a firm has ended; 未注销 does not say 注销.

    >>> ended(["吊销", "注销"])("吊销，未注销"), ended(["注销"])("存续（未注销）")
    (True, False)
    """
    pattern = re.compile("|".join(re.escape(word.casefold()) for word in words))

    def said(status: str) -> bool:
        if not words:
            return False
        plain = unicodedata.normalize("NFKC", status).casefold()
        return any(not plain[: found.start()].endswith("未") for found in pattern.finditer(plain))

    return said


class Cells:
    """Turns raw columns of one file into canonical batches; remembers what it worked out."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._amounts: dict[str, int] = {}
        self._ended = ended(shape.ended)

    def canonical(
        self, file: str, columns: dict[str, pa.Array], rows: pa.Array
    ) -> tuple[pa.RecordBatch, list[Broken], Tally]:
        """Sound rows of firms that go on, broken rows, and what was counted.

        ``columns`` are raw arrays by field, those that the file has; ``rows`` where they stand.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        count = len(rows)
        faults: list[tuple[pa.Array, str]] = []
        texts = {}
        for name in FIELDS:
            if name == "capital":
                continue
            texts[name], bad = text_of(columns.get(name), count)
            faults += [(bad, "broken.bytes")] if bad is not None else []
            if (pc.max(pc.binary_length(texts[name])).as_py() or 0) > LONGEST:
                faults.append((pc.greater(pc.utf8_length(texts[name]), LONGEST), "broken.long"))
            if name in _TRIMMED:
                texts[name] = pc.utf8_trim_whitespace(texts[name])
        faults.append((pc.equal(texts["id"], ""), "broken.no_id"))
        faults.append((pc.match_substring_regex(texts["id"], _MANGLED), "broken.id"))
        capital = self._capital(columns.get("capital"), count)
        faults.append((pc.equal(capital, _BROKEN), "broken.capital"))
        texts["founded"] = each(texts["founded"], day, pa.string())
        whole = pa.RecordBatch.from_arrays(
            [capital if name == "capital" else texts[name] for name in FIELDS], names=list(FIELDS)
        )
        broken, sound = _broken(file, whole, columns.get("capital"), rows, faults)
        over = each(texts["status"], self._ended, pa.bool_())
        if sound is not None:
            over = pc.and_(over, sound)
        goes_on = pc.invert(over) if sound is None else pc.and_not(sound, over)
        gone = pc.sum(over).as_py() or 0
        kept = whole if gone == 0 and not broken else whole.filter(goes_on)
        return kept, broken, Tally(count - len(broken), gone, 0, len(broken))

    def _capital(self, raw: pa.Array | None, count: int) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        if raw is None:
            return pa.repeat(pa.scalar(UNKNOWN, pa.int64()), count)
        signed = pa.types.is_integer(raw.type) and not pa.types.is_unsigned_integer(raw.type)
        if signed and self.shape.unit != WORDED:
            factor = UNITS[self.shape.unit]
            raw = raw.cast(pa.int64())
            sound = pc.and_(pc.greater_equal(raw, 0), pc.less_equal(raw, LARGEST // factor))
            small = pc.multiply(pc.if_else(sound, raw, 0), factor)
            return pc.fill_null(pc.if_else(sound, small, _BROKEN), UNKNOWN)
        text, _ = text_of(raw, count)
        return each(text, self._amount, pa.int64())

    def _amount(self, text: str) -> int:
        found = self._amounts.get(text)
        if found is None:
            if len(self._amounts) > 100_000:
                self._amounts.clear()
            found = self._amounts[text] = amount(text, self.shape.unit) if text else UNKNOWN
        return found


def each(texts: pa.Array, work: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """A function of each text, worked out once a distinct one."""
    import pyarrow as pa

    coded = texts.dictionary_encode()
    values = [work(text) for text in coded.dictionary.to_pylist()]
    return pa.array(values, kind).take(coded.indices)


def text_of(raw: pa.Array | None, count: int) -> tuple[pa.Array, pa.Array | None]:
    """A column as sound text without nulls, and which rows held bytes that are no UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if raw is None:
        return pa.repeat(pa.scalar("", pa.string()), count), None
    if pa.types.is_dictionary(raw.type):
        raw = raw.dictionary_decode()
    kind = raw.type
    binary = (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )
    if not binary:
        text = raw if kind == pa.string() else raw.cast(pa.string())
        text = text if text.null_count == 0 else pc.fill_null(text, "")
        try:
            text.validate(full=True)
            return text, None
        except pa.ArrowInvalid:
            raw = text.cast(pa.binary())
    values: list[str] = []
    bad: list[bool] = []
    for value in raw.to_pylist():
        try:
            values.append((value or b"").decode())
            bad.append(False)
        except UnicodeDecodeError:
            values.append(value.decode("utf-8", "replace"))
            bad.append(True)
    return pa.array(values, pa.string()), pa.array(bad) if any(bad) else None


def _broken(
    file: str,
    whole: pa.RecordBatch,
    capital: pa.Array | None,
    rows: pa.Array,
    faults: Sequence[tuple[pa.Array, str]],
) -> tuple[list[Broken], pa.Array | None]:
    """The broken rows, each with its first reason, and which rows are sound (None: all)."""
    import pyarrow.compute as pc

    reasons: dict[int, str] = {}
    for mask, reason in faults:
        if pc.any(mask).as_py():
            for at in pc.indices_nonzero(mask).to_pylist():
                reasons.setdefault(at, reason)
    if not reasons:
        return [], None
    sound = pc.invert(pc.is_in(_count(whole.num_rows), value_set=_ints(sorted(reasons))))
    broken = []
    for at in sorted(reasons):
        cells = {name: str(whole.column(name)[at].as_py()) for name in FIELDS}
        # The amount as it was written, not what it was taken for.
        cells["capital"] = text_of(None if capital is None else capital[at : at + 1], 1)[0][
            0
        ].as_py()
        text = cut(",".join(cells.values()))
        broken.append(Broken(file, rows[at].as_py(), reasons[at], text))
    return broken, sound


def _count(length: int) -> pa.Array:
    import pyarrow as pa

    return pa.array(range(length), pa.int64())


def _ints(values: Sequence[int]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, pa.int64())


def cut(text: str) -> str:
    """A broken row as it is shown: on one line, without control characters, not too long."""
    shown = safe(text[: SHOWN + 1])
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + ".."
