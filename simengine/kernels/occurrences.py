"""When drivers strike: occurrence times by inversion of the cumulative hazard, one path after another.

Nothing here knows the strategy, so several strategies answer the same occurrences. A driver whose first
occurrence cannot fall before the horizon, even were every excitation at its height, costs one uniform and
one comparison; only the others are walked through their windows and excitations.
"""

from __future__ import annotations

import numpy as np

from simengine.kernels.handles import as_handle
from simengine.kernels.hazard import integral, invert
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
from simengine.rng.accelerate import inner, jit
from simengine.rng.elementary import exp, log
from simengine.rng.philox import uniform, uniform_block

SLACK = 1.0 + 1e-9  # the bound on the hazard is compared in floating point


@inner
def choose_outcome(m: Model, driver: int, drawn: Array, u: float) -> int:
    """The outcome at u: drawn probabilities rescaled to sum to 1, the one that states none takes the rest."""
    row = m.driver[driver]
    stated = 0.0
    rest = -1
    for o in range(row.outcome_start, row.outcome_end):
        p = m.outcome[o].probability
        if p < 0:
            rest = o
        else:
            stated += drawn[p]
    remainder = max(0.0, 1.0 - stated) if rest >= 0 else 0.0
    total = stated + remainder
    reached = 0.0
    last = row.outcome_end - 1
    for o in range(row.outcome_start, row.outcome_end):
        share = remainder if o == rest else drawn[m.outcome[o].probability]
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


@inner
def record(
    m: Model, out: Occurrences, at: int, pair: int, time: float, outcome: int, index: int, path: int
) -> None:
    out.time[at] = time
    out.pair[at] = pair
    out.outcome[at] = outcome
    out.number[at] = index
    out.reached[at] = draw_reach(m, pair, path, index)


@inner
def base_rate(m: Model, pair: int, drawn: Array) -> float:
    """Rate per day before windows and excitations: the entity's rate times its frailties."""
    row = m.pair[pair]
    rate = drawn[row.rate] / 365.0
    for f in range(row.factor_start, row.factor_end):
        rate *= drawn[m.frailty[f]]
    return rate


@inner
def windows_open(m: Model, pair: int, mask: int, drawn: Array) -> float:
    """The product of the factors of the windows in `mask`."""
    row = m.pair[pair]
    factor = 1.0
    for w in range(row.window_end - row.window_start):
        if (mask >> w) & 1:
            factor *= drawn[m.window_factor[row.window_start + w]]
    return factor


@inner
def open_factors(m: Model, pair: int, drawn: Array, out: Array) -> None:
    """The product of the factors of open windows, for each combination of windows that a pair meets."""
    row = m.pair[pair]
    for k in range(row.mask_end - row.mask_start):
        out[k] = windows_open(m, pair, m.mask[row.mask_start + k].mask, drawn)


@inner
def greatest_hazard(m: Model, pair: int, drawn: Array, factors: Array) -> float:
    """No path with these parameters can have a greater cumulative hazard before its first occurrence."""
    row = m.pair[pair]
    open_factors(m, pair, drawn, factors)
    total = 0.0
    for k in range(row.mask_end - row.mask_start):
        total += m.mask[row.mask_start + k].days * factors[k]
    total *= base_rate(m, pair, drawn)
    for x in range(row.excitation_start, row.excitation_end):
        total *= max(1.0, drawn[m.excitation[x].factor])
    if row.self_start > 0.0:
        total += row.self_start / row.self_decay
    return total * SLACK


