#include "core/hashing/fair_queue.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace portcullis {
namespace {

using Duration = HashQueue::Duration;

/// The quantum of a turn is about one hash, whatever a hash costs here: the average of what is queued. This is its
/// start value.
constexpr Duration first_quantum = std::chrono::milliseconds(10);
constexpr Duration least_quantum = std::chrono::microseconds(10);
/// Each new child is paid for with this many rounds, and at most this many new children may be paid for in advance.
constexpr std::size_t rounds_a_newcomer = 2;
constexpr std::size_t most_newcomers = 4;

}  // namespace

/// A branch (project, network) or a leaf (account). A branch with no children is removed at once. What admission reads
/// for every request lies side by side, because hashes evict all of it from the processor's caches between two
/// requests.
struct HashQueue::Node {
  std::size_t slot = 0;     ///< this node's index in its parent's arrays
  bool had_turn = false;    ///< its quantum for the present turn has been added
  bool goes_first = false;  ///< it was new and its first turn has not ended
  Duration deficit{0};
  HashJobs jobs;
  std::vector<std::uint64_t> keys;  ///< of the children, as are the next two
  std::vector<Duration> works;      ///< of all jobs below each
  std::vector<std::unique_ptr<Node>> children;
  std::list<Node*> turns;               ///< children in the order of their turns
  std::list<Node*>::iterator position;  ///< this node's position among its parent's turns
  std::size_t taken = 0;                ///< jobs taken since, which have not paid for a new child yet

  [[nodiscard]] bool is_empty() const noexcept { return jobs.empty() && children.empty(); }
  [[nodiscard]] Node* find(std::uint64_t key) const {
    const auto found = std::find(keys.begin(), keys.end(), key);
    return found == keys.end() ? nullptr : children[static_cast<std::size_t>(found - keys.begin())].get();
  }
  /// A new child goes before the present ones, once in two rounds. So a project with few hashes waits for the next free
  /// thread and not for the next hash of a busy project, and a project that leaves and joins again each time gets at
  /// most half more than its share. New children seldom come so evenly spaced, so rounds without one pay for a few in
  /// advance. What may throw comes first, so that a child is in all the arrays or in none.
  void add(std::uint64_t key, std::unique_ptr<Node> made) {
    if (children.size() == children.capacity()) children.reserve(2 * children.size() + 1);
    if (keys.size() == keys.capacity()) keys.reserve(children.capacity());
    if (works.size() == works.capacity()) works.reserve(children.capacity());
    Node& child = *made;
    const std::size_t price = rounds_a_newcomer * turns.size();
    child.goes_first = taken >= price;
    auto before = turns.end();
    if (child.goes_first) {
      taken = std::min(taken, most_newcomers * price) - price;
      before = std::find_if(turns.begin(), turns.end(), [](const Node* other) { return !other->goes_first; });
    }
    child.position = turns.insert(before, &child);
    child.slot = children.size();
    keys.push_back(key);
    works.push_back(Duration::zero());
    children.push_back(std::move(made));
  }
  /// The last child moves to the freed index.
  void remove(const Node& child) {
    const std::size_t slot_of_child = child.slot;
    turns.erase(child.position);
    keys[slot_of_child] = keys.back();
    works[slot_of_child] = works.back();
    std::swap(children[slot_of_child], children.back());
    children[slot_of_child]->slot = slot_of_child;
    keys.pop_back();
    works.pop_back();
    children.pop_back();
  }
  void end_turn(Node& child) {
    child.had_turn = false;
    child.goes_first = false;
    turns.splice(turns.end(), turns, child.position);
  }
};

HashQueue::HashQueue() : root_(std::make_unique<Node>()), quantum_(first_quantum) {}
HashQueue::~HashQueue() = default;

HashQueue::Path HashQueue::path_of(const HashLane& lane) noexcept {
  return {(lane.project << 1U) | (lane.privileged ? 1U : 0U), lane.network, lane.account};
}

/// The missing nodes of the path are made from the leaf upwards and put into the tree as a whole.
HashQueue::Node& HashQueue::leaf_of(const HashLane& lane) {
  const Path path = path_of(lane);
  Node* node = root_.get();
  std::size_t level = 0;
  for (; level < path.size(); ++level) {
    Node* const next = node->find(path[level]);
    if (next == nullptr) break;
    node = next;
  }
  if (level == path.size()) return *node;
  auto branch = std::make_unique<Node>();
  Node& leaf = *branch;
  for (std::size_t below = path.size() - 1; below > level; --below) {
    auto parent = std::make_unique<Node>();
    parent->add(path[below], std::move(branch));
    branch = std::move(parent);
  }
  node->add(path[level], std::move(branch));
  return leaf;
}

