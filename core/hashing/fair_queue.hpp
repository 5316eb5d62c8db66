#pragma once
// The order in which queued hashes run: deficit round robin (its variant surplus round robin) by project, then client
// network, then account; and when a new job would run in that order. A plain structure that the pool's lock guards.

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace portcullis {

struct HashBundle;

/// One hash that waits for a thread.
struct HashJob {
  std::shared_ptr<HashBundle> bundle;
  std::size_t index = 0;                 ///< which of the bundle's works
  std::chrono::nanoseconds expected{0};  ///< service time predicted when it was queued
};
using HashJobs = std::list<HashJob>;  ///< a job moves from one list to another without an allocation

/// Which queue a job is in. Privileged jobs have branches of their own, so that they do not wait behind others.
struct HashLane {
  std::uint64_t project = 0;
  std::uint64_t network = 0;
  std::uint64_t account = 0;
  bool privileged = false;
};

class HashQueue {
 public:
  using Duration = std::chrono::nanoseconds;

  HashQueue();
  ~HashQueue();
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  /// Adds all of the jobs, or none when it throws for want of memory.
  void push(const HashLane& lane, HashJobs jobs);
  /// Takes the next job in fair order. The bundle is null when there is none.
  [[nodiscard]] HashJob pop();
  /// The work that will have run, in fair order, once `added` more work in `lane` has run; `added` included.
  [[nodiscard]] Duration work_until(const HashLane& lane, Duration added) const;
  /// The work that will have run, in fair order, once the lane's next job has run; zero when the lane has no job.
  [[nodiscard]] Duration work_until_next(const HashLane& lane) const;
  /// Removes every job for which `is_dead` is true; allocates nothing.
  [[nodiscard]] HashJobs take_dead(const std::function<bool(const HashJob&)>& is_dead);
  [[nodiscard]] HashJobs take_all();
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Duration work() const noexcept { return work_; }

 private:
  struct Node;
  using Path = std::array<std::uint64_t, 3>;
  [[nodiscard]] static Path path_of(const HashLane& lane) noexcept;
  Node& leaf_of(const HashLane& lane);
  using Way = std::array<const Node*, 4>;
  [[nodiscard]] Node* choose(Node& parent) const;
  [[nodiscard]] Way way_of(const HashLane& lane) const;
  [[nodiscard]] static Duration served_beside(const Way& way, Duration served);
  Duration take_dead_from(Node& node, const std::function<bool(const HashJob&)>& is_dead, HashJobs& dead);
  void forget(const HashJob& job) noexcept;

  std::unique_ptr<Node> root_;
  Duration work_{0};
  Duration quantum_;
  std::size_t size_ = 0;
};

}  // namespace portcullis