@inner
def gather(
    m: Model, out: Occurrences, base: int, first: Array, count: Array, x: int, times: Array,
    start: int,
) -> int:  # fmt: skip
    """Write the times from which excitation x acts on this path, in order, to times[start:]; return the end.

    -1 says that `times` is too short.
    """
    row = m.excitation[x]
    end = start
    for s in range(row.source_start, row.source_end):
        source = m.source[s]
        past = m.pair[source.pair]
        n_past = past.history_end - past.history_start
        for k in range(n_past + count[source.pair]):
            at = base + past.history_start + k if k < n_past else first[source.pair] + k - n_past
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
    m: Model, out: Occurrences, base: int, end: int, path: int, pair: int, wanted: float, drawn: Array,
    first: Array, count: Array, times: Array, latest: Array, begins: Array, rise: Array, decay: Array,
    factors: Array,
) -> int:  # fmt: skip
    """Append the occurrences of one rate-driven pair on one path from slot `end` on; return the new end.

    The first lies where the integral of the intensity reaches `wanted`. -1 says that a buffer is too short.
    """
    row = m.pair[pair]
    horizon = m.clock[0].horizon
    n_excitations = row.excitation_end - row.excitation_start
    begins[0] = 0
    for x in range(n_excitations):
        stop = gather(m, out, base, first, count, row.excitation_start + x, times, begins[x])
        if stop < 0:
            return -1
        begins[x + 1] = stop
        latest[x] = begins[x] - 1
    open_factors(m, pair, drawn, factors)
    rate = base_rate(m, pair, drawn)
    own = row.self_start
    piece = row.piece_start
    now = 0.0
    index = 0
    left = row.at_most
    first[pair] = end
    while now < horizon and left != 0:
        while m.piece[piece].until <= now:
            piece += 1
        until = m.piece[piece].until
        constant = rate * factors[m.piece[piece].mask]
        k = 0
        for x in range(n_excitations):
            stop = begins[x + 1]
            seen = latest[x]
            while seen + 1 < stop and times[seen + 1] <= now:
                seen += 1
            latest[x] = seen
            if seen + 1 < stop:
                until = min(until, times[seen + 1])
            if seen < begins[x]:
                continue
            excitation = m.excitation[row.excitation_start + x]
            factor = drawn[excitation.factor]
            since = times[seen]
            if excitation.mode == FOR_DAYS:
                if now < since + excitation.days:
                    constant *= factor
                    until = min(until, since + excitation.days)
            elif excitation.mode == DECAYS:
                rise[k] = factor - 1.0
                if now > since:
                    rise[k] *= exp(-excitation.decay * (now - since))
                decay[k] = excitation.decay
                k += 1
            else:
                constant *= factor
        length = until - now
        expected = constant * length
        if k > 0 or own > 0.0:
            expected = integral(constant, k, rise, decay, own, row.self_decay, length)
        if expected < wanted or expected <= 0.0:
            wanted -= expected
            if own > 0.0:
                own *= exp(-row.self_decay * length)
            now = until
            continue
        step = invert(constant, k, rise, decay, own, row.self_decay, wanted, length)
        now += step
        if now >= horizon:
            break
        if end >= out.time.shape[0] - 1:
            return -1
        outcome = choose_outcome(
            m, row.driver, drawn, uniform(row.outcome_key, np.uint64(path), np.uint64(index))
        )
        record(m, out, end, pair, now, outcome, index, path)
        if row.branching > 0.0:
            own = own * exp(-row.self_decay * step) + row.branching * row.self_decay
        end += 1
        index += 1
        left -= 1
        wanted = -log(1.0 - uniform(row.time_key, np.uint64(path), np.uint64(index)))
    count[pair] = end - first[pair]
    return end


@inner
def precedes(out: Occurrences, a: int, b: int) -> bool:
    """Whether one occurrence comes before another: by time, then driver, entity and number."""
    if out.time[a] != out.time[b]:
        return out.time[a] < out.time[b]
    if out.pair[a] != out.pair[b]:
        return out.pair[a] < out.pair[b]
    return out.number[a] < out.number[b]


