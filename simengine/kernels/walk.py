"""Paths side by side on their way through one driver's windows and excitations.

Each path is walked on its own up to its next occurrence or to a stretch on which something wears off; what
the latter expect is asked of all that are on one together (`simengine.kernels.hazard`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simengine.kernels.hazard import (
    AGE,
    CONSTANT,
    DECAY,
    EACH,
    FOUND,
    LANES,
    LENGTH,
    OTHER,
    OWN,
    RISE,
    SPARE,
    TOTAL,
    WANTED,
    X,
    find,
    strengths,
    wear_off,
)
from simengine.kernels.tables import ALWAYS, DECAYS, FOR_DAYS, Array, Model
from simengine.rng.accelerate import dissolved, inner
from simengine.rng.elementary import exp

SLACK = 1.0 + 1e-9  # the bound on the hazard is compared in floating point
TOO_SHORT = -1


class Walk(NamedTuple):
    """Scratch for some paths side by side, at most LANES: passed on as a handle."""

    parameters: Array  # (path, parameter), of the whole block
    # Where each path stands: (lane,).
    now: Array
    wanted: Array  # the integral that is still to come before the next occurrence
    own: Array  # self-excitation, occurrences a day
    rate: Array  # a day, before windows and excitations
    until: Array  # the end of the stretch that it is on
    piece: Array
    index: Array  # the number of its next occurrence
    factors: Array  # (mask, lane): of open windows, for each combination that the pair meets
    # When excitations act: the last in `times` that has begun, where they stop; (excitation, lane).
    times: Array
    stops: Array
    latest: Array
    since: Array  # when the last began, -inf before the first
    following: Array  # when the next begins
    # Which lanes are where in a round.
    waiting: Array
    found: Array
    place: Array
    stretches: Array  # (excitations wearing off, row of `hazard` x LANES)
    lanes: Array  # (excitations wearing off, lane): whose stretches these are
    counts: Array  # (excitations wearing off,)
    rise: Array  # (excitation,): of one lane, the stretch that it is on
    decay: Array
    age: Array
    step: Array  # (lane,): days to the occurrences that were found
    keys: Array
    paths: Array
    numbers: Array
    uniforms: Array
    # What was found, pair after pair, then each pair's by lane.
    log_lane: Array
    log_time: Array
    log_outcome: Array
    log_reached: Array
    time: Array
    outcome: Array
    reached: Array
    first: Array  # (lane, pair)
    count: Array  # (lane, pair)
    past_outcome: Array  # (history, lane)
    past_reached: Array
    pair: Array
    # Of one path, for sorting; a slot of the columns above, or -1 less the row of history.
    run_time: Array
    run_at: Array
    spare_time: Array
    spare_at: Array


@inner
def look_ahead(m: Model, h: Walk, pair: int, lane: int, j: int) -> float:
    """Keep a path's rate and window factors; return the greatest hazard that it can meet up to the horizon.

    No path with these parameters can have a greater cumulative hazard before its first occurrence.
    """
    row = m.pair[pair]
    rate = h.parameters[j, row.rate] / 365.0
    for f in range(row.factor_start, row.factor_end):
        rate *= h.parameters[j, m.frailty[f]]
    h.rate[lane] = rate
    total = 0.0
    for k in range(row.mask_end - row.mask_start):
        mask = m.mask[row.mask_start + k]
        factor = 1.0
        for w in range(row.window_end - row.window_start):
            if (mask.mask >> w) & 1:
                factor *= h.parameters[j, m.window_factor[row.window_start + w]]
        h.factors[k * LANES + lane] = factor
        total += mask.days * factor
    total *= rate
    for x in range(row.excitation_start, row.excitation_end):
        total *= max(1.0, h.parameters[j, m.excitation[x].factor])
    if row.self_start > 0.0:
        total += row.self_start / row.self_decay
    return total * SLACK


@inner
def gather(m: Model, h: Walk, x: int, lane: int, start: int) -> int:
    """Write the times from which excitation x acts on a lane's path, in order, to times[start:].

    Returns the end, or TOO_SHORT.
    """
    row = m.excitation[x]
    times = h.times
    end = start
    for s in range(row.source_start, row.source_end):
        source = m.source[s]
        past = m.pair[source.pair]
        n_past = past.history_end - past.history_start
        first = h.first[lane * m.pair.shape[0] + source.pair]
        for k in range(n_past + h.count[lane * m.pair.shape[0] + source.pair]):
            if k < n_past:
                at = (past.history_start + k) * LANES + lane
                moment, outcome, reached = (
                    m.history[past.history_start + k].time,
                    h.past_outcome[at],
                    h.past_reached[at],
                )
            else:
                at = first + k - n_past
                moment, outcome, reached = h.time[at], h.outcome[at], h.reached[at]
            if row.outcome >= 0 and outcome != row.outcome:
                continue
            if source.need != ALWAYS and (reached & source.need) == 0:
                continue
            if end >= times.shape[0]:
                return TOO_SHORT
            moment += row.delay
            slot = end
            while slot > start and times[slot - 1] > moment:
                times[slot] = times[slot - 1]
                slot -= 1
            times[slot] = moment
            end += 1
    return end


@inner
def begin_walk(m: Model, h: Walk, pair: int, first_row: int, n: int) -> int:
    """Which of the n paths the pair can strike at all, on day 0; returns how many, or TOO_SHORT."""
    row = m.pair[pair]
    n_excitations = row.excitation_end - row.excitation_start
    n_waiting = 0
    end = 0
    for lane in range(n):
        greatest = look_ahead(m, h, pair, lane, first_row + lane)
        if row.at_most == 0 or not h.wanted[lane] < greatest:
            continue
        for x in range(n_excitations):
            at = x * LANES + lane
            start = end
            h.latest[at] = start - 1
            end = gather(m, h, row.excitation_start + x, lane, start)
            if end < 0:
                return TOO_SHORT
            h.stops[at] = end
            h.since[at] = -np.inf
            h.following[at] = h.times[start] if end > start else np.inf
        h.now[lane] = 0.0
        h.own[lane] = row.self_start
        h.piece[lane] = row.piece_start
        h.index[lane] = 0
        h.waiting[n_waiting] = lane
        n_waiting += 1
    return n_waiting


@inner
def walk_on(m: Model, h: Walk, pair: int, first_row: int, n_waiting: int) -> int:
    """Walk each waiting path up to its next occurrence, or to a stretch on which something wears off.

    Of the former, as many as are returned, `found` has the lanes and `step` the days to the occurrence; of
    the latter, `stretches` has what lies ahead, by the number of excitations that wear off there. Others are
    past the horizon.
    """
    row = m.pair[pair]
    horizon = m.clock[0].horizon
    n_excitations = row.excitation_end - row.excitation_start
    nows, wanteds, pieces, rates, owns = h.now, h.wanted, h.piece, h.rate, h.own
    factors, times, parameters = h.factors, h.times, h.parameters
    stops, latest, since_at, next_at = h.stops, h.latest, h.since, h.following
    rise, decay, age = h.rise, h.decay, h.age
    n_found = 0
    for i in range(n_waiting):
        lane = h.waiting[i]
        now = nows[lane]
        wanted = wanteds[lane]
        own = owns[lane]
        piece = pieces[lane]
        rate = rates[lane]
        while now < horizon:
            while m.piece[piece].until <= now:
                piece += 1
            until = m.piece[piece].until
            constant = rate * factors[m.piece[piece].mask * LANES + lane]
            k = 0
            for x in range(n_excitations):
                at = x * LANES + lane
                following = next_at[at]
                if following <= now:
                    seen = latest[at] + 1
                    stop = stops[at]
                    while seen + 1 < stop and times[seen + 1] <= now:
                        seen += 1
                    latest[at] = seen
                    since_at[at] = times[seen]
                    following = times[seen + 1] if seen + 1 < stop else np.inf
                    next_at[at] = following
                until = min(until, following)
                since = since_at[at]
                if since == -np.inf:
                    continue
                excitation = m.excitation[row.excitation_start + x]
                if excitation.mode == FOR_DAYS:
                    if now < since + excitation.days:
                        constant *= parameters[first_row + lane, excitation.factor]
                        until = min(until, since + excitation.days)
                elif excitation.mode == DECAYS:
                    rise[k] = parameters[first_row + lane, excitation.factor] - 1.0
                    decay[k] = excitation.decay
                    age[k] = now - since
                    k += 1
                else:
                    constant *= parameters[first_row + lane, excitation.factor]
            length = until - now
            if k > 0 or own > 0.0:
                line_up(h, k, lane, constant, own, length, wanted)
                h.until[lane] = until
                break
            expected = constant * length
            if expected < wanted or expected <= 0.0:
                wanted -= expected
                now = until
                continue
            h.step[lane] = min(wanted / constant, length)
            h.found[n_found] = lane
            n_found += 1
            break
        nows[lane] = now
        wanteds[lane] = wanted
        pieces[lane] = piece
    return n_found


@dissolved
def line_up(h: Walk, k: int, lane: int, constant: float, own: float, length: float, wanted: float) -> None:
    """Put a lane's stretch beside those on which as many excitations wear off."""
    a = h.stretches[k]
    at = h.counts[k]
    a[CONSTANT + at] = constant
    a[OWN + at] = own
    a[LENGTH + at] = length
    a[X + at] = length
    a[WANTED + at] = wanted
    for x in range(k):
        a[RISE + x * EACH + at] = h.rise[x]
        a[DECAY + x * EACH + at] = h.decay[x]
        a[AGE + x * EACH + at] = h.age[x]
    h.lanes[k, at] = lane
    h.counts[k] = at + 1


