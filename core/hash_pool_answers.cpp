// Answers: when a hash that is done resumes its caller. Whoever is woken finds its code and data thrown out of the
// caches by the hashes, and several who are woken together pay for that, and for a commit, about what one does.

#include <algorithm>

#include "core/hash_pool_state.hpp"

namespace portcullis {
namespace {

/// Answers that leave together at most, for each thread.
constexpr std::size_t handful = 4;
/// Of the time since a request joined, the part that its answer may wait for others.
constexpr int patience_share = 2;

}  // namespace

/// While hashes queue, an answer waits for that of the next one to end, as long as its request hardly notices after
/// the time in the queue. Where nothing queues, or it had a short wait, it leaves at once, as refusals do. Leaves in
/// `settled` who is to be resumed.
void HashPool::State::hold(Settled& settled, Steady now) {
  for (BundlePtr& each : settled) {
    const Steady patient = std::min(now + (now - each->joined) / patience_share, each->ticket.deadline);
    held_until = std::min(held_until, each->failure ? now : patient);
    held.push_back(std::move(each));
  }
  settled.clear();
  if (held.empty() || held_may_wait(now)) return;
  settled.swap(held);
  held_until = Steady::max();
}

/// Will another hash end in time?
bool HashPool::State::held_may_wait(Steady now) const {
  if (held.size() >= handful * threads.size() || !queue.has_next(!foreign_until)) return false;
  Steady next_end = now + estimates.expected(held.back()->cost);
  for (const HashThread& thread : threads)
    if (thread.busy_until) next_end = std::min(next_end, *thread.busy_until);
  return next_end <= held_until;
}

/// Resumes the callers; outside the lock. The works go first: they hold secrets.
void resume(Settled& settled) {
  for (const BundlePtr& bundle : settled) {
    bundle->works.clear();
    Completion<result<void>> done = std::move(bundle->done);
    done(bundle->failure ? result<void>(*bundle->failure) : result<void>());
  }
  settled.clear();
}

}  // namespace portcullis
