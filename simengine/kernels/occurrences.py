"""When drivers strike: occurrence times by inversion of the cumulative hazard, one path after another.

Nothing here knows the strategy, so several strategies answer the same occurrences. A driver whose first
occurrence cannot fall before the horizon, even were every excitation at its height, costs one uniform and
one comparison; only the others are walked through their windows and excitations.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simengine.kernels.handles import as_handle
from simengine.kernels.hazard import find, strength
from simengine.kernels.tables import (
    ALWAYS,
    DATE,
    DECAYS,
    FOR_DAYS,
    OK,
    RATE,
    TOO_MANY_OCCURRENCES,
    Array,
    Model,
    Occurrences,
)
from simengine.rng.accelerate import dissolved, inner, jit
from simengine.rng.elementary import exp, log
from simengine.rng.philox import uniform, uniform_block


class Walk(NamedTuple):
    """Scratch of a block, and what is known of its paths: passed on as a handle, so that no call counts
    references to its arrays."""

    parameters: Array  # (path, parameter)
    may_strike: Array  # (pair, path): whether a first occurrence can fall before the horizon
    asked: Array  # (pair, path): of a rate, the integral at which the first occurrence lies
    factors: Array  # of open windows, for each combination that a pair meets
    first: Array  # (pair,): where the occurrences of this path begin
    count: Array  # (pair,): how many there are
    times: Array  # from when excitations act, one excitation after another
    begins: Array  # (excitation + 1,): where an excitation's times begin
    latest: Array  # (excitation,): the last one that has begun
    rise: Array
    decay: Array
    order: Array


SLACK = 1.0 + 1e-9  # the bound on the hazard is compared in floating point


@inner
def choose_outcome(m: Model, driver: int, drawn: Any, j: int, u: float) -> int:
    """The outcome at u: drawn probabilities rescaled to sum to 1, the one that states none takes the rest.

    `drawn` is a handle that has the parameters of the block, j the path's row in them.
    """
    row = m.driver[driver]
    stated = 0.0
    rest = -1
    for o in range(row.outcome_start, row.outcome_end):
        p = m.outcome[o].probability
        if p < 0:
            rest = o
        else:
            stated += drawn.parameters[j, p]
    remainder = max(0.0, 1.0 - stated) if rest >= 0 else 0.0
    total = stated + remainder
    reached = 0.0
    last = row.outcome_end - 1
    for o in range(row.outcome_start, row.outcome_end):
        share = remainder if o == rest else drawn.parameters[j, m.outcome[o].probability]
        reached += share
        if u * total < reached:
            return o
        if share > 0.0:
            last = o
    return last


@inner
def draw_reach(m: Model, pair: int, path: int, index: int) -> int:
    """Which member labs a group's occurrence reaches, a bit each in the order of their names."""
    row = m.pair[pair]
    n_labs = row.reach_end - row.reach_start
    if row.reach >= 1.0:
        return (1 << n_labs) - 1
    labs = 0
    for bit in range(n_labs):
        u = uniform(m.reach_key[row.reach_start + bit], np.uint64(path), np.uint64(index))
        if u < row.reach:
            labs |= 1 << bit
    return labs


@dissolved
def record(
    m: Model, out: Occurrences, at: int, pair: int, time: float, outcome: int, index: int, path: int
) -> None:
    out.time[at] = time
    out.pair[at] = pair
    out.outcome[at] = outcome
    out.number[at] = index
    out.reached[at] = draw_reach(m, pair, path, index)


@dissolved
def base_rate(m: Model, h: Walk, pair: int, j: int) -> float:
    """Rate per day before windows and excitations: the entity's rate times its frailties."""
    row = m.pair[pair]
    rate = h.parameters[j, row.rate] / 365.0
    for f in range(row.factor_start, row.factor_end):
        rate *= h.parameters[j, m.frailty[f]]
    return rate


@inner
def windows_open(m: Model, h: Walk, pair: int, mask: int, j: int) -> float:
    """The product of the factors of the windows in `mask`."""
    row = m.pair[pair]
    factor = 1.0
    for w in range(row.window_end - row.window_start):
        if (mask >> w) & 1:
            factor *= h.parameters[j, m.window_factor[row.window_start + w]]
    return factor


@inner
def open_factors(m: Model, h: Walk, pair: int, j: int) -> None:
    """The product of the factors of open windows, for each combination of windows that a pair meets."""
    row = m.pair[pair]
    for k in range(row.mask_end - row.mask_start):
        h.factors[k] = windows_open(m, h, pair, m.mask[row.mask_start + k].mask, j)


@inner
def greatest_hazard(m: Model, h: Walk, pair: int, j: int) -> float:
    """No path with these parameters can have a greater cumulative hazard before its first occurrence."""
    row = m.pair[pair]
    open_factors(m, h, pair, j)
    total = 0.0
    for k in range(row.mask_end - row.mask_start):
        total += m.mask[row.mask_start + k].days * h.factors[k]
    total *= base_rate(m, h, pair, j)
    for x in range(row.excitation_start, row.excitation_end):
        total *= max(1.0, h.parameters[j, m.excitation[x].factor])
    if row.self_start > 0.0:
        total += row.self_start / row.self_decay
    return total * SLACK