@inner
def ask_stretches(h: Walk, k: int, self_decay: float, n_waiting: int, n_found: int) -> tuple[int, int]:
    """On which of the stretches of a kind something occurs, and when; the other lanes go on behind them.

    Returns how many lanes wait now, and how many have found their next occurrence.
    """
    n = h.counts[k]
    a = h.stretches[k]
    lanes = h.lanes[k]
    wear_off(a, n, k)
    strengths(a, n, k, self_decay)
    if self_decay > 0.0:
        fade(a, n, self_decay, LENGTH, SPARE)
    kept = 0
    for i in range(n):
        lane = lanes[i]
        expected = a[TOTAL + i]
        if expected < a[WANTED + i] or expected <= 0.0:
            h.wanted[lane] = a[WANTED + i] - expected
            if self_decay > 0.0:
                h.own[lane] = a[SPARE + i]
            h.now[lane] = h.until[lane]
            h.waiting[n_waiting] = lane
            n_waiting += 1
            continue
        lanes[kept] = lane
        for row in (CONSTANT, OWN, LENGTH, WANTED, TOTAL):
            a[row + kept] = a[row + i]
        for x in range(k):
            a[RISE + x * EACH + kept] = a[RISE + x * EACH + i]
            a[DECAY + x * EACH + kept] = a[DECAY + x * EACH + i]
        kept += 1
    if kept > 0:
        find(a, kept, k, self_decay, h.place)
        for i in range(kept):
            h.step[lanes[i]] = a[FOUND + i]
            h.found[n_found] = lanes[i]
            n_found += 1
    return n_waiting, n_found


@inner
def fade(a: Array, n: int, decay: float, days: int, out: int) -> None:
    """Row `out`: self-excitation after the days in a row."""
    n = min(n, LANES)
    lengths, faded = a[days : days + LANES], a[out : out + LANES]
    for i in range(n):
        faded[i] = a[OWN + i] * exp(-decay * lengths[i])


@inner
def excite_itself(h: Walk, decay: float, branching: float, n_found: int) -> None:
    """Self-excitation just after the occurrences that were found."""
    a = h.stretches[0]
    for i in range(n_found):
        a[OWN + i] = h.own[h.found[i]]
        a[X + i] = h.step[h.found[i]]
    fade(a, n_found, decay, X, OTHER)
    for i in range(n_found):
        h.own[h.found[i]] = a[OTHER + i] + branching * decay
