"""How workloads answer and what that costs: the next event of every lane, all lanes at once."""

from __future__ import annotations

import numpy as np

from benchmarks.numpy_baseline.lanes import (
    COST_PV,
    DAYS,
    EXPOSURE,
    EXPOSURE_PV,
    INFERENCE,
    MOVE,
    NOTHING,
    ONE_OFF,
    OVERDUE,
    PAY,
    STRAND,
    SUMS,
    UPKEEP,
    Lanes,
)
from benchmarks.numpy_baseline.lowering import Lowered
from benchmarks.numpy_baseline.periods import COST, FLAT, Periods
from benchmarks.numpy_baseline.periods import EXPOSURE as LOST
from benchmarks.numpy_baseline.sampling import row_sampler
from benchmarks.numpy_baseline.world import Columns, World

Array = np.ndarray
# Factors are divided out again when their effect ends, so 0 becomes something that cannot be seen in a sum.
LEAST = 1e-12
# Copying all lanes to drop the finished ones pays when this share of them is finished.
WORTH_DROPPING = 0.2


class Player:
    """Plays lanes through one world."""

    def __init__(self, low: Lowered, world: World, adoption: dict[str, Array], trend: Array, rng) -> None:
        self.low, self.world, self.adoption, self.rng = low, world, adoption, rng
        self.trend, self.has_trend = trend, bool(trend.any())
        self.claim_strikes = [np.zeros(world.n_paths, dtype=int) for _ in range(world.n_claims)]
        self.width = low.fallbacks.shape[1]
        drivers = low.study.scenario.drivers
        self.has_own_places = any(drivers[name].scope == "workload" for name in world.strikes)
        self.draw = {
            field: row_sampler([row[field] for row in low.fallback_rows])
            for field in ("lead_days", "move_cost", "severity", "spend_factor")
        }
        # Play the future of a lane once more for each strike, as booking what it changed would have to.
        self.projects = False
        self.last_line = np.full(len(low.workloads) * world.n_paths, -1)
        # Only of what really happens: None while a decision is tried out.
        self.periods: Periods | None = None
        self.stranded = row_sampler(
            [low.study.portfolio.workloads[name].responses.stranded_severity for name in low.workloads]
        )

    def play(self, lanes: Lanes, imagined: bool = False) -> Array:
        """Totals of every lane, in the order they came; imagined lanes meet no further occurrence."""
        out = np.zeros((len(SUMS), lanes.size))
        lanes.slot = np.arange(lanes.size)
        horizon = self.low.horizon
        while lanes.size:
            until = np.minimum(lanes.next_strike, lanes.move_at)
            for other in (lanes.next_own_strike, lanes.adopt_at, lanes.due):
                np.minimum(until, other, out=until)
            if len(lanes.slot_end):
                np.minimum(until, lanes.slot_end.min(axis=0), out=until)
            np.minimum(until, horizon, out=until)
            self.accrue(lanes, until)
            over = until >= horizon
            n_over = int(np.count_nonzero(over))
            if n_over >= WORTH_DROPPING * lanes.size:
                self.book_upkeep(lanes, np.flatnonzero(over))
                self.close_periods(lanes, np.flatnonzero(over), (COST, FLAT, LOST))
                if not imagined:
                    is_on_a_line = np.isfinite(lanes.counted_from[over])
                    self.last_line[lanes.slot[over]] = np.where(is_on_a_line, lanes.line[over], -1)
                out[:, lanes.slot[over]] = lanes.total[:, over]
                lanes = lanes.take(np.flatnonzero(~over))
                until = until[~over]
                if not lanes.size:
                    break
                over = np.zeros(lanes.size, dtype=bool)
            now = np.where(over, -np.inf, until)
            self.happen(lanes, now, imagined)
        return out

    def accrue(self, lanes: Lanes, until: Array) -> None:
        """Add what runs from `lanes.t` to `until`; lanes already at the horizon add nothing."""
        low, total = self.low, lanes.total
        value_growth = np.exp(lanes.growth * until)
        spend_growth = value_growth * np.exp(lanes.trend * until) if self.has_trend else value_growth
        rate = lanes.growth + lanes.trend if self.has_trend else lanes.growth
        spent = lanes.spend * (spend_growth - lanes.spend_growth) / rate
        inference = spent * lanes.mult
        total[INFERENCE] += inference
        elapsed = until - lanes.t
        if self.periods is not None:
            running = np.flatnonzero((elapsed > 0.0) & (lanes.mult > 0.0))
            level, growing = lanes.spend[running] * lanes.mult[running], rate[running]
            self.periods.add(COST, lanes.slot[running], level, growing, lanes.t[running], until[running])
        if low.log_discount:
            discount = np.exp(-low.log_discount * until)
            spent_pv = spend_growth * discount - lanes.spend_growth * lanes.discount
            spent_pv *= lanes.spend / (rate - low.log_discount)
            total[COST_PV] += spent_pv * lanes.mult
        else:
            discount = lanes.discount
            total[COST_PV] += inference
        hurt = np.flatnonzero((lanes.keep < 1.0) & (elapsed > 0.0))
        if hurt.size:
            severity = 1.0 - lanes.keep[hurt]
            growth = lanes.growth[hurt]
            worth = lanes.value[hurt] * severity
            after, before = value_growth[hurt], lanes.value_growth[hurt]
            total[EXPOSURE, hurt] += worth * (after - before) / growth
            change = after * discount[hurt] - before * lanes.discount[hurt]
            total[EXPOSURE_PV, hurt] += worth * change / (growth - low.log_discount)
            total[DAYS, hurt] += severity * elapsed[hurt]
            if self.periods is not None:
                self.periods.add(LOST, lanes.slot[hurt], worth, growth, lanes.t[hurt], until[hurt])
        lanes.t, lanes.value_growth = until, value_growth
        lanes.spend_growth, lanes.discount = spend_growth, discount

    def book_upkeep(self, lanes: Lanes, chosen: Array) -> None:
        """Upkeep of all quiet occurrences that met the lanes on their line, where they came at `since`."""
        n, path = self.world.n_paths, lanes.path[chosen]
        self.book_upkeep_of(lanes, chosen, lanes.line[chosen] * n + path, stands=True)
        if self.has_own_places:
            row = (len(self.low.lines) + lanes.w[chosen]) * n + path
            self.book_upkeep_of(lanes, chosen, row, stands=False)

    def book_upkeep_of(self, lanes: Lanes, chosen: Array, row: Array, stands: bool) -> None:
        world, low = self.world, self.low
        begin = world.quiet.begin[row]
        # A lane at the horizon has met all of its row, which takes no search.
        counts = world.quiet.begin[row + 1] - begin
        until = np.minimum(lanes.t[chosen], lanes.known_until[chosen])
        early = np.flatnonzero((until < low.horizon) & (counts > 0))
        known = row[early] * world.span + until[early]
        counts[early] = np.searchsorted(world.quiet.key, known, side="right") - begin[early]
        some = np.flatnonzero(counts)
        chosen, begin, counts = chosen[some], begin[some], counts[some]
        first = np.cumsum(counts) - counts
        position = np.arange(counts.sum()) + np.repeat(begin - first, counts)
        nth = np.repeat(np.arange(chosen.size), counts)
        occurrence = world.quiet.occurrence[position]
        w, line, since = lanes.w[chosen][nth], lanes.line[chosen][nth], lanes.since[chosen][nth]
        counted, until = np.maximum(since, lanes.counted_from[chosen][nth]), lanes.t[chosen][nth]
        kind, began = world.kind[occurrence], world.time[occurrence]
        for number, columns in enumerate(world.columns):
            if "share" not in columns and "per_day" not in columns:
                continue
            # What began before the lane came meets it only if it stands; at the start also what runs on.
            end = began + columns["days"][occurrence]
            meets = (began >= since) | (since < 0.0) | (np.isinf(end) & stands)
            end = np.where(meets, np.minimum(end, until), 0.0)
            start = np.maximum(np.maximum(counted, began), 0.0)
            admitted = (end > start) & low.admits[number, kind, w, line]
            booked = np.flatnonzero(admitted)
            lane = chosen[nth[booked]]
            cost, cost_pv = self.upkeep(lanes, lane, columns, occurrence[booked], start[booked], end[booked])
            lanes.total[UPKEEP, chosen] += np.bincount(nth[booked], cost, minlength=chosen.size)
            lanes.total[COST_PV, chosen] += np.bincount(nth[booked], cost_pv, minlength=chosen.size)

    def upkeep(self, lanes, lane, columns: Columns, occurrence, start, end) -> tuple[Array, Array]:
        """Nominal and present value of upkeep from start to end."""
        cost, cost_pv, rho = np.zeros(lane.size), np.zeros(lane.size), self.low.log_discount
        if "share" in columns:
            rate = lanes.growth[lane] + lanes.trend[lane]
            scale = lanes.spend[lane] * columns["share"][occurrence]
            if self.periods is not None:
                self.periods.add(COST, lanes.slot[lane], scale, rate, start, end)
            first, last = np.exp(rate * start), np.exp(rate * end)
            cost = scale * (last - first) / rate
            if rho:
                last *= np.exp(-rho * end)
                first *= np.exp(-rho * start)
                cost_pv = scale * (last - first) / (rate - rho)
        if "per_day" in columns:
            per_day = columns["per_day"][occurrence]
            cost = cost + per_day * (end - start)
            if self.periods is not None:
                self.periods.add(FLAT, lanes.slot[lane], per_day, 0.0, start, end)
            if rho:
                cost_pv = cost_pv + per_day * (np.exp(-rho * start) - np.exp(-rho * end)) / rho
        return cost, cost_pv if rho else cost

    def lump(self, lanes: Lanes, chosen: Array, amount: Array) -> None:
        if self.periods is not None:
            self.periods.add_lump(lanes.slot[chosen], lanes.t[chosen], amount)

    def close_periods(self, lanes: Lanes, chosen: Array, accounts: tuple[int, ...]) -> None:
        """Of lanes whose growth changes, or that have come to the horizon."""
        if self.periods is None or not chosen.size:
            return
        rates = {COST: lanes.growth[chosen] + lanes.trend[chosen], LOST: lanes.growth[chosen]}
        for account in accounts:
            self.periods.close(account, lanes.slot[chosen], rates.get(account, rates[LOST]))

    def happen(self, lanes: Lanes, now: Array, imagined: bool) -> None:
        """Everything due at `now`, in the model's order."""
        if len(lanes.slot_end):
            ending = np.flatnonzero(lanes.slot_end.min(axis=0) <= now)
            if ending.size:
                lanes.release(ending, now[ending])
        arriving = np.flatnonzero(lanes.move_at <= now)
        if arriving.size:
            self.arrive(lanes, arriving, imagined)
        struck = np.flatnonzero(lanes.next_strike <= now)
        if struck.size:
            self.struck_on_the_line(lanes, struck)
        struck = np.flatnonzero(lanes.next_own_strike <= now)
        if struck.size:
            occurrence = self.world.loud.occurrence[lanes.own_pointer[struck]]
            lanes.own_pointer[struck] += 1
            self.look_for_own(lanes, struck)
            self.strike(lanes, struck, occurrence)
        due = np.flatnonzero(lanes.due <= now)
        if due.size:
            self.fall_due(lanes, due)
        adopting = np.flatnonzero(lanes.adopt_at <= now)
        if adopting.size:
            self.begin_adoption(lanes, adopting)

    # -- strikes ----------------------------------------------------------------------------------------

    def look_ahead(self, lanes: Lanes, chosen: Array) -> None:
        """Time of the next occurrence on the line, from the pointer."""
        row = lanes.line[chosen] * self.world.n_paths + lanes.path[chosen]
        time = self.world.loud.key[lanes.pointer[chosen]] - row * self.world.span
        lanes.next_strike[chosen] = np.where(time < self.low.horizon, time, np.inf)

    def look_for_own(self, lanes: Lanes, chosen: Array) -> None:
        row = (len(self.low.lines) + lanes.w[chosen]) * self.world.n_paths + lanes.path[chosen]
        time = self.world.loud.key[lanes.own_pointer[chosen]] - row * self.world.span
        lanes.next_own_strike[chosen] = np.where(time < self.low.horizon, time, np.inf)

    def find_on_line(self, lanes: Lanes, chosen: Array) -> None:
        """Set the pointer behind everything that has struck the line, for lanes new to it."""
        row = lanes.line[chosen] * self.world.n_paths + lanes.path[chosen]
        key = row * self.world.span + lanes.t[chosen]
        lanes.pointer[chosen] = np.searchsorted(self.world.loud.key, key, "right")
        self.look_ahead(lanes, chosen)

    def struck_on_the_line(self, lanes: Lanes, struck: Array) -> None:
        occurrence = self.world.loud.occurrence[lanes.pointer[struck]]
        lanes.pointer[struck] += 1
        self.look_ahead(lanes, struck)
        self.strike(lanes, struck, occurrence)
        if self.projects:
            self.as_if_nothing_followed(lanes.take(struck))

    def strike(self, lanes: Lanes, struck: Array, occurrence: Array, before: bool = False) -> None:
        """Let one occurrence act on each lane. `before`: it was before the start, or before the lane came."""
        kind, began = self.world.kind[occurrence], self.world.time[occurrence]
        for position, columns in enumerate(self.world.columns):
            admitted = self.low.admits[position, kind, lanes.w[struck], lanes.line[struck]]
            if not admitted.all():
                chosen = np.flatnonzero(admitted)
                if chosen.size:
                    self.act(lanes, struck[chosen], occurrence[chosen], columns, began[chosen], before)
            else:
                self.act(lanes, struck, occurrence, columns, began, before)

    def act(self, lanes, struck, occurrence, columns: Columns, began: Array, before: bool) -> None:
        if not before and "one_off" in columns:
            amount = columns["one_off"][occurrence]
            lanes.total[ONE_OFF, struck] += amount
            self.lump(lanes, struck, amount)
            lanes.total[COST_PV, struck] += amount * lanes.discount[struck]
        end = began + columns["days"][occurrence] if "days" in columns else None
        if before and end is not None:
            # On arrival only what stands acts; at the start whatever has not ended yet.
            lasting = np.isinf(end) | ((end > 0.0) & (lanes.since[struck] < 0.0))
            struck, occurrence, end, began = (
                struck[lasting],
                occurrence[lasting],
                end[lasting],
                began[lasting],
            )
        self.multiply(lanes, struck, occurrence, columns, end)
        if "grace" in columns:
            grace = columns["grace"][occurrence]
            forced = np.flatnonzero(~np.isnan(grace))
            if forced.size:
                deadline = np.maximum(began[forced] + grace[forced], lanes.t[struck[forced]])
                self.answer(lanes, struck[forced], deadline, columns["pay"][occurrence[forced]])

    def multiply(self, lanes, struck, row, columns: Columns, end: Array | None) -> None:
        mult: Array | float = 1.0
        keep: Array | float = 1.0
        if "spend" in columns:
            mult = np.maximum(columns["spend"][row], LEAST)
        if "saving" in columns:
            mult = mult * np.maximum(1.0 - columns["saving"][row] * self.low.usage[lanes.w[struck]], LEAST)
        if not np.isscalar(mult):
            lanes.mult[struck] *= mult
        if "keep" in columns:
            keep = np.maximum(columns["keep"][row], LEAST)
            lanes.keep[struck] *= keep
        if end is not None:
            timed = np.isfinite(end)
            deltas = tuple(d if np.isscalar(d) else d[timed] for d in (mult, keep))  # type: ignore[index]
            lanes.hold(struck[timed], end[timed], deltas)

    # -- answers ----------------------------------------------------------------------------------------

    def answer(self, lanes: Lanes, forced: Array, deadline: Array, pay: Array) -> None:
        moving = np.isfinite(lanes.move_at[forced])
        if moving.any():
            lane, day = forced[moving], deadline[moving]
            earlier = (day < lanes.due[lane]) & (lanes.due_kind[lane] <= OVERDUE) & ~lanes.decided[lane]
            earlier &= ~((lanes.due_kind[lane] == OVERDUE) & np.isinf(lanes.due[lane]))
            lanes.due[lane[earlier]] = day[earlier]
            lanes.due_kind[lane[earlier]] = OVERDUE
        open_ = ~moving & ~lanes.decided[forced]
        if not open_.any():
            return
        forced, deadline, pay = forced[open_], deadline[open_], pay[open_]
        rank = self.first_fallback(lanes, forced)
        can_move, can_pay = rank >= 0, ~np.isnan(pay)
        policy = self.low.policy[lanes.w[forced]]
        moves = can_move & ((policy == 0) | ~can_pay | (policy == 2))
        pays = can_pay & ((policy == 1) | (policy == 2))
        both = np.flatnonzero(moves & pays)
        move = self.draw_moves(lanes, forced, rank, moves)
        if both.size:
            cheaper = self.compare(
                lanes, forced[both], deadline[both], pay[both], {k: v[both] for k, v in move.items()}
            )
            moves[both], pays[both] = cheaper, ~cheaper
        chosen = np.flatnonzero(moves)
        if chosen.size:
            self.begin_move(lanes, forced[chosen], deadline[chosen], {k: v[chosen] for k, v in move.items()})
        chosen = np.flatnonzero(pays)
        self.stay(lanes, forced[chosen], deadline[chosen], pay[chosen])
        lost = forced[~moves & ~pays]
        lanes.due[lost], lanes.due_kind[lost] = deadline[~moves & ~pays], STRAND
        lanes.decided[lost] = True
        lanes.adopt_at[lost] = np.inf

    def first_fallback(self, lanes: Lanes, chosen: Array) -> Array:
        """Rank of the first fallback that is neither lost nor where the workload is; -1 if there is none."""
        rank = np.full(chosen.size, -1)
        w, path, line = lanes.w[chosen], lanes.path[chosen], lanes.line[chosen]
        when = np.minimum(lanes.t[chosen], lanes.known_until[chosen])
        for position in range(self.width - 1, -1, -1):
            target = self.low.fallbacks[w, position]
            pair = self.world.pair_of[w, target]
            good = (target >= 0) & (target != line)
            good &= self.world.lost[pair, path] > when
            rank[good] = position
        return rank

    def draw_moves(self, lanes: Lanes, forced: Array, rank: Array, wanted: Array) -> dict[str, Array]:
        chosen = np.flatnonzero(wanted)
        w = lanes.w[forced]
        row = w[chosen] * self.width + rank[chosen]
        move = {"line": self.low.fallbacks[w, np.maximum(rank, 0)]}
        for field, sample in self.draw.items():
            move[field] = np.zeros(forced.size)
            move[field][chosen] = sample(row, self.rng)
        return move

    def begin_move(self, lanes: Lanes, chosen: Array, deadline: Array, move: dict[str, Array]) -> None:
        lanes.move_at[chosen] = lanes.t[chosen] + move["lead_days"]
        lanes.move_line[chosen] = move["line"]
        lanes.move_factor[chosen] = move["spend_factor"]
        lanes.move_severity[chosen] = move["severity"]
        lanes.planned[chosen] = False
        lanes.due[chosen], lanes.due_kind[chosen] = deadline, OVERDUE
        lanes.total[MOVE, chosen] += move["move_cost"]
        self.lump(lanes, chosen, move["move_cost"])
        lanes.total[COST_PV, chosen] += move["move_cost"] * lanes.discount[chosen]

    def stay(self, lanes: Lanes, chosen: Array, deadline: Array, pay: Array) -> None:
        lanes.due[chosen], lanes.due_kind[chosen], lanes.due_factor[chosen] = deadline, PAY, pay
        lanes.decided[chosen] = True

    def compare(
        self, lanes: Lanes, chosen: Array, deadline: Array, pay: Array, move: dict[str, Array]
    ) -> Array:
        """Whether moving is strictly cheaper, both played to the horizon as if nothing more struck."""
        both = lanes.take(np.concatenate([chosen, chosen]))
        half = chosen.size
        both.total[:] = 0.0
        both.counted_from = both.t.copy()
        periods, self.periods = self.periods, None
        self.begin_move(both, np.arange(half), deadline, move)
        self.stay(both, np.arange(half, 2 * half), deadline, pay)
        self.periods = periods
        out = self.as_if_nothing_followed(both)
        cost = out[[INFERENCE, UPKEEP, ONE_OFF, MOVE, EXPOSURE]].sum(axis=0)
        return cost[:half] < cost[half:]

    def as_if_nothing_followed(self, lanes: Lanes) -> Array:
        """Totals of lanes that are no others' any more, played to the horizon."""
        lanes.known_until = np.minimum(lanes.known_until, lanes.t)
        lanes.next_strike.fill(np.inf)
        lanes.next_own_strike.fill(np.inf)
        periods, self.periods = self.periods, None
        out = self.play(lanes, imagined=True)
        self.periods = periods
        return out

    def fall_due(self, lanes: Lanes, due: Array) -> None:
        what = lanes.due_kind[due]
        lanes.due[due] = np.inf
        overdue = due[what == OVERDUE]
        lanes.keep[overdue] *= np.maximum(1.0 - lanes.move_severity[overdue], LEAST)
        paying = due[what == PAY]
        lanes.mult[paying] *= lanes.due_factor[paying]
        lost = due[what == STRAND]
        if lost.size:
            self.leave_line(lanes, lost)
            lanes.mult[lost] = 0.0
            lanes.keep[lost] = 1.0 - self.stranded(lanes.w[lost], self.rng)
            lanes.next_strike[lost] = np.inf
            lanes.next_own_strike[lost] = np.inf
            lanes.adopt_at[lost] = np.inf
            lanes.counted_from[lost] = np.inf

    # -- moves ------------------------------------------------------------------------------------------

    def leave_line(self, lanes: Lanes, leaving: Array) -> None:
        """All effects end."""
        self.book_upkeep(lanes, leaving)
        self.close_periods(lanes, leaving, (COST,))
        lanes.since[leaving] = lanes.t[leaving]
        lanes.keep[leaving] = 1.0
        lanes.slot_end[:, leaving] = np.inf

    def begin_adoption(self, lanes: Lanes, chosen: Array) -> None:
        lanes.adopt_at[chosen] = np.inf
        w, path = lanes.w[chosen], lanes.path[chosen]
        target = self.low.adoption_line[w]
        when = np.minimum(lanes.t[chosen], lanes.known_until[chosen])
        free = (self.world.lost[self.world.pair_of[w, target], path] > when) & (target != lanes.line[chosen])
        free &= np.isinf(lanes.move_at[chosen]) & ~(lanes.due_kind[chosen] == STRAND)
        chosen, target = chosen[free], target[free]
        drawn = {name: values[lanes.row[chosen]] for name, values in self.adoption.items()}
        lanes.move_at[chosen] = lanes.t[chosen] + drawn["lead_days"]
        lanes.move_line[chosen] = target
        lanes.move_factor[chosen] = drawn["spend_factor"]
        lanes.move_severity[chosen] = drawn["severity"]
        lanes.planned[chosen] = True
        pending = lanes.due_kind[chosen] == PAY
        lanes.due_kind[chosen[~pending]] = NOTHING
        lanes.total[MOVE, chosen] += drawn["move_cost"]
        self.lump(lanes, chosen, drawn["move_cost"])
        lanes.total[COST_PV, chosen] += drawn["move_cost"] * lanes.discount[chosen]

    def arrive(self, lanes: Lanes, arriving: Array, imagined: bool) -> None:
        self.leave_line(lanes, arriving)
        adopted = arriving[lanes.planned[arriving]]
        lanes.line[arriving] = lanes.move_line[arriving]
        lanes.mult[arriving] = lanes.move_factor[arriving]
        lanes.move_at[arriving] = np.inf
        lanes.due[arriving], lanes.due_kind[arriving] = np.inf, NOTHING
        lanes.decided[arriving] = False
        if self.has_trend:
            trend = self.trend[lanes.line[arriving], lanes.path[arriving]]
            lanes.trend[arriving] = trend
            lanes.spend_growth[arriving] = lanes.value_growth[arriving] * np.exp(trend * lanes.t[arriving])
        if not imagined:
            self.find_on_line(lanes, arriving)
        self.meet_what_stands(lanes, arriving)
        if not imagined:
            self.claim(lanes, adopted)

    def meet_what_stands(self, lanes: Lanes, arriving: Array) -> None:
        """Standing effects of what struck the line before, oldest first."""
        world = self.world
        row = lanes.line[arriving] * world.n_paths + lanes.path[arriving]
        begin = world.standing.begin[row]
        last = row * world.span + np.minimum(lanes.t[arriving], lanes.known_until[arriving])
        end = np.searchsorted(world.standing.key, last, side="right")
        while True:
            meeting = begin < end
            if not meeting.any():
                return
            arriving, begin, end = arriving[meeting], begin[meeting], end[meeting]
            self.strike(lanes, arriving, world.standing.occurrence[begin], before=True)
            begin = begin + 1

    def claim(self, lanes: Lanes, adopted: Array) -> None:
        for w in np.unique(lanes.w[adopted]):
            mine = adopted[lanes.w[adopted] == w]
            for strikes, number, kind, columns in self.world.claims.get(int(w), ()):
                struck = mine[strikes[lanes.path[mine]]]
                path = lanes.path[struck]
                self.claim_strikes[number] += np.bincount(path, minlength=self.world.n_paths)
                for position, column in enumerate(columns):
                    admitted = self.low.admits[position, kind[path], w, lanes.line[struck]]
                    end = column["days"][path] + lanes.t[struck] if "days" in column else None
                    chosen = np.flatnonzero(admitted)
                    part = None if end is None else end[chosen]
                    self.multiply(lanes, struck[chosen], path[chosen], column, part)