@inner
def gather(m: Model, h: Walk, out: Occurrences, base: int, x: int, start: int) -> int:
    """Write the times from which excitation x acts on this path, in order, to times[start:]; return the end.

    -1 says that `times` is too short.
    """
    row = m.excitation[x]
    times = h.times
    end = start
    for s in range(row.source_start, row.source_end):
        source = m.source[s]
        past = m.pair[source.pair]
        n_past = past.history_end - past.history_start
        for k in range(n_past + h.count[source.pair]):
            at = base + past.history_start + k if k < n_past else h.first[source.pair] + k - n_past
            if row.outcome >= 0 and out.outcome[at] != row.outcome:
                continue
            if source.need != ALWAYS and (out.reached[at] & source.need) == 0:
                continue
            if end >= times.shape[0]:
                return -1
            moment = out.time[at] + row.delay
            slot = end
            while slot > start and times[slot - 1] > moment:
                times[slot] = times[slot - 1]
                slot -= 1
            times[slot] = moment
            end += 1
    return end


@inner
def strike_pair(
    m: Model, h: Walk, out: Occurrences, base: int, end: int, path: int, pair: int, j: int
) -> int:
    """Append the occurrences of one rate-driven pair on one path from slot `end` on; return the new end.

    -1 says that a buffer is too short.
    """
    row = m.pair[pair]
    horizon = m.clock[0].horizon
    n_excitations = row.excitation_end - row.excitation_start
    h.begins[0] = 0
    for x in range(n_excitations):
        stop = gather(m, h, out, base, row.excitation_start + x, h.begins[x])
        if stop < 0:
            return -1
        h.begins[x + 1] = stop
        h.latest[x] = h.begins[x] - 1
    open_factors(m, h, pair, j)
    rate = base_rate(m, h, pair, j)
    own = row.self_start
    piece = row.piece_start
    now = 0.0
    index = 0
    left = row.at_most
    h.first[pair] = end
    wanted = h.asked[pair, j]
    while now < horizon and left != 0:
        while m.piece[piece].until <= now:
            piece += 1
        until = m.piece[piece].until
        constant = rate * h.factors[m.piece[piece].mask]
        k = 0
        for x in range(n_excitations):
            stop = h.begins[x + 1]
            seen = h.latest[x]
            while seen + 1 < stop and h.times[seen + 1] <= now:
                seen += 1
            h.latest[x] = seen
            if seen + 1 < stop:
                until = min(until, h.times[seen + 1])
            if seen < h.begins[x]:
                continue
            excitation = m.excitation[row.excitation_start + x]
            factor = h.parameters[j, excitation.factor]
            since = h.times[seen]
            if excitation.mode == FOR_DAYS:
                if now < since + excitation.days:
                    constant *= factor
                    until = min(until, since + excitation.days)
            elif excitation.mode == DECAYS:
                h.rise[k] = factor - 1.0
                if now > since:
                    h.rise[k] *= exp(-excitation.decay * (now - since))
                h.decay[k] = excitation.decay
                k += 1
            else:
                constant *= factor
        length = until - now
        expected = constant * length
        if k > 0 or own > 0.0:
            expected = strength(constant, k, h, own, row.self_decay, length)[0]
        if expected < wanted or expected <= 0.0:
            wanted -= expected
            if own > 0.0:
                own *= exp(-row.self_decay * length)
            now = until
            continue
        step = find(constant, k, h, own, row.self_decay, wanted, length, expected)
        now += step
        if now >= horizon:
            break
        if end >= out.time.shape[0] - 1:
            return -1
        u = uniform(row.outcome_key, np.uint64(path), np.uint64(index))
        record(m, out, end, pair, now, choose_outcome(m, row.driver, h, j, u), index, path)
        if row.branching > 0.0:
            own = own * exp(-row.self_decay * step) + row.branching * row.self_decay
        end += 1
        index += 1
        left -= 1
        wanted = -log(1.0 - uniform(row.time_key, np.uint64(path), np.uint64(index)))
    h.count[pair] = end - h.first[pair]
    return end


@dissolved
def precedes(out: Occurrences, a: int, b: int) -> bool:
    """Whether one occurrence comes before another: by time, then driver, entity and number."""
    if out.time[a] != out.time[b]:
        return out.time[a] < out.time[b]
    if out.pair[a] != out.pair[b]:
        return out.pair[a] < out.pair[b]
    return out.number[a] < out.number[b]


@inner
def order_by_time(h: Walk, out: Occurrences, start: int, end: int) -> None:
    """Which occurrence belongs in each place of a path in order (Shell's sort, gaps after Knuth)."""
    order = h.order
    for at in range(start, end):
        order[at] = at
    gap = 1
    while gap < (end - start) // 5:
        gap = 3 * gap + 1
    while gap >= 1:
        for at in range(start + gap, end):
            moved = order[at]
            slot = at
            while slot - gap >= start and precedes(out, moved, order[slot - gap]):
                order[slot] = order[slot - gap]
                slot -= gap
            order[slot] = moved
        gap //= 3


