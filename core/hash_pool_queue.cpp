#include "core/hash_pool_queue.hpp"

#include <algorithm>

namespace portcullis {
namespace {

using Duration = HashQueue::Duration;

/// A turn is about one hash, whatever a hash costs here: the average of what is queued.
constexpr Duration first_quantum = std::chrono::milliseconds(10);
constexpr Duration least_quantum = std::chrono::microseconds(10);

}  // namespace

/// A branch (project, network) or a leaf (account). A branch with nothing below it is removed at once.
struct HashQueue::Node {
  std::uint64_t key = 0;
  bool foreign = false;
  bool had_turn = false;  ///< got its quantum for the turn it is having
  Duration deficit{0};
  Duration work{0};  ///< of all jobs below
  std::unordered_map<std::uint64_t, std::unique_ptr<Node>> children;
  std::list<Node*> turns;            ///< children in the order of their turns
  std::list<Node*>::iterator place;  ///< this node's among its parent's turns
  std::deque<HashJob> jobs;

  Node& child(std::uint64_t child_key) {
    std::unique_ptr<Node>& slot = children[child_key];
    if (!slot) {
      slot = std::make_unique<Node>();
      slot->key = child_key;
      slot->place = turns.insert(turns.end(), slot.get());
    }
    return *slot;
  }
  void remove(Node* child_node) {
    turns.erase(child_node->place);
    children.erase(child_node->key);
  }
  void end_turn(Node& child_node) {
    child_node.had_turn = false;
    turns.splice(turns.end(), turns, child_node.place);
  }
};

HashQueue::HashQueue() : root_(std::make_unique<Node>()), quantum_(first_quantum) {}
HashQueue::~HashQueue() = default;

HashQueue::Path HashQueue::path_of(const HashLane& lane) noexcept {
  const std::uint64_t kind = (lane.privileged ? 1U : 0U) | (lane.foreign ? 2U : 0U);
  return {(lane.project << 2U) | kind, lane.network, lane.account};
}

void HashQueue::push(const HashLane& lane, HashJob job) {
  quantum_ = std::max(least_quantum, (quantum_ * 15 + job.expected) / 16);
  Node* node = root_.get();
  node->work += job.expected;
  for (const std::uint64_t key : path_of(lane)) {
    node = &node->child(key);
    node->foreign = lane.foreign;
    node->work += job.expected;
  }
  if (lane.foreign) {
    foreign_work_ += job.expected;
    ++foreign_size_;
  }
  ++size_;
  node->jobs.push_back(std::move(job));
}

/// The child whose turn it is: each turn adds a quantum, and a child is served while it is not in debt. When everybody
/// is in debt, the rounds until somebody is not are granted at once.
HashQueue::Node* HashQueue::choose(Node& parent, bool foreign_free) const {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Duration best = Duration::min();
    auto next = parent.turns.begin();
    for (std::size_t left = parent.turns.size(); left > 0; --left) {
      Node& candidate = **next++;
      if (candidate.foreign && !foreign_free) continue;  // keeps its place until the slot is free
      if (!candidate.had_turn) candidate.deficit += quantum_;
      candidate.had_turn = true;
      if (candidate.deficit > Duration::zero()) return &candidate;
      best = std::max(best, candidate.deficit);
      parent.end_turn(candidate);
    }
    if (best == Duration::min()) return nullptr;
    const auto rounds = -best / quantum_;
    for (Node* child : parent.turns)
      if (foreign_free || !child->foreign) child->deficit += quantum_ * rounds;
  }
  return nullptr;
}

HashJob HashQueue::pop(bool foreign_free) {
  std::array<Node*, 4> way{root_.get(), nullptr, nullptr, nullptr};
  for (std::size_t level = 1; level < way.size(); ++level) {
    way[level] = choose(*way[level - 1], foreign_free);
    if (way[level] == nullptr) return {};
  }
  Node& leaf = *way.back();
  HashJob job = std::move(leaf.jobs.front());
  leaf.jobs.pop_front();
  --size_;
  if (leaf.foreign) {
    foreign_work_ -= job.expected;
    --foreign_size_;
  }
  root_->work -= job.expected;
  for (std::size_t level = way.size() - 1; level > 0; --level) {
    Node& node = *way[level];
    node.work -= job.expected;
    node.deficit -= job.expected;
    if (node.jobs.empty() && node.children.empty()) {
      way[level - 1]->remove(&node);
    } else if (node.deficit <= Duration::zero()) {
      way[level - 1]->end_turn(node);
    }
  }
  return job;
}

bool HashQueue::has_next(bool foreign_free) const noexcept { return foreign_free ? size_ > 0 : size_ > foreign_size_; }

Duration HashQueue::work() const noexcept { return root_->work; }

/// By the time a lane has been served `x`, every other lane beside it has been served the lesser of `x` and what it
/// has waiting; level by level.
Duration HashQueue::work_until(const HashLane& lane, Duration added) const {
  const Path path = path_of(lane);
  std::array<const Node*, 4> way{root_.get(), nullptr, nullptr, nullptr};
  for (std::size_t level = 1; level < way.size() && way[level - 1] != nullptr; ++level) {
    const auto found = way[level - 1]->children.find(path[level - 1]);
    way[level] = found == way[level - 1]->children.end() ? nullptr : found->second.get();
  }
  Duration served = added + (way.back() == nullptr ? Duration::zero() : way.back()->work);
  for (std::size_t level = way.size() - 1; level > 0; --level) {
    const Node* parent = way[level - 1];
    if (parent == nullptr) continue;
    Duration beside{0};
    for (const Node* child : parent->turns)
      if (child != way[level]) beside += std::min(child->work, served);
    served += beside;
  }
  return served;
}

std::size_t HashQueue::take_dead_from(Node& node, const std::function<bool(const HashJob&)>& is_dead,
                                      std::deque<HashJob>& dead) {
  std::size_t taken = 0;
  const std::size_t before = dead.size();
  for (auto child = node.turns.begin(); child != node.turns.end();) {
    Node* const below = *child++;
    taken += take_dead_from(*below, is_dead, dead);
    if (below->jobs.empty() && below->children.empty()) node.remove(below);
  }
  std::deque<HashJob> alive;
  for (HashJob& job : node.jobs) {
    if (!is_dead(job)) {
      alive.push_back(std::move(job));
      continue;
    }
    ++taken;
    if (node.foreign) {
      --foreign_size_;
      foreign_work_ -= job.expected;
    }
    dead.push_back(std::move(job));
  }
  node.jobs = std::move(alive);
  for (std::size_t i = before; i < dead.size(); ++i) node.work -= dead[i].expected;
  return taken;
}

std::deque<HashJob> HashQueue::take_dead(const std::function<bool(const HashJob&)>& is_dead) {
  std::deque<HashJob> dead;
  size_ -= take_dead_from(*root_, is_dead, dead);
  return dead;
}

std::deque<HashJob> HashQueue::take_all() {
  return take_dead([](const HashJob&) { return true; });
}

}  // namespace portcullis