void HashQueue::push(const HashLane& lane, HashJobs jobs) {
  Node& leaf = leaf_of(lane);
  Duration added{0};
  for (const HashJob& job : jobs) {
    quantum_ = std::max(least_quantum, (quantum_ * 15 + job.expected) / 16);
    added += job.expected;
  }
  Node* node = root_.get();
  for (const std::uint64_t key : path_of(lane)) {
    Node& child = *node->find(key);
    node->works[child.slot] += added;
    node = &child;
  }
  work_ += added;
  size_ += jobs.size();
  leaf.jobs.splice(leaf.jobs.end(), jobs);
}

/// The child whose turn it is: each turn adds a quantum, and a child is served while its deficit counter is
/// above zero. When no counter is, the rounds until one is are granted at once.
HashQueue::Node* HashQueue::choose(Node& parent) const {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Duration best = Duration::min();
    auto next = parent.turns.begin();
    for (std::size_t left = parent.turns.size(); left > 0; --left) {
      Node& candidate = **next++;
      if (!candidate.had_turn) candidate.deficit += quantum_;
      candidate.had_turn = true;
      if (candidate.deficit > Duration::zero()) return &candidate;
      best = std::max(best, candidate.deficit);
      parent.end_turn(candidate);
    }
    if (best == Duration::min()) return nullptr;
    const auto rounds = -best / quantum_;
    for (const std::unique_ptr<Node>& child : parent.children) child->deficit += quantum_ * rounds;
  }
  return nullptr;
}

/// Subtracts a job that leaves from the totals of the whole queue.
void HashQueue::forget(const HashJob& job) noexcept {
  --size_;
  work_ -= job.expected;
}

HashJob HashQueue::pop() {
  std::array<Node*, 4> way{root_.get(), nullptr, nullptr, nullptr};
  for (std::size_t level = 1; level < way.size(); ++level) {
    way[level] = choose(*way[level - 1]);
    if (way[level] == nullptr) return {};
  }
  Node& leaf = *way.back();
  HashJob job = std::move(leaf.jobs.front());
  leaf.jobs.pop_front();
  forget(job);
  for (std::size_t level = way.size() - 1; level > 0; --level) {
    Node& parent = *way[level - 1];
    Node& node = *way[level];
    parent.works[node.slot] -= job.expected;
    node.deficit -= job.expected;
    ++parent.taken;
    if (node.is_empty()) {
      parent.remove(node);
    } else if (node.deficit <= Duration::zero()) {
      parent.end_turn(node);
    }
  }
  return job;
}

/// The nodes of the path that exist: the root, the project, the network and the account.
HashQueue::Way HashQueue::way_of(const HashLane& lane) const {
  const Path path = path_of(lane);
  Way way{root_.get(), nullptr, nullptr, nullptr};
  for (std::size_t level = 1; level < way.size() && way[level - 1] != nullptr; ++level)
    way[level] = way[level - 1]->find(path[level - 1]);
  return way;
}

/// By the time a lane has been served `served`, every other lane beside it has been served the smaller of that and its
/// own queued work. This holds at each level of the tree.
Duration HashQueue::served_beside(const Way& way, Duration served) {
  for (std::size_t level = way.size() - 1; level > 0; --level) {
    if (way[level - 1] == nullptr) continue;
    const std::vector<Duration>& works = way[level - 1]->works;
    const Duration own = way[level] == nullptr ? Duration::zero() : works[way[level]->slot];
    Duration beside = -std::min(own, served);
    for (const Duration work : works) beside += std::min(work, served);
    served += beside;
  }
  return served;
}

Duration HashQueue::work_until(const HashLane& lane, Duration added) const {
  const Way way = way_of(lane);
  Duration served = added;
  // The jobs of one account run in the order in which they came.
  if (way.back() != nullptr) served += way[way.size() - 2]->works[way.back()->slot];
  return served_beside(way, served);
}

Duration HashQueue::work_until_next(const HashLane& lane) const {
  const Way way = way_of(lane);
  if (way.back() == nullptr || way.back()->jobs.empty()) return Duration::zero();
  return served_beside(way, way.back()->jobs.front().expected);
}

/// Answers the total work of the removed jobs. It goes from the last child to the first, so that a removal never moves
/// a child that was not visited yet.
Duration HashQueue::take_dead_from(Node& node, const std::function<bool(const HashJob&)>& is_dead, HashJobs& dead) {
  Duration taken{0};
  for (auto next = node.jobs.begin(); next != node.jobs.end();) {
    const auto job = next++;
    if (!is_dead(*job)) continue;
    taken += job->expected;
    forget(*job);
    dead.splice(dead.end(), node.jobs, job);
  }
  for (std::size_t slot = node.children.size(); slot-- > 0;) {
    Node& child = *node.children[slot];
    const Duration below = take_dead_from(child, is_dead, dead);
    node.works[slot] -= below;
    taken += below;
    if (child.is_empty()) node.remove(child);
  }
  return taken;
}

HashJobs HashQueue::take_dead(const std::function<bool(const HashJob&)>& is_dead) {
  HashJobs dead;
  static_cast<void>(take_dead_from(*root_, is_dead, dead));
  return dead;
}

HashJobs HashQueue::take_all() {
  return take_dead([](const HashJob&) { return true; });
}

}  // namespace portcullis
