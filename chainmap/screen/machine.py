"""What is compiled: one function over arrays that knows bytes, classes and walks, and no firm.

Only ``compiled`` imports this file, and only where numba is installed.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_NOT_A_CHARACTER = 0xFFFD


def _compiled(function: Any) -> Any:
    """The function as machine code, kept between runs where there is a place to keep it."""
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # neither this directory nor the user's can be written
        return numba.njit(nogil=True)(function)


@_compiled
def _classes(  # type: ignore[no-untyped-def]
    data, at, end, table, more_start, more, buffer
):
    """Write the classes of the text in ``data[at:end]`` and a 0; how many, or -1 to normalise.

    Bytes that are no UTF-8 count as a character that no word has.
    """
    size = 0
    while at < end:
        one = np.int64(data[at])
        if one < 0x80:
            code = one
            at += 1
        elif one < 0xE0:
            code = np.int64(_NOT_A_CHARACTER)
            if at + 1 < end:
                code = (one & 31) << 6 | (data[at + 1] & 63)
            at += 2
        elif one < 0xF0:
            code = np.int64(_NOT_A_CHARACTER)
            if at + 2 < end:
                code = (one & 15) << 12 | (data[at + 1] & 63) << 6 | (data[at + 2] & 63)
            at += 3
        else:
            code = np.int64(_NOT_A_CHARACTER)
            if at + 3 < end:
                code = (
                    (one & 7) << 18
                    | (data[at + 1] & 63) << 12
                    | (data[at + 2] & 63) << 6
                    | (data[at + 3] & 63)
                )
                code = min(code, np.int64(0x10FFFF))
            at += 4
        found = table[code]
        if found >= 0:
            buffer[size] = found
            size += 1
        elif found == -1:
            return -1
        else:
            for several in range(more_start[-2 - found], more_start[-1 - found]):
                buffer[size] = more[several]
                size += 1
    buffer[size] = 0
    return size


@_compiled
def _words(  # type: ignore[no-untyped-def]
    buffer, size, words, mark, seen, hits
):
    """Write the number of each distinct word in the classes; how many."""
    first, base, check, word = words
    count = 0
    for at in range(size):
        slot = first[buffer[at]]
        if slot == 0:
            continue
        after = at + 1
        while True:
            # The 0 behind the text leads to a slot that is no one's, as does any strange class.
            one = buffer[after]
            to = base[slot] + one
            if one == 0 or check[to] != slot:
                break
            slot = to
            found = word[slot]
            if found >= 0 and seen[found] != mark:
                seen[found] = mark
                hits[count] = found
                count += 1
            after += 1
    return count


@_compiled
def _behind(  # type: ignore[no-untyped-def]
    link, score, capital, ids, start, end, top
):
    """Whether a row stands behind the last of a link that has all it keeps."""
    top_score, top_capital, top_ids = top
    if score != top_score[link]:
        return score < top_score[link]
    if capital != top_capital[link]:
        return capital < top_capital[link]
    for at in range(top_ids.shape[1]):
        one = ids[start + at] if start + at < end else 0
        if one != top_ids[link, at]:
            return one > top_ids[link, at]
    return False


@_compiled
def match(  # type: ignore[no-untyped-def]
    texts, characters, words, entries, top, memory, buffer, found, slow, row, slows
) -> Any:
    """Match rows from ``row`` on, as long as there is room for what is found.

    Returns the next row, how many pairs were found, and how many rows are in ``slow``.
    """
    starts, data, capital, id_starts, ids = texts
    table, more_start, more = characters
    entry_start, entry_link, entry_place, entry_weight = entries
    marks, seen_word, seen_link, score, dropped, masks, hits, touched = memory
    found_row, found_link, found_score, found_masks = found
    links = len(score)
    count = 0
    while row < len(capital) and count + links <= len(found_row):
        size = _classes(data, starts[row], starts[row + 1], table, more_start, more, buffer)
        if size < 0:
            slow[slows] = row
            slows += 1
            row += 1
            continue
        marks[0] += 1
        mark = marks[0]
        touching = 0
        for at in range(_words(buffer, size, words, mark, seen_word, hits)):
            for entry in range(entry_start[hits[at]], entry_start[hits[at] + 1]):
                link = entry_link[entry]
                if seen_link[link] != mark:
                    seen_link[link] = mark
                    score[link] = 0
                    dropped[link] = 0
                    masks[link] = 0
                    touched[touching] = link
                    touching += 1
                place = entry_place[entry]
                if place < 0:
                    dropped[link] = 1
                else:
                    score[link] += entry_weight[entry]
                    masks[link, place >> 6] |= np.uint64(1) << np.uint64(place & 63)
        for at in range(touching):
            link = touched[at]
            if dropped[link] or _behind(
                link, score[link], capital[row], ids, id_starts[row], id_starts[row + 1], top
            ):
                continue
            found_row[count] = row
            found_link[count] = link
            found_score[count] = score[link]
            found_masks[count] = masks[link]
            count += 1
        row += 1
    return row, count, slows
