#pragma once
// The one thread for reads that may be long: lists, searches, totals. Jobs run in steps; between two steps the thread
// turns to the next project's job, so that a long scan does not block the other projects. run() and stop() from any
// thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/async/offload.hpp"
#include "core/byte_budget.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"

namespace portcullis {

struct ScanLimits {
  std::chrono::milliseconds time{5000};  ///< from submission to the last step
  std::size_t jobs_a_project = 32;
  std::size_t jobs = 256;                     ///< in all queues; a project without a queued job is still admitted
  std::size_t projects = 1024;                ///< with queued jobs
  std::size_t bytes = std::size_t{64} << 20;  ///< that the jobs of all projects may hold together
};

class ScanThread {
 public:
  /// One bounded step of a job; true: it was the last. Owns what it touches, or shares it.
  using Step = std::function<result<bool>()>;

  explicit ScanThread(const Clock& clock, ScanLimits limits = {});
  ~ScanThread();  ///< stop()
  ScanThread(const ScanThread&) = delete;
  ScanThread& operator=(const ScanThread&) = delete;

  /// Calls `step` until it is done. Errors: its own, database_timeout, server_busy (the queue is full, or the thread is
  /// stopping), general_unknown for exceptions.
  [[nodiscard]] awaitable<result<void>> run(ProjectNo project, Step step);
  /// The budget of ScanLimits::bytes; jobs that hold much memory take from it themselves.
  [[nodiscard]] ByteBudget& budget() noexcept { return budget_; }
  /// Refuses new and queued jobs; the present step ends. Idempotent; may be called by several threads at once.
  void stop();

 private:
  struct Job {
    ProjectNo project{};
    Step step;
    Steady deadline;
    Completion<result<void>> answer;
  };

  void enqueue(Job job);
  [[nodiscard]] bool is_full(ProjectNo project) const;
  void serve();
  [[nodiscard]] bool take(Job& job);
  [[nodiscard]] result<bool> advance(const Job& job) const noexcept;
  void keep(Job job);

  const Clock& clock_;
  const ScanLimits limits_;
  ByteBudget budget_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<ProjectNo, std::deque<Job>> waiting_;  // guarded by mutex_, as all below; no deque is empty
  std::size_t count_ = 0;                         // number of queued jobs
  ProjectNo last_{};                              // the project that was served last
  bool stopping_ = false;
  std::mutex joining_;  // serialises concurrent calls of stop()
  std::thread thread_;
};

}  // namespace portcullis
