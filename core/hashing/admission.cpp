// Admission: which hashes may be queued, decided from their predicted end, the queue's bounds and the deadline.

#include <algorithm>

#include "core/hashing/pool_state.hpp"

namespace portcullis {

using Duration = HashQueue::Duration;

namespace {

/// A share of the queue's slots is kept for administrators and keys.
constexpr std::uint32_t privileged_share = 8;

error busy_for(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return busy(static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, 3600)));
}

}  // namespace

HashLane lane_of(const HashTicket& ticket) noexcept {
  HashLane lane;
  lane.project = static_cast<std::uint64_t>(ticket.project);
  lane.network = ticket.network;
  lane.account = ticket.account;
  lane.privileged = ticket.privileged;
  return lane;
}

bool HashPool::State::is_idle(const HashCrew& crew) {
  return crew.queue.size() == 0 && crew.running < crew.threads.size();
}

/// The longer of the bundle's own hash and its last hash together with the one that may follow it.
Duration HashPool::State::longest(const CostClass& cost, const HashTicket& ticket) const {
  const Duration alone = estimates.expected(cost);
  return ticket.then ? alone + estimates.expected(*ticket.then) : alone;
}

/// A new bundle waits for the hashes that run and for the queued work that fair order puts before it, spread over the
/// threads.
Steady HashPool::State::predicted_end(const CostClass& cost, std::size_t count, const HashTicket& ticket, Steady now) {
  const HashCrew& crew = crew_of(cost);
  const Duration each = estimates.expected(cost);
  Duration ahead = crew.queue.work_until(lane_of(ticket), each * static_cast<Duration::rep>(count)) - each;
  for (const HashThread& thread : crew.threads)
    if (thread.busy_until && *thread.busy_until > now) ahead += *thread.busy_until - now;
  return now + crew.shared_out(ahead) + longest(cost, ticket);
}

std::optional<Refused> HashPool::State::over_bounds(const HashCrew& crew, std::size_t count,
                                                    const HashTicket& ticket) const {
  const std::size_t reserved = ticket.privileged ? 0 : options.queue_limit / privileged_share;
  if (queued() + count > options.queue_limit - reserved && queued() > 0)
    return Refused{HashRefusal::queue_full, busy_for(crew.shared_out(crew.queue.work()))};
  if (ticket.account == 0 || ticket.privileged) return {};
  const auto flying = in_flight.find({ticket.project, ticket.account});
  // The hashes in flight are compared, without the new bundle: a bundle larger than the bound still runs when it is
  // alone.
  if (flying == in_flight.end() || flying->second < options.account_limit) return {};
  // Other accounts' hashes do not count against this account's bound: it may queue again once its next hash has run.
  return Refused{HashRefusal::account_full, busy_for(crew.shared_out(crew.queue.work_until_next(lane_of(ticket))))};
}

/// The Retry-After: a request with the same time until its deadline is admitted once this much of the queue has run.
error HashPool::State::busy_again(const HashBundle& bundle, Steady now) {
  const Duration patience = bundle.ticket.deadline - bundle.joined;
  return busy_for(predicted_end(bundle.cost, bundle.works.size(), bundle.ticket, now) - now - patience);
}

/// `end`: when the bundle is predicted to end; `now` when there is no estimate.
std::optional<Refused> HashPool::State::refusal(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                                Steady now, Steady& end) {
  end = now;
  if (stopping) return Refused{HashRefusal::stopping, busy(stopping_retry_s)};
  if (client_gone(ticket)) return Refused{HashRefusal::client_gone, busy(1)};
  if (now >= ticket.deadline) return Refused{HashRefusal::late, busy(1)};
  const HashCrew& crew = crew_of(cost);
  if (std::optional<Refused> bound = over_bounds(crew, count, ticket)) return bound;
  if (is_idle(crew) && estimates.is_stale(cost, now)) return {};
  end = predicted_end(cost, count, ticket, now);
  if (end <= ticket.deadline) return {};
  return Refused{HashRefusal::predicted_late, busy_for(end - ticket.deadline)};
}

/// Without a newcomer the queue only gets shorter: what was predicted holds, but for the time that went by.
bool HashPool::State::still_admitted(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                     Steady now) const {
  if (!ticket.admitted || ticket.admitted->joined != joined || ticket.admitted->cost != cost) return false;
  if (count != 1 || ticket.then || stopping || client_gone(ticket)) return false;
  return ticket.admitted->end + (now - ticket.admitted->asked) <= ticket.deadline;
}

/// Refuses only after those who no longer need their place have given it up.
std::optional<error> HashPool::State::admit(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                            Steady& end, Settled& settled) {
  const Steady now = clock.steady();
  if (still_admitted(cost, count, ticket, now)) {
    end = ticket.admitted->end + (now - ticket.admitted->asked);
    return {};
  }
  std::optional<Refused> refused = refusal(cost, count, ticket, now, end);
  if (refused && queued() > 0 && now - last_sweep >= sweep_interval) {
    sweep(now, settled);
    if (!settled.empty()) refused = refusal(cost, count, ticket, now, end);
  }
  if (!refused) return {};
  counters.refused(refused->reason, count);
  return refused->why;
}

}  // namespace portcullis