@inner
def order_by_time(out: Occurrences, start: int, end: int, order: Array) -> None:
    """Which occurrence belongs in each place of a path in order (Shell's sort, gaps after Knuth)."""
    for at in range(start, end):
        order[at] = at
    gap = 1
    while gap < (end - start) // 9:
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
def draw_paths(
    m: Model, first_path: int, parameters: Array, times: Array, out: Occurrences, status: Array
) -> None:
    """Fill `out` for the paths of a block, given handles."""
    n_paths = parameters.shape[0]
    n_pairs = m.pair.shape[0]
    n_history = m.history.shape[0]
    # Only a rate and a date are drawn here: what rides on an adoption depends on the strategy.
    may_strike = np.zeros((n_pairs, n_paths), np.bool_)
    asked = np.empty((n_pairs, n_paths))  # of a rate, the integral at which the first occurrence lies
    factors = np.empty(m.mask.shape[0] + 1)
    order = np.empty(out.time.shape[0], np.int64)
    for pair in range(n_pairs):
        row = m.pair[pair]
        own = asked[pair]
        if row.kind != RATE and row.kind != DATE:
            continue
        uniform_block(row.time_key, np.uint64(first_path), np.uint64(0), own)
        if row.kind == DATE:
            for j in range(n_paths):
                may_strike[pair, j] = own[j] < parameters[j, row.probability]
        else:
            minus_log(own)
            for j in range(n_paths):
                may_strike[pair, j] = own[j] < greatest_hazard(m, pair, parameters[j], factors)
    first = np.zeros(n_pairs, np.int64)
    count = np.zeros(n_pairs, np.int64)
    # Scratch of one pair's excitations: never more than there are in all.
    latest = np.empty(m.excitation.shape[0], np.int64)
    begins = np.empty(m.excitation.shape[0] + 1, np.int64)
    rise = np.empty(m.excitation.shape[0])
    decay = np.empty(m.excitation.shape[0])
    end = 0
    for j in range(n_paths):
        path = first_path + j
        drawn = parameters[j]
        base = end
        out.offset[j] = base
        if base + n_history > out.time.shape[0] - 1:
            status[0] = TOO_MANY_OCCURRENCES
            return
        for h in range(n_history):
            past = m.history[h]
            outcome = past.outcome
            if outcome < 0:
                row = m.pair[past.pair]
                u = uniform(row.outcome_key, np.uint64(path), np.uint64(past.index))
                outcome = choose_outcome(m, row.driver, drawn, u)
            record(m, out, end, past.pair, past.time, outcome, past.index, path)
            end += 1
        for k in range(n_pairs):
            pair = m.order[k]
            count[pair] = 0
            if not may_strike[pair, j]:
                continue
            row = m.pair[pair]
            if row.kind == DATE:
                if end >= out.time.shape[0] - 1:
                    status[0] = TOO_MANY_OCCURRENCES
                    return
                u = uniform(row.outcome_key, np.uint64(path), np.uint64(0))
                record(m, out, end, pair, row.date, choose_outcome(m, row.driver, drawn, u), 0, path)
                first[pair] = end
                count[pair] = 1
                end += 1
                continue
            end = strike_pair(
                m, out, base, end, path, pair, asked[pair, j], drawn, first, count, times, latest, begins,
                rise, decay, factors,
            )  # fmt: skip
            if end < 0:
                status[0] = TOO_MANY_OCCURRENCES
                return
        order_by_time(out, base, end, order)
    out.offset[n_paths] = end
    held = np.empty(end)
    reorder(out.time, order, end, held)
    kept = np.empty(end, np.int64)
    reorder(out.pair, order, end, kept)
    reorder(out.number, order, end, kept)
    reorder(out.outcome, order, end, kept)
    reorder(out.reached, order, end, kept)
    status[0] = OK


@jit
def draw_occurrences(
    m: Model, first_path: int, parameters: Array, times: Array, out: Occurrences, status: Array
) -> None:
    """Fill `out` for a block of paths; `status[0]` says whether the buffers were long enough."""
    draw_paths(as_handle(m), first_path, parameters, times, as_handle(out), status)
