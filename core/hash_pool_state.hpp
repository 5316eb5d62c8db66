#pragma once
// What the hash pool's own sources share: admission (hash_pool_admission.cpp), service (hash_pool.cpp) and answers
// (hash_pool_answers.cpp).

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "core/hash_pool.hpp"
#include "core/hash_pool_counters.hpp"
#include "core/hash_pool_estimates.hpp"
#include "core/hash_pool_memory.hpp"
#include "core/hash_pool_queue.hpp"

namespace portcullis {

/// What one run() waits for. Guarded by the pool's lock, except `works`, of which each is one thread's while it runs.
struct HashBundle {
  CostClass cost;
  HashTicket ticket;
  HashLane lane;
  std::vector<HashWork> works;
  Completion<result<void>> done;
  std::size_t unfinished = 0;
  std::optional<error> failure;
  Steady joined{};
  bool is_probe = false;  ///< admitted without an estimate to go by
};

using BundlePtr = std::shared_ptr<HashBundle>;
using Settled = std::vector<BundlePtr>;
using AccountKey = std::pair<ProjectNo, std::uint64_t>;
/// Account keys are spread already.
struct AccountKeyHash {
  [[nodiscard]] std::size_t operator()(const AccountKey& key) const noexcept {
    return key.second ^ (std::uint64_t{static_cast<std::uint32_t>(key.first)} << 32U);
  }
};

[[nodiscard]] inline bool client_gone(const HashTicket& ticket) noexcept {
  return ticket.gone && ticket.gone->load(std::memory_order_relaxed);
}

/// A stopping server is back, or replaced, about then.
inline constexpr std::uint32_t stopping_retry_s = 5;
/// Jobs that nobody waits for any more, or that cannot be served in time, are looked for at most this often: before
/// somebody is refused their place, and after a hash, so that they hear it soon.
inline constexpr std::chrono::milliseconds sweep_interval{50};

/// Why not, and what the client hears.
struct Refused {
  HashRefusal reason;
  error why;
};

/// Resumes the callers and empties the list; outside the lock.
void resume(Settled& settled);

struct HashThread {
  HashMemory memory;
  std::optional<Steady> busy_until;  ///< predicted; the end of a hash, or of the pause after it
  bool is_hashing = false;
  HashQueue::Duration owed{0};  ///< pause before the next job
  std::thread thread;
};

struct HashPool::State {
  State(const HashPoolOptions& given, const Clock& clock_in);

  /// Other kinds take their memory from their own libraries, so it is the extra slot that counts it.
  [[nodiscard]] bool is_foreign(const CostClass& cost) const {
    return cost.memory_kib > options.arena_kib || (cost.kind != 0 && cost.memory_kib > 0);
  }
  [[nodiscard]] HashLane lane_of(const CostClass& cost, const HashTicket& ticket) const;
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] Steady predicted_end(const CostClass& cost, std::size_t count, const HashLane& lane, Steady now) const;
  [[nodiscard]] std::optional<Refused> refusal(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                               Steady now, Steady& end) const;
  [[nodiscard]] std::optional<Refused> over_bounds(std::size_t count, const HashTicket& ticket) const;
  [[nodiscard]] error room_again(const HashBundle& bundle, Steady now) const;
  std::optional<error> admit(const CostClass& cost, std::size_t count, const HashTicket& ticket, Steady& end,
                             Settled& settled);
  void submit(BundlePtr bundle);
  void enqueue(const BundlePtr& bundle, Steady end);

  [[nodiscard]] bool is_dead(const HashBundle& bundle, Steady now) const;
  void sweep(Steady now, Settled& settled);
  void finish_one(const BundlePtr& bundle, std::optional<error> failure, Settled& settled);
  void give_up(const BundlePtr& bundle, Steady now, Settled& settled);

  void hold(Settled& settled, Steady now, Steady again);
  [[nodiscard]] bool held_can_wait(Steady now, Steady end) const;
  void release_held(Settled& settled) noexcept;

  [[nodiscard]] HashQueue::Duration pause_after(HashQueue::Duration used) const;
  void serve(HashThread& self);
  void run_job(HashThread& self, const HashJob& job, std::unique_lock<std::mutex>& lock, Settled& settled);
  void stop(std::chrono::milliseconds grace);

  const HashPoolOptions options;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_ended;
  std::condition_variable end_came;  ///< apart from `work_came`: a pause must not swallow what it tells
  HashQueue queue;
  HashEstimates estimates;
  HashCounters counters;
  std::unordered_map<AccountKey, std::uint32_t, AccountKeyHash> in_flight;  ///< hashes
  std::vector<HashThread> threads;
  std::size_t running = 0;
  std::optional<Steady> foreign_until;  ///< set while the extra slot is taken
  Steady last_sweep{};
  Settled held;                       ///< done, and to be answered with the next ones
  Steady held_until = Steady::max();  ///< at the latest
  bool stopping = false;
  bool ended = false;
  std::once_flag stopped;
  std::once_flag unlocked;  ///< said that an arena is
};

}  // namespace portcullis
