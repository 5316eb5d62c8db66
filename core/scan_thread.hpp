#pragma once
// The one thread for reads that may be long: lists, searches, totals. Work comes as steps; between any two steps the
// thread turns to the next project's work, so that nobody waits for another's scan. run() and stop() from any thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/async/offload.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/room.hpp"

namespace portcullis {

struct ScanLimits {
  std::chrono::milliseconds time{5000};  ///< from submission to the last step
  std::size_t jobs_a_project = 32;
  std::size_t jobs = 256;       ///< of all projects that have one waiting: the first of another still gets its place
  std::size_t projects = 1024;  ///< that have one waiting
  std::size_t bytes = std::size_t{64} << 20;  ///< that the work of all projects may hold together
};

class ScanThread {
 public:
  /// A bounded piece of work; true: that was the last. Owns what it touches, or shares it.
  using Step = std::function<result<bool>()>;

  explicit ScanThread(const Clock& clock, ScanLimits limits = {});
  ~ScanThread();  ///< stop()
  ScanThread(const ScanThread&) = delete;
  ScanThread& operator=(const ScanThread&) = delete;

  /// Calls `step` until it is done. Errors: its own, database_timeout, server_busy (too much is waiting, or stopping),
  /// general_unknown for what it throws.
  [[nodiscard]] awaitable<result<void>> run(ProjectNo project, Step step);
  /// Of ScanLimits::bytes: long work draws on it by itself.
  [[nodiscard]] Room& room() noexcept { return room_; }
  /// Refuses new work and what waits; the present step ends. Idempotent; from several threads at once, too.
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
  Room room_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<ProjectNo, std::deque<Job>> waiting_;  // guarded by mutex_, as all below; no deque is empty
  std::size_t count_ = 0;                         // of jobs that wait
  ProjectNo last_{};                              // the project whose turn it was
  bool stopping_ = false;
  std::mutex joining_;  // of two that stop, one waits for the other
  std::thread thread_;
};

}  // namespace portcullis
