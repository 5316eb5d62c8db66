#pragma once
// The order in which waiting hashes run: surplus round robin by project, then client network, then account, and what
// that order means for somebody who joins now. A plain structure; the pool's lock guards it.

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
using HashJobs = std::list<HashJob>;  ///< a job moves from one to another without an allocation

/// Where a job waits. Privileged and foreign jobs have branches of their own, so that neither waits behind others.
struct HashLane {
  std::uint64_t project = 0;
  std::uint64_t network = 0;
  std::uint64_t account = 0;
  bool privileged = false;
  bool foreign = false;  ///< needs the one extra memory slot
};

class HashQueue {
 public:
  using Duration = std::chrono::nanoseconds;

  HashQueue();
  ~HashQueue();
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  /// All of them, or, when it throws for want of memory, none.
  void push(const HashLane& lane, HashJobs jobs);
  /// The next job in fair order; without `foreign_free`, the next one that does not need the extra slot. Null bundle
  /// when there is none.
  [[nodiscard]] HashJob pop(bool foreign_free);
  [[nodiscard]] bool has_next(bool foreign_free) const noexcept;
  /// Work that will have run, in fair order, once `added` more work in `lane` has run; `added` included.
  [[nodiscard]] Duration work_until(const HashLane& lane, Duration added) const;
  /// Work waiting for the extra slot.
  [[nodiscard]] Duration foreign_work() const noexcept { return foreign_work_; }
  /// Takes out every job that `is_dead`; allocates nothing.
  [[nodiscard]] HashJobs take_dead(const std::function<bool(const HashJob&)>& is_dead);
  [[nodiscard]] HashJobs take_all();
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Duration work() const noexcept { return work_; }

 private:
  struct Node;
  using Path = std::array<std::uint64_t, 3>;
  [[nodiscard]] static Path path_of(const HashLane& lane) noexcept;
  Node& leaf_of(const HashLane& lane);
  [[nodiscard]] Node* choose(Node& parent, bool foreign_free) const;
  Duration take_dead_from(Node& node, const std::function<bool(const HashJob&)>& is_dead, HashJobs& dead);
  void forget(const Node& leaf, const HashJob& job) noexcept;

  std::unique_ptr<Node> root_;
  Duration work_{0};
  Duration quantum_;
  Duration foreign_work_{0};
  std::size_t size_ = 0;
  std::size_t foreign_size_ = 0;
};

}  // namespace portcullis
