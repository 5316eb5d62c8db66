#pragma once
// The bounded executor for password hashing: fixed threads, one arena each, admission by predicted wait. run() may be
// called from any thread; works run on hash threads.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "core/async/offload.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/histogram.hpp"
#include "core/ids.hpp"

namespace portcullis {

/// What a hash costs. Jobs of one class take about the same time, which the pool learns.
struct CostClass {
  std::uint8_t kind = 0;  ///< argon2id = 0; foreign kinds follow
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 1;
  friend auto operator<=>(const CostClass&, const CostClass&) = default;
};

/// That one hash was admitted, and what that was known by. It holds on for as long as nobody joined the queue since.
struct HashAdmission {
  CostClass cost;
  std::uint64_t joined = 0;  ///< how many bundles ever had
  Steady asked{};
  Steady end{};  ///< as it was predicted
};

/// Who waits, for how long, and what they share with others.
struct HashTicket {
  Steady deadline{};          ///< refused before hashing when the predicted end is after it
  ProjectNo project{};        ///< first fairness key
  std::uint64_t network = 0;  ///< second: client network
  std::uint64_t account = 0;  ///< third: account; in-flight hashes per account are bounded
  bool privileged = false;    ///< administrators and keys
  /// A second hash that the work may also compute, as part of it: admission reserves time for both.
  std::optional<CostClass> then;
  std::optional<HashAdmission> admitted;  ///< by HashPool::admit
  std::shared_ptr<const std::atomic<bool>>
      gone;  ///< set when the client has gone: the job leaves the queue; may be null
};

/// Scratch memory lent to a job while it runs on a hash thread.
struct HashArena {
  void* data = nullptr;
  std::size_t size = 0;
  bool* followed = nullptr;  ///< the work sets it when it has also computed the hash that its ticket names as `then`
};

/// One unit of hashing; owns everything it touches.
using HashWork = std::function<void(HashArena)>;

struct HashPoolOptions {
  std::uint32_t threads = 1;
  std::uint32_t arena_kib = 19456;    ///< one per thread
  std::uint32_t foreign_kib = 65536;  ///< the one extra slot for hashes larger than an arena
  /// How long a hash of a class takes on this machine, for classes that have not run yet. Must always answer the same;
  /// may be empty.
  std::function<std::chrono::nanoseconds(const CostClass&)> first_guess{};
  /// A class that is predicted to take longer runs on the thread for long hashes: a hash cannot be interrupted, and a
  /// few long ones would hold all the shared threads.
  std::chrono::nanoseconds longest_shared = std::chrono::milliseconds(100);
  std::uint32_t queue_limit = 4096;  ///< jobs in the queue; a bound below the one by predicted wait
  std::uint32_t account_limit = 64;  ///< hashes in flight for one account
  double cpu_share = 1;              ///< of a processor, for each thread; below 1 it pauses between hashes
  /// Processors' worth of time for all hashing where the control group has a CPU quota; 0 = no quota. Under a quota
  /// long hashes are paused within, and have a part of it while other hashes run.
  double quota_cores = 0;
  /// Called once, by a hash thread, when an arena cannot be kept out of swap.
  std::function<void(std::error_code)> on_unlocked{};
};

/// Why a hash was not done.
enum class HashRefusal : std::uint8_t {
  queue_full,
  account_full,    ///< too many hashes in flight for one account
  predicted_late,  ///< its end was predicted behind its deadline
  late,            ///< admitted, but it could not start in time
  client_gone,
  stopping
};
inline constexpr std::size_t hash_refusals = 6;

/// The pool at one moment; counts are since its start. Durations are in microseconds.
struct HashPoolStats {
  std::uint32_t threads = 0;
  std::size_t queued = 0;
  std::size_t running = 0;
  std::vector<std::pair<CostClass, std::uint32_t>> in_flight;  ///< waiting or running hashes
  std::array<std::uint64_t, hash_refusals> refusals{};         ///< hashes by HashRefusal
  Histogram::Reading predicted_wait;                           ///< of admitted bundles
  Histogram::Reading wait;                                     ///< of hashes that started
  Histogram::Reading service;                                  ///< of hashes that ended
};

/// Long hashes, and those that need more memory than an arena, run one at a time on a thread of their own, beside the
/// other hash threads and nicer than these. So they delay nobody else, however many of them a project has.
class HashPool {
 public:
  HashPool(const HashPoolOptions& options, const Clock& clock);
  ~HashPool();  ///< stop() if still running
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  /// Admission only: would a bundle of `count` hashes of `cost` end before the deadline? errc::server_busy with
  /// Retry-After otherwise. Cheap: it allows a refusal before any store read.
  [[nodiscard]] result<void> admits(const CostClass& cost, std::size_t count, const HashTicket& ticket) const;
  /// The same for one hash, and its ticket remembers that it was: run() with the ticket asks again only where somebody
  /// has joined meanwhile, where the work is of another class, or where the time that went by might make it late.
  [[nodiscard]] result<void> admit(const CostClass& cost, HashTicket& ticket) const;
  /// Runs the bundle's works on hash threads (side by side where there is room) and resumes the caller. While hashes
  /// queue, a bundle's answer may wait for those of the next hashes, for at most half the time its request has waited,
  /// so that the threads that answer and commit are woken for several at once.
  /// Errors: server_busy (not admitted, deadline passed while queued, or the client is gone).
  [[nodiscard]] awaitable<result<void>> run(CostClass cost, std::vector<HashWork> bundle, HashTicket ticket);
  /// Refuses new work, waits for what runs, fails what is still queued after `grace` with server_busy. Idempotent.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] std::uint32_t threads() const noexcept;
  /// The most memory a job may use: the arena, or the extra slot where that is larger.
  [[nodiscard]] std::uint32_t largest_kib() const noexcept;
  [[nodiscard]] std::size_t queued() const noexcept;
  [[nodiscard]] HashPoolStats stats() const;
  /// How long a new request for one such hash would wait until it is done, by the present estimates.
  [[nodiscard]] std::chrono::nanoseconds predicted(const CostClass& cost) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis
