"""The unified social credit code of a firm (统一社会信用代码), GB 32100-2015."""

from __future__ import annotations

import re

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_CODE = re.compile(f"[1-9A-HJ-NPQRTUWXY][{_SIGNS}][0-9]{{6}}[{_SIGNS}]{{10}}")
# What only a credit code looks like: an authority, a kind, six digits of a place.
_LIKE = re.compile(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}")


def credit_code(text: str) -> str | None:
    """The code in capitals where the text is one and its last sign agrees, else None.

    >>> credit_code("91320506628390411j")
    '91320506628390411J'
    >>> credit_code("913205066283904110") is None
    True
    """
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        return None
    # The i-th sign weighs 3 to the power of i, modulo 31.
    total = sum(_SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(code[:17]))
    return code if _SIGNS[-total % 31] == code[17] else None


def is_like_code(text: str) -> bool:
    """Whether a text can only be meant as a credit code, right or wrong."""
    return _LIKE.fullmatch(text.strip().upper()) is not None
