#pragma once
// What the hash pool's own sources share: admission (admission.cpp), running hashes (pool.cpp) and resuming callers
// (completion_batch.cpp).

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "core/hashing/arena.hpp"
#include "core/hashing/fair_queue.hpp"
#include "core/hashing/pool.hpp"
#include "core/hashing/pool_stats.hpp"
#include "core/hashing/service_times.hpp"

namespace portcullis {

struct HashCrew;

/// What one run() waits for. Guarded by the pool's lock, except each of `works`, which belongs to one thread while it
/// runs.
struct HashBundle {
  CostClass cost;
  HashTicket ticket;
  HashLane lane;
  HashCrew* crew = nullptr;
  std::vector<HashWork> works;
  Completion<result<void>> done;
  std::size_t unfinished = 0;
  std::optional<error> failure;
  Steady joined{};
  bool is_probe = false;             ///< admitted to measure its class, without an estimate
  std::shared_ptr<HashBundle> next;  ///< in a Settled
};

using BundlePtr = std::shared_ptr<HashBundle>;

/// Bundles whose callers are to be resumed, in order. Adding one allocates nothing, because the end of a bundle must
/// always be delivered.
class Settled {
 public:
  Settled() = default;
  ~Settled() {
    while (pop() != nullptr) {
    }
  }
  Settled(const Settled&) = delete;
  Settled& operator=(const Settled&) = delete;

  void push(BundlePtr bundle) noexcept {
    HashBundle* const added = bundle.get();
    (last_ == nullptr ? first_ : last_->next) = std::move(bundle);
    last_ = added;
    ++size_;
  }
  [[nodiscard]] BundlePtr pop() noexcept {
    BundlePtr first = std::move(first_);
    if (first == nullptr) return first;
    first_ = std::move(first->next);
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return first;
  }
  void swap(Settled& other) noexcept {
    first_.swap(other.first_);
    std::swap(last_, other.last_);
    std::swap(size_, other.size_);
  }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  BundlePtr first_;
  HashBundle* last_ = nullptr;
  std::size_t size_ = 0;
};

using AccountKey = std::pair<ProjectNo, std::uint64_t>;
/// Account keys are uniformly distributed hashes already.
struct AccountKeyHash {
  [[nodiscard]] std::size_t operator()(const AccountKey& key) const noexcept {
    return key.second ^ (std::uint64_t{static_cast<std::uint32_t>(key.first)} << 32U);
  }
};

[[nodiscard]] inline bool client_gone(const HashTicket& ticket) noexcept {
  return ticket.gone && ticket.gone->load(std::memory_order_relaxed);
}

/// When a server that stops is probably back or replaced.
inline constexpr std::uint32_t stopping_retry_s = 5;
/// Jobs that nobody waits for any more, or that cannot run in time, are searched for at most this often: before a new
/// request is refused for want of a slot, and after a hash, so that their callers are answered soon.
inline constexpr std::chrono::milliseconds sweep_interval{50};

[[nodiscard]] HashLane lane_of(const HashTicket& ticket) noexcept;

/// Why a bundle was refused, and the error for the client.
struct Refused {
  HashRefusal reason;
  error why;
};

/// Resumes the callers and empties the list; outside the lock.
void resume(Settled& settled) noexcept;

struct HashThread {
  HashMemory memory;
  std::optional<Steady> busy_until;  ///< predicted end of its hash, or of the pause after it
  bool is_hashing = false;
  HashQueue::Duration owed{0};  ///< pause before the next job
  std::thread thread;
};

/// A group of hash threads and their queue.
struct HashCrew {
  HashQueue queue;
  std::vector<HashThread> threads;
  std::condition_variable work_came;
  std::size_t running = 0;

  [[nodiscard]] HashQueue::Duration shared_out(HashQueue::Duration work) const {
    return work / static_cast<HashQueue::Duration::rep>(threads.size());
  }
};

struct HashPool::State {
  State(const HashPoolOptions& given, const Clock& clock_in);

  /// Hashes that take long, and those that need the one extra slot of memory. Other products' hashes allocate in their
  /// own libraries; running them on this one thread bounds that memory, too.
  [[nodiscard]] bool is_slow(const CostClass& cost) const {
    const bool fits = cost.kind == 0 ? cost.memory_kib <= options.arena_kib : cost.memory_kib == 0;
    return !fits || estimates.guessed(cost) > options.longest_shared;
  }
  [[nodiscard]] HashCrew& crew_of(const CostClass& cost) { return is_slow(cost) ? slow : shared; }
  [[nodiscard]] HashQueue::Duration longest(const CostClass& cost, const HashTicket& ticket) const;
  [[nodiscard]] HashMemory memory_beyond(const HashCrew& crew, const HashBundle& bundle) const;
  [[nodiscard]] static bool is_idle(const HashCrew& crew);
  [[nodiscard]] Steady predicted_end(const CostClass& cost, std::size_t count, const HashTicket& ticket, Steady now);
  [[nodiscard]] std::size_t queued() const { return shared.queue.size() + slow.queue.size(); }
  [[nodiscard]] std::optional<Refused> refusal(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                               Steady now, Steady& end);
  [[nodiscard]] std::optional<Refused> over_bounds(const HashCrew& crew, std::size_t count,
                                                   const HashTicket& ticket) const;
  [[nodiscard]] error busy_again(const HashBundle& bundle, Steady now);
  [[nodiscard]] bool still_admitted(const CostClass& cost, std::size_t count, const HashTicket& ticket,
                                    Steady now) const;
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

  [[nodiscard]] double share_of(const HashCrew& crew) const;
  [[nodiscard]] static HashQueue::Duration pause_after(HashQueue::Duration used, double share);
  void begin(HashCrew& crew, HashThread& self);
  void serve(HashCrew& crew, HashThread& self);
  std::optional<error> run_work(HashCrew& crew, HashThread& self, HashBundle& bundle, std::size_t index,
                                bool& followed);
  void run_job(HashCrew& crew, HashThread& self, const HashJob& job, std::unique_lock<std::mutex>& lock,
               Settled& settled);
  void stop(std::chrono::milliseconds grace);

  const HashPoolOptions options;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable work_ended;
  std::condition_variable
      end_came;  ///< apart from `work_came`, so that a thread in its pause does not consume the notification
  HashEstimates estimates;
  HashCounters counters;
  HashCrew shared;
  HashCrew slow;                                                            ///< of one thread
  std::atomic<std::uint32_t> shared_running{0};                             ///< `shared.running`, for who has no lock
  std::unordered_map<AccountKey, std::uint32_t, AccountKeyHash> in_flight;  ///< hashes
  std::uint64_t joined = 0;                                                 ///< bundles, ever
  Steady last_sweep{};
  Settled held;                       ///< finished bundles that wait to be answered in one batch
  Steady held_until = Steady::max();  ///< the latest time to answer them
  bool stopping = false;
  bool ended = false;
  std::once_flag stopped;
  std::once_flag unlocked;  ///< on_unlocked was called
};

}  // namespace portcullis