@inner
def reorder(column: Array, order: Array, n: int, held: Array) -> None:
    """Put a column into an order, all paths at once."""
    for at in range(n):
        held[at] = column[order[at]]
    column[:n] = held[:n]


@inner
def minus_log(values: Array) -> None:
    """-log(1 - u), lane by lane."""
    for lane in range(values.shape[0]):
        values[lane] = -log(1.0 - values[lane])


@inner
def look_ahead(m: Model, h: Walk, first_path: int) -> None:
    """Which pairs can strike which paths at all; what rides on an adoption depends on the strategy."""
    n_paths = h.parameters.shape[0]
    for pair in range(m.pair.shape[0]):
        row = m.pair[pair]
        if row.kind != RATE and row.kind != DATE:
            continue
        asked = h.asked[pair]
        uniform_block(row.time_key, np.uint64(first_path), np.uint64(0), asked)
        if row.kind == DATE:
            for j in range(n_paths):
                h.may_strike[pair, j] = asked[j] < h.parameters[j, row.probability]
        else:
            minus_log(asked)
            for j in range(n_paths):
                h.may_strike[pair, j] = h.asked[pair, j] < greatest_hazard(m, h, pair, j)


@inner
def strike_path(m: Model, h: Walk, out: Occurrences, base: int, path: int, j: int) -> int:
    """Append a path's occurrences from slot `base` on, exciters first; return the end.

    -1 says that a buffer is too short.
    """
    end = base
    if base + m.history.shape[0] > out.time.shape[0] - 1:
        return -1
    for past in range(m.history.shape[0]):
        row = m.history[past]
        outcome = row.outcome
        pair = m.pair[row.pair]
        if outcome < 0:
            u = uniform(pair.outcome_key, np.uint64(path), np.uint64(row.index))
            outcome = choose_outcome(m, pair.driver, h, j, u)
        record(m, out, end, row.pair, row.time, outcome, row.index, path)
        end += 1
    for k in range(m.pair.shape[0]):
        number = m.order[k]
        h.count[number] = 0
        if not h.may_strike[number, j]:
            continue
        if m.pair[number].kind != DATE:
            end = strike_pair(m, h, out, base, end, path, number, j)
            if end < 0:
                return -1
            continue
        if end >= out.time.shape[0] - 1:
            return -1
        pair = m.pair[number]
        u = uniform(pair.outcome_key, np.uint64(path), np.uint64(0))
        record(m, out, end, number, pair.date, choose_outcome(m, pair.driver, h, j, u), 0, path)
        h.first[number] = end
        h.count[number] = 1
        end += 1
    return end


@inner
def strike_paths(m: Model, h: Walk, out: Occurrences, first_path: int, status: Array) -> None:
    """Fill `out` for the paths of a block, given handles."""
    look_ahead(m, h, first_path)
    end = 0
    for j in range(h.parameters.shape[0]):
        base = end
        out.offset[j] = base
        end = strike_path(m, h, out, base, first_path + j, j)
        if end < 0:
            status[0] = TOO_MANY_OCCURRENCES
            return
        order_by_time(h, out, base, end)
    out.offset[h.parameters.shape[0]] = end
    held = np.empty(end)
    reorder(out.time, h.order, end, held)
    kept = np.empty(end, np.int64)
    reorder(out.pair, h.order, end, kept)
    reorder(out.number, h.order, end, kept)
    reorder(out.outcome, h.order, end, kept)
    reorder(out.reached, h.order, end, kept)
    status[0] = OK


@jit
def draw_occurrences(
    m: Model, first_path: int, parameters: Array, times: Array, out: Occurrences, status: Array
) -> int:
    """Fill `out` for a block of paths; `status[0]` says whether the buffers were long enough.

    Returns how many there are.
    """
    n_paths = parameters.shape[0]
    n_pairs = m.pair.shape[0]
    # Of one pair's excitations there are never more than there are in all.
    n_excitations = m.excitation.shape[0]
    walk = Walk(
        parameters=parameters,
        may_strike=np.zeros((n_pairs, n_paths), np.bool_),
        asked=np.empty((n_pairs, n_paths)),
        factors=np.empty(m.mask.shape[0] + 1),
        first=np.zeros(n_pairs, np.int64),
        count=np.zeros(n_pairs, np.int64),
        times=times,
        begins=np.empty(n_excitations + 1, np.int64),
        latest=np.empty(n_excitations, np.int64),
        rise=np.empty(n_excitations),
        decay=np.empty(n_excitations),
        order=np.empty(out.time.shape[0], np.int64),
    )
    strike_paths(as_handle(m), as_handle(walk), as_handle(out), first_path, status)
    # A handle owns nothing: reading `walk` after its use keeps the arrays until here.
    return out.offset[walk.parameters.shape[0]]
