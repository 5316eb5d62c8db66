#pragma once
// The one thread that writes: takes what queued while the last flush ran, runs each change on what those before it
// left, commits them together and answers. enqueue(), stop() and poisoned() from any thread.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "storage/lmdb/lmdb_env.hpp"
#include "storage/revisions.hpp"

namespace portcullis::storage::lmdb {

using Answer = Completion<result<void>>;

class Writer {
 public:
  Writer(MDB_env* env, MDB_dbi dbi, const LmdbOptions& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Queues the change, or answers at once with why not.
  void enqueue(EngineChange change, Answer answer);
  void on_projects_changed(ProjectsHook hook);
  /// Refuses new changes, commits the queued ones, joins. Idempotent.
  void stop();
  [[nodiscard]] bool poisoned() const noexcept { return poisoned_.load(std::memory_order_acquire); }
  [[nodiscard]] const Revisions& revisions() const noexcept { return revisions_; }
  /// Fills in what the writer knows.
  void read(Engine::Stats& stats) const;

 private:
  struct Job {
    EngineChange change;
    Answer answer;
    result<void> outcome{};
    bool edits = false;  ///< decided on some
  };
  /// How a group ended: its jobs have outcomes, or an edit could not be applied and nothing of it happened.
  enum class Group { settled, rolled_back };

  void run();
  [[nodiscard]] bool gather();
  void process();
  void run_singly(std::size_t count);
  [[nodiscard]] Group run_group(std::size_t wanted, std::size_t& tried);
  [[nodiscard]] int run_changes(MDB_txn* txn, std::size_t wanted, std::size_t& tried);
  [[nodiscard]] int run_change(MDB_txn* txn, MDB_cursor* cursor, Job& job, std::uint64_t& bytes);
  [[nodiscard]] int find_removed(MDB_txn* txn, const Edits& edits, bool& found);
  [[nodiscard]] int apply(MDB_txn* txn, MDB_cursor* cursor, const Edits& edits, std::uint64_t& bytes);
  [[nodiscard]] result<void> commit(Txn txn, CommitTimes& times);
  void note_times(std::size_t count, const CommitTimes& times);
  [[nodiscard]] error poison(int code) noexcept;
  [[nodiscard]] error write_error(int code) noexcept;
  void tell(Trouble what, int code) noexcept;
  void note_change(std::string_view key);
  void note_message(std::string_view key);
  void settle(std::size_t count, error why);
  void refresh_projects(std::size_t count);
  void answer(std::size_t count);

  MDB_env* env_;
  MDB_dbi dbi_;
  const std::uint32_t batch_changes_;
  const std::uint64_t batch_bytes_;
  const std::uint32_t queue_changes_;
  const FaultHooks faults_;
  const TroubleHook on_trouble_;
  const OutboxHook on_messages_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;          // guarded by mutex_
  ProjectsHook projects_changed_;  // guarded by mutex_
  bool stopping_ = false;          // guarded by mutex_
  std::mutex joining_;
  std::atomic<bool> poisoned_{false};
  Histogram commit_time_{duration_bounds};
  Histogram flush_time_{duration_bounds};
  Histogram commit_changes_{batch_bounds};
  Revisions revisions_;
  std::optional<std::chrono::steady_clock::time_point> logged_full_;  // the writer's own: when last
  std::deque<Job> batch_;                                             // the writer's own
  std::vector<Revisions::Slot> changed_;  // the writer's own: users whose rows this transaction changes
  std::vector<std::string> messages_;     // the writer's own: entries of due messages that this transaction puts
  std::vector<std::string> refreshed_;    // the writer's own: rows that the project snapshot holds, of this transaction
  std::thread thread_;                    // last: starts when everything else is there
};

}  // namespace portcullis::storage::lmdb
