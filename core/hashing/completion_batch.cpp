// Answers: when a hash that is done resumes its caller. Whoever is woken finds its code and data thrown out of the
// caches by the hashes, and several who are woken together pay for that, and for a commit, about what one does.

#include <algorithm>
#include <exception>

#include "core/hashing/pool_state.hpp"

namespace portcullis {
namespace {

/// Answers that leave together at most, for each thread.
constexpr std::size_t handful = 4;
/// Where hashes take longer, what is saved is little beside them.
constexpr std::chrono::milliseconds longest_hold{25};

/// How long an answer may wait for others: what its request waited beyond one hash, but at most half of all its time,
/// so that a request hardly notices, and one that found no crowd not at all.
HashQueue::Duration patience(HashQueue::Duration since_joined, HashQueue::Duration hash) {
  const HashQueue::Duration crowd = std::min(since_joined - 2 * hash, since_joined / 2);
  return std::clamp<HashQueue::Duration>(crowd, HashQueue::Duration::zero(), longest_hold);
}

}  // namespace

/// While hashes queue, an answer waits for that of the next one to end. Where nothing queues it leaves at once, as
/// refusals do. Leaves in `settled` who is to be resumed; `again` is when the thread takes the next job.
void HashPool::State::hold(Settled& settled, Steady now, Steady again) {
  while (BundlePtr each = settled.pop()) {
    const Steady patient =
        std::min(now + patience(now - each->joined, estimates.expected(each->cost)), each->ticket.deadline);
    held_until = std::min(held_until, each->failure ? now : patient);
    held.push(std::move(each));
  }
  const bool waits = held.size() < handful * shared.threads.size() && held_until > again && shared.queue.size() > 0;
  if (!waits) release_held(settled);
}

/// A thread is about to hash until `end`: will anybody look at what is held before its time is over? A hash that takes
/// longer than expected is not counted on.
bool HashPool::State::held_can_wait(Steady now, Steady end) const {
  return end <= held_until || std::any_of(shared.threads.begin(), shared.threads.end(), [&](const HashThread& thread) {
           return thread.is_hashing && *thread.busy_until > now && *thread.busy_until <= held_until;
         });
}

/// Into `settled`, which is empty.
void HashPool::State::release_held(Settled& settled) noexcept {
  settled.swap(held);
  held_until = Steady::max();
}

/// Resumes the callers; outside the lock. The works go first: they hold secrets.
void resume(Settled& settled) noexcept {
  Resumptions together;
  while (const BundlePtr bundle = settled.pop()) {
    bundle->works.clear();
    bundle->done(bundle->failure ? result<void>(*bundle->failure) : result<void>(), together);
  }
  try {
    together.post();
  } catch (const std::exception&) {
    // No memory to resume them with: their coroutines have ended, as post() says.
  }
}

}  // namespace portcullis
