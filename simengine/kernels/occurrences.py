"""When drivers strike: occurrence times by inversion of the cumulative hazard, many paths side by side.

Nothing here knows the strategy, so several strategies answer the same occurrences. A driver whose first
occurrence cannot fall before the horizon, even were every excitation at its height, costs one uniform and
one comparison. The others are walked through their windows and excitations, pair after pair, exciters first:
each path on its own up to a stretch on which something wears off, and there all of them together, lane by
lane (`simengine.kernels.hazard`). What a path draws does not depend on which others are beside it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simengine.kernels.handles import as_handle
from simengine.kernels.hazard import (
    LANES,
    ROWS,
    ROWS_EACH,
)
from simengine.kernels.sorting import sort_path
from simengine.kernels.tables import (
    DATE,
    OK,
    RATE,
    TOO_MANY_OCCURRENCES,
    Array,
    Model,
    Occurrences,
)
from simengine.kernels.walk import (
    TOO_SHORT,
    Walk,
    ask_stretches,
    begin_walk,
    excite_itself,
    walk_on,
)
from simengine.rng.accelerate import inner, jit
from simengine.rng.elementary import log
from simengine.rng.philox import uniform, uniform_block, uniform_lanes


@inner
def choose_outcome(m: Model, driver: int, drawn: Any, j: int, u: float) -> int:
    """The outcome at u: drawn probabilities rescaled to sum to 1, the one that states none takes the rest.

    `drawn` is a handle that has the parameters of the block, j the path's row in them.
    """
    row = m.driver[driver]
    if row.outcome_end - row.outcome_start == 1:
        return row.outcome_start
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


@inner
def minus_log(values: Array) -> None:
    """-log(1 - u), lane by lane."""
    for lane in range(values.shape[0]):
        values[lane] = -log(1.0 - values[lane])


@inner
def strike(
    m: Model, h: Walk, pair: int, first_path: int, first_row: int, end: int, n_found: int, n_waiting: int
) -> tuple[int, int]:
    """Log the occurrences that were found, and draw when the next ones are due.

    Returns the end of the log, or TOO_SHORT, and how many lanes wait.
    """
    row = m.pair[pair]
    horizon = m.clock[0].horizon
    if row.branching > 0.0:
        excite_itself(h, row.self_decay, row.branching, n_found)
    struck = 0
    for i in range(n_found):
        lane = h.found[i]
        h.now[lane] += h.step[lane]
        if h.now[lane] < horizon:
            h.found[struck] = lane
            h.keys[struck] = row.outcome_key
            h.paths[struck] = np.uint64(first_path + lane)
            h.numbers[struck] = np.uint64(h.index[lane])
            struck += 1
    if end + struck > h.log_lane.shape[0]:
        return TOO_SHORT, 0
    outcomes = m.driver[row.driver]
    if outcomes.outcome_end - outcomes.outcome_start > 1:
        uniform_lanes(h.keys[:struck], h.paths, h.numbers, h.uniforms[:struck])
    for i in range(struck):
        lane = h.found[i]
        h.log_lane[end] = lane
        h.log_time[end] = h.now[lane]
        h.log_outcome[end] = choose_outcome(m, row.driver, h, first_row + lane, h.uniforms[i])
        h.log_reached[end] = draw_reach(m, pair, first_path + lane, h.index[lane])
        end += 1
        h.index[lane] += 1
        h.keys[i] = row.time_key
        h.numbers[i] = np.uint64(h.index[lane])
    uniform_lanes(h.keys[:struck], h.paths, h.numbers, h.uniforms[:struck])
    minus_log(h.uniforms[:struck])
    for i in range(struck):
        lane = h.found[i]
        if h.index[lane] != row.at_most:
            h.wanted[lane] = h.uniforms[i]
            h.waiting[n_waiting] = lane
            n_waiting += 1
    return end, n_waiting


@inner
def strike_pair(m: Model, h: Walk, pair: int, first_path: int, first_row: int, n: int, end: int) -> int:
    """Log the occurrences of a rate-driven pair on n paths from `end` on; the new end, or TOO_SHORT."""
    row = m.pair[pair]
    self_decay = row.self_decay if row.branching > 0.0 else 0.0
    uniform_block(row.time_key, np.uint64(first_path), np.uint64(0), h.wanted[:n])
    minus_log(h.wanted[:n])
    n_waiting = begin_walk(m, h, pair, first_row, n)
    if n_waiting < 0:
        return TOO_SHORT
    kinds = row.excitation_end - row.excitation_start + 1
    while n_waiting > 0:
        h.counts[:kinds] = 0
        n_found = walk_on(m, h, pair, first_row, n_waiting)
        n_waiting = 0
        for k in range(kinds):
            if h.counts[k] > 0:
                n_waiting, n_found = ask_stretches(h, k, self_decay, n_waiting, n_found)
        if n_found > 0:
            end, n_waiting = strike(m, h, pair, first_path, first_row, end, n_found, n_waiting)
            if end < 0:
                return TOO_SHORT
    return end


@inner
def strike_date(m: Model, h: Walk, pair: int, first_path: int, first_row: int, n: int, end: int) -> int:
    """As `strike_pair`, of a pair that strikes on a day or not at all."""
    row = m.pair[pair]
    uniform_block(row.time_key, np.uint64(first_path), np.uint64(0), h.wanted[:n])
    for lane in range(n):
        if not h.wanted[lane] < h.parameters[first_row + lane, row.probability]:
            continue
        if end >= h.log_lane.shape[0]:
            return TOO_SHORT
        u = uniform(row.outcome_key, np.uint64(first_path + lane), np.uint64(0))
        h.log_lane[end] = lane
        h.log_time[end] = row.date
        h.log_outcome[end] = choose_outcome(m, row.driver, h, first_row + lane, u)
        h.log_reached[end] = draw_reach(m, pair, first_path + lane, 0)
        end += 1
    return end


@inner
def sort_by_lane(m: Model, h: Walk, pair: int, n: int, start: int, end: int) -> None:
    """Put what was logged of a pair beside each other lane by lane; of a lane it comes in order of time."""
    n_pairs = m.pair.shape[0]
    counts, slots = h.count, h.place
    slots[:n] = 0
    for at in range(start, end):
        slots[h.log_lane[at]] += 1
    to = start
    for lane in range(n):
        h.first[lane * n_pairs + pair] = to
        counts[lane * n_pairs + pair] = slots[lane]
        to += slots[lane]
        slots[lane] = to - slots[lane]
    for at in range(start, end):
        lane = h.log_lane[at]
        to = slots[lane]
        h.time[to] = h.log_time[at]
        h.outcome[to] = h.log_outcome[at]
        h.reached[to] = h.log_reached[at]
        h.pair[to] = pair
        slots[lane] = to + 1


@inner
def draw_history(m: Model, h: Walk, first_path: int, first_row: int, n: int) -> None:
    """Outcomes, where they are not known, and reach of what struck before the start."""
    for past in range(m.history.shape[0]):
        row = m.history[past]
        pair = m.pair[row.pair]
        for lane in range(n):
            outcome = row.outcome
            if outcome < 0:
                u = uniform(pair.outcome_key, np.uint64(first_path + lane), np.uint64(row.index))
                outcome = choose_outcome(m, pair.driver, h, first_row + lane, u)
            h.past_outcome[past * LANES + lane] = outcome
            h.past_reached[past * LANES + lane] = draw_reach(m, row.pair, first_path + lane, row.index)


@inner
def line_up_path(m: Model, h: Walk, lane: int, n_slots: int) -> int:
    """List all that strikes a path, ordered by driver, entity and number; how many, or TOO_SHORT."""
    n = 0
    for pair in range(m.pair.shape[0]):
        row = m.pair[pair]
        count = h.count[lane * m.pair.shape[0] + pair]
        if n + row.history_end - row.history_start + count > n_slots:
            return TOO_SHORT
        for past in range(row.history_start, row.history_end):
            h.run_time[n] = m.history[past].time
            h.run_at[n] = -1 - past
            n += 1
        first = h.first[lane * m.pair.shape[0] + pair]
        for at in range(first, first + count):
            h.run_time[n] = h.time[at]
            h.run_at[n] = at
            n += 1
    return n


@inner
def tell_path(m: Model, h: Walk, out: Occurrences, lane: int, end: int) -> int:
    """Append all that strikes a path to `out` in order of time; return the end, or TOO_SHORT.

    Ties go by driver, entity and number: so they are listed, and sorting leaves them.
    """
    n = line_up_path(m, h, lane, out.time.shape[0] - 1 - end)
    if n < 0:
        return TOO_SHORT
    times, ats = h.run_time, h.run_at
    if sort_path(times, ats, h.spare_time, h.spare_at, n):
        times, ats = h.spare_time, h.spare_at
    for k in range(n):
        at = ats[k]
        out.time[end + k] = times[k]
        if at < 0:
            past = m.history[-1 - at]
            out.pair[end + k] = past.pair
            out.number[end + k] = past.index
            out.outcome[end + k] = h.past_outcome[(-1 - at) * LANES + lane]
            out.reached[end + k] = h.past_reached[(-1 - at) * LANES + lane]
        else:
            pair = h.pair[at]
            out.pair[end + k] = pair
            out.number[end + k] = at - h.first[lane * m.pair.shape[0] + pair]
            out.outcome[end + k] = h.outcome[at]
            out.reached[end + k] = h.reached[at]
    return end + n


@inner
def strike_lanes(m: Model, h: Walk, first_path: int, first_row: int, n: int) -> bool:
    """Find all that strikes n paths side by side; whether there was room."""
    draw_history(m, h, first_path, first_row, n)
    h.count[:] = 0
    end = 0
    for k in range(m.pair.shape[0]):
        pair = m.order[k]
        kind = m.pair[pair].kind
        start = end
        if kind == RATE:
            end = strike_pair(m, h, pair, first_path, first_row, n, end)
        elif kind == DATE:
            end = strike_date(m, h, pair, first_path, first_row, n, end)
        if end < 0:
            return False
        if end > start:
            sort_by_lane(m, h, pair, n, start, end)
    return True


@inner
def strike_paths(m: Model, h: Walk, out: Occurrences, first_path: int, status: Array) -> None:
    """Fill `out` for the paths of a block, given handles."""
    n_paths = h.parameters.shape[0]
    end = 0
    for first_row in range(0, n_paths, LANES):
        n = min(LANES, n_paths - first_row)
        status[0] = TOO_MANY_OCCURRENCES
        if not strike_lanes(m, h, first_path + first_row, first_row, n):
            return
        for lane in range(n):
            out.offset[first_row + lane] = end
            end = tell_path(m, h, out, lane, end)
            if end < 0:
                return
    out.offset[n_paths] = end
    status[0] = OK


@jit
def draw_occurrences(
    m: Model, first_path: int, parameters: Array, times: Array, out: Occurrences, status: Array
) -> int:
    """Fill `out` for a block of paths; `status[0]` says whether the buffers were long enough.

    Returns how many there are.
    """
    n_pairs = m.pair.shape[0]
    n_slots = out.time.shape[0]
    most = 0  # excitations of one pair
    masks = 0
    for pair in range(n_pairs):
        most = max(most, m.pair[pair].excitation_end - m.pair[pair].excitation_start)
        masks = max(masks, m.pair[pair].mask_end - m.pair[pair].mask_start)
    walk = Walk(
        parameters=parameters,
        now=np.empty(LANES),
        wanted=np.empty(LANES),
        own=np.empty(LANES),
        rate=np.empty(LANES),
        until=np.empty(LANES),
        piece=np.empty(LANES, np.int64),
        index=np.empty(LANES, np.int64),
        factors=np.empty(masks * LANES),
        times=times,
        stops=np.empty(most * LANES, np.int64),
        latest=np.empty(most * LANES, np.int64),
        since=np.empty(most * LANES),
        following=np.empty(most * LANES),
        waiting=np.empty(LANES, np.int64),
        found=np.empty(LANES, np.int64),
        place=np.empty(LANES, np.int64),
        stretches=np.empty((most + 1, (ROWS + ROWS_EACH * max(most, 2)) * LANES)),
        lanes=np.empty((most + 1, LANES), np.int64),
        counts=np.zeros(most + 1, np.int64),
        rise=np.empty(most),
        decay=np.empty(most),
        age=np.empty(most),
        step=np.empty(LANES),
        keys=np.empty(LANES, np.uint64),
        paths=np.empty(LANES, np.uint64),
        numbers=np.empty(LANES, np.uint64),
        uniforms=np.empty(LANES),
        log_lane=np.empty(n_slots, np.int64),
        log_time=np.empty(n_slots),
        log_outcome=np.empty(n_slots, np.int64),
        log_reached=np.empty(n_slots, np.int64),
        time=np.empty(n_slots),
        outcome=np.empty(n_slots, np.int64),
        reached=np.empty(n_slots, np.int64),
        first=np.zeros(n_pairs * LANES, np.int64),
        count=np.zeros(n_pairs * LANES, np.int64),
        past_outcome=np.empty(m.history.shape[0] * LANES, np.int64),
        past_reached=np.empty(m.history.shape[0] * LANES, np.int64),
        pair=np.empty(n_slots, np.int64),
        run_time=np.empty(n_slots),
        run_at=np.empty(n_slots, np.int64),
        spare_time=np.empty(n_slots),
        spare_at=np.empty(n_slots, np.int64),
    )
    strike_paths(as_handle(m), as_handle(walk), as_handle(out), first_path, status)
    # A handle owns nothing: reading `walk` after its use keeps the arrays until here.
    return out.offset[walk.parameters.shape[0]]
