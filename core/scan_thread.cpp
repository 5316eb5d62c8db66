#include "core/scan_thread.hpp"

#include <utility>

#include "core/scheduling.hpp"

namespace portcullis {
namespace {

constexpr int nicer = 5;  // than answering threads; hash threads are nicer still

}  // namespace

ScanThread::ScanThread(const Clock& clock, ScanLimits limits)
    : clock_(clock), limits_(limits), budget_(limits.bytes), thread_([this] { serve(); }) {}

ScanThread::~ScanThread() { stop(); }

awaitable<result<void>> ScanThread::run(ProjectNo project, Step step) {
  auto start = [this, project, s = std::move(step)](Completion<result<void>> answer) mutable {
    enqueue(Job{project, std::move(s), clock_.steady() + limits_.time, std::move(answer)});
  };
  co_return co_await offload<result<void>>(std::move(start));
}

void ScanThread::enqueue(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && !is_full(job.project)) {
      waiting_[job.project].push_back(std::move(job));
      ++count_;
      wake_.notify_one();
      return;
    }
  }
  job.answer(busy(1));
}

/// A project without a queued job is admitted even when the others have reached the bound on jobs.
bool ScanThread::is_full(ProjectNo project) const {
  const auto own = waiting_.find(project);
  if (own == waiting_.end()) return waiting_.size() >= limits_.projects;
  return count_ >= limits_.jobs || own->second.size() >= limits_.jobs_a_project;
}

void ScanThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  const std::lock_guard lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void ScanThread::serve() {
  give_way(nicer);
  for (Job job; take(job);) {
    const result<bool> done = advance(job);
    if (done && !*done) {
      keep(std::move(job));
      continue;
    }
    Completion<result<void>> answer = std::move(job.answer);
    job = Job();  // destroys what it owns before its caller resumes
    answer(done ? result<void>{} : result<void>{done.error()});
  }
}

/// The next job of the next project. False when stopping: all queued jobs have been refused then.
bool ScanThread::take(Job& job) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return count_ > 0 || stopping_; });
  if (stopping_) {
    auto refused = std::move(waiting_);
    lock.unlock();
    for (auto& [project, jobs] : refused)
      for (Job& each : jobs) each.answer(busy(1));
    return false;
  }
  auto next = waiting_.upper_bound(last_);
  if (next == waiting_.end()) next = waiting_.begin();
  last_ = next->first;
  job = std::move(next->second.front());
  next->second.pop_front();
  --count_;
  if (next->second.empty()) waiting_.erase(next);
  return true;
}

result<bool> ScanThread::advance(const Job& job) const noexcept {
  if (clock_.steady() >= job.deadline) return errc::database_timeout;
  try {
    return job.step();
  } catch (...) {
    return errc::general_unknown;
  }
}

void ScanThread::keep(Job job) {
  const std::lock_guard lock(mutex_);
  waiting_[job.project].push_back(std::move(job));
  ++count_;
}

}  // namespace portcullis
