// Fair order among waiting hashes, and what it promises to somebody who joins.

#include "core/hashing/fair_queue.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <tuple>
#include <vector>

#include "tests/core/hashing/pool_fixture.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

using hash_pool_testing::allocations_left;

void* operator new(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* const made = std::malloc(size);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }

namespace {

HashLane lane(std::uint64_t project, std::uint64_t network = 0, std::uint64_t account = 0) {
  HashLane made;
  made.project = project;
  made.network = network;
  made.account = account;
  return made;
}

/// The names of the next jobs, which leave.
std::vector<std::size_t> next(HashQueue& queue, int count) {
  std::vector<std::size_t> names;
  for (int i = 0; i < count; ++i) names.push_back(queue.pop().index);
  return names;
}

/// The queue only passes bundles on: any address will do. A job's index tells who waits.
std::shared_ptr<HashBundle> somebody() {
  static const auto owner = std::make_shared<int>(0);
  return {owner, reinterpret_cast<HashBundle*>(owner.get())};
}

HashJobs one_job(std::size_t name, std::chrono::nanoseconds expected) {
  HashJobs jobs;
  jobs.push_back(HashJob{somebody(), name, expected});
  return jobs;
}

void push(HashQueue& queue, const HashLane& where, int name, std::chrono::nanoseconds expected = 10ms) {
  queue.push(where, one_job(static_cast<std::size_t>(name), expected));
}

/// Work done for each name while `jobs` jobs were taken.
std::map<int, std::chrono::nanoseconds> served(HashQueue& queue, int jobs) {
  std::map<int, std::chrono::nanoseconds> work;
  for (int i = 0; i < jobs; ++i) {
    const HashJob job = queue.pop();
    work[static_cast<int>(job.index)] += job.expected;
  }
  return work;
}

/// What waits, as a plain list, and sums over all of it.
class NaiveQueue {
 public:
  using Duration = std::chrono::nanoseconds;

  void push(const HashLane& where, std::size_t name, Duration expected) { waiting_.push_back({where, name, expected}); }
  void remove(std::size_t name) {
    std::erase_if(waiting_, [name](const Entry& each) { return each.name == name; });
  }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] Duration work() const {
    return sum([](const HashLane&) { return true; });
  }
  [[nodiscard]] Duration work_until(const HashLane& lane, Duration added) const {
    const auto of_account = [](const HashLane& l) { return std::tuple(of_network(l), l.account); };
    const auto all = [](const HashLane&) { return 0; };
    Duration served = added + sum([&](const HashLane& l) { return of_account(l) == of_account(lane); });
    served += beside(lane, served, of_account, of_network);
    served += beside(lane, served, of_network, of_project);
    return served + beside(lane, served, of_project, all);
  }

 private:
  struct Entry {
    HashLane lane;
    std::size_t name = 0;
    Duration expected{0};
  };
  static std::tuple<std::uint64_t, bool> of_project(const HashLane& l) { return {l.project, l.privileged}; }
  static std::tuple<std::tuple<std::uint64_t, bool>, std::uint64_t> of_network(const HashLane& l) {
    return {of_project(l), l.network};
  }
  template <class Wanted>
  [[nodiscard]] Duration sum(const Wanted& wanted) const {
    Duration total{0};
    for (const Entry& each : waiting_)
      if (std::invoke(wanted, each.lane)) total += each.expected;
    return total;
  }
  /// What the other branches of one parent get while the lane's own gets `served`.
  template <class Key, class ParentKey>
  [[nodiscard]] Duration beside(const HashLane& lane, Duration served, const Key& key, const ParentKey& parent) const {
    std::map<decltype(key(lane)), Duration> works;
    for (const Entry& each : waiting_)
      if (parent(each.lane) == parent(lane) && key(each.lane) != key(lane)) works[key(each.lane)] += each.expected;
    Duration total{0};
    for (const auto& [branch, work] : works) total += std::min(work, served);
    return total;
  }

  std::vector<Entry> waiting_;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  /// From 0 to `sides` - 1, all alike on every platform.
  std::uint64_t roll(std::uint64_t sides) { return random_() % sides; }
  HashLane lane() {
    HashLane made = ::lane(roll(3), roll(5), roll(4));
    made.privileged = roll(8) == 0;
    return made;
  }
  std::chrono::nanoseconds time() { return std::chrono::nanoseconds(1 + roll(30'000'000)); }

 private:
  std::mt19937_64 random_;
};

void compare(const HashQueue& queue, const NaiveQueue& naive, Dice& dice) {
  BOOST_TEST(queue.size() == naive.size());
  BOOST_TEST((queue.work() == naive.work()));
  for (int i = 0; i < 4; ++i) {
    const HashLane who = dice.lane();
    const std::chrono::nanoseconds added = dice.time();
    BOOST_TEST((queue.work_until(who, added) == naive.work_until(who, added)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_pool_queue)

BOOST_AUTO_TEST_CASE(without_memory_nothing_joins_and_what_was_there_stays) {
  for (int allowed = 0;; ++allowed) {
    HashQueue queue;
    push(queue, lane(1, 1, 1), 1);
    HashJobs jobs = one_job(2, 10ms);
    bool joined = true;
    allocations_left = allowed;
    try {
      queue.push(lane(1, 2, 2), std::move(jobs));
    } catch (const std::bad_alloc&) {
      joined = false;
    }
    allocations_left = -1;
    BOOST_TEST(queue.size() == (joined ? 2U : 1U));
    BOOST_TEST((queue.work() == (joined ? 20ms : 10ms)));
    push(queue, lane(1, 2, 2), 3);
    for (std::size_t left = queue.size(); left > 0; --left) BOOST_TEST(queue.pop().bundle != nullptr);
    BOOST_TEST(queue.pop().bundle == nullptr);
    if (joined) break;
  }
}

BOOST_AUTO_TEST_CASE(projects_share_work_and_not_numbers_of_jobs) {
  HashQueue queue;
  for (int i = 0; i < 1000; ++i) push(queue, lane(1), 1, 2ms);
  for (int i = 0; i < 100; ++i) push(queue, lane(2), 2, 20ms);
  auto work = served(queue, 550);
  BOOST_TEST(work[1] / 1ms >= 900);
  BOOST_TEST(work[2] / 1ms >= 900);
}

BOOST_AUTO_TEST_CASE(a_project_with_many_networks_gets_no_more_than_one_with_a_single_one) {
  HashQueue queue;
  for (std::uint64_t i = 0; i < 100; ++i) push(queue, lane(1, i, i), 1);
  for (int i = 0; i < 100; ++i) push(queue, lane(2), 2);
  auto work = served(queue, 100);
  BOOST_TEST(work[1] / 1ms >= 480);
  BOOST_TEST(work[2] / 1ms >= 480);
}

BOOST_AUTO_TEST_CASE(equal_demands_are_served_equally) {
  HashQueue queue;
  for (std::uint64_t i = 0; i < 50; ++i)
    for (int name = 0; name < 7; ++name) push(queue, lane(static_cast<std::uint64_t>(name)), name);
  const auto work = served(queue, 175);
  for (const auto& [name, done] : work) BOOST_TEST((done == 250ms), name << " got " << done / 1ms);
}

BOOST_AUTO_TEST_CASE(who_comes_beside_a_loud_project_is_next) {
  HashQueue queue;
  for (int i = 0; i < 10; ++i) push(queue, lane(1), 1);
  static_cast<void>(queue.pop());
  static_cast<void>(queue.pop());
  push(queue, lane(2), 2);
  BOOST_TEST(queue.pop().index == 2U);
  BOOST_TEST(queue.pop().index == 1U);
}

BOOST_AUTO_TEST_CASE(one_newcomer_is_next_and_others_wait_for_their_turn) {
  HashQueue queue;
  for (int i = 0; i < 10; ++i) push(queue, lane(1), 1);
  for (int i = 0; i < 2; ++i) static_cast<void>(queue.pop());
  for (int name = 2; name <= 4; ++name) push(queue, lane(static_cast<std::uint64_t>(name)), name);
  BOOST_TEST(next(queue, 5) == (std::vector<std::size_t>{2, 1, 3, 4, 1}), boost::test_tools::per_element());
  // One who comes anew each time shares with the loud one.
  std::vector<std::size_t> order;
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) push(queue, lane(5), 5);
    order.push_back(queue.pop().index);
  }
  BOOST_TEST(order == (std::vector<std::size_t>{5, 1, 5, 1, 5, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_while_without_newcomers_pays_for_a_few_who_keep_their_order) {
  HashQueue queue;
  for (int i = 0; i < 200; ++i) push(queue, lane(1), 1);
  for (int i = 0; i < 100; ++i) static_cast<void>(queue.pop());
  for (int name = 2; name <= 5; ++name) push(queue, lane(static_cast<std::uint64_t>(name)), name);
  BOOST_TEST(next(queue, 5) == (std::vector<std::size_t>{2, 3, 1, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_comes_anew_each_time_gets_little_more_than_a_share) {
  HashQueue queue;
  for (std::uint64_t project = 1; project <= 10; ++project)
    for (int i = 0; i < 50; ++i) push(queue, lane(project), static_cast<int>(project));
  int waiting = 0, taken = 0;
  for (int i = 0; i < 220; ++i) {
    if (waiting == 0) push(queue, lane(11), 11);
    waiting = 1;
    if (queue.pop().index != 11U) continue;
    waiting = 0;
    ++taken;
  }
  BOOST_TEST(taken >= 20);  // 1 of 11
  BOOST_TEST(taken <= 30);  // 3 of 23
}

BOOST_AUTO_TEST_CASE(jobs_of_one_lane_keep_their_order) {
  HashQueue queue;
  for (int i = 0; i < 20; ++i) push(queue, lane(1, 2, 3), i);
  for (int i = 0; i < 20; ++i) BOOST_TEST(queue.pop().index == static_cast<std::size_t>(i));
  BOOST_TEST(queue.pop().bundle == nullptr);
  BOOST_TEST((queue.work() == 0ns));
}

BOOST_AUTO_TEST_CASE(a_dear_job_is_served_although_it_costs_many_turns) {
  HashQueue queue;
  for (int i = 0; i < 400; ++i) push(queue, lane(1), 1, 1ms);
  push(queue, lane(2), 2, 100s);
  push(queue, lane(2), 2, 100s);
  for (int i = 0; i < 402; ++i) BOOST_TEST(queue.pop().bundle != nullptr);
  BOOST_TEST(queue.size() == 0U);
}

BOOST_AUTO_TEST_CASE(who_joins_waits_for_its_own_backlog_and_as_much_of_everybody_elses) {
  HashQueue queue;
  for (int i = 0; i < 10; ++i) push(queue, lane(1, 1, 1), 1);    // 100 ms
  push(queue, lane(2), 2);                                       // 10 ms
  BOOST_TEST((queue.work_until(lane(3), 10ms) == 30ms));         // itself, one turn each of 1 and 2
  BOOST_TEST((queue.work_until(lane(2), 10ms) == 40ms));         // two of its own, two of 1
  BOOST_TEST((queue.work_until(lane(1, 1, 1), 10ms) == 120ms));  // everything
  BOOST_TEST((queue.work_until(lane(1, 2, 1), 10ms) == 30ms));   // its network waits apart; 2 has only 10 ms
  HashLane administrator = lane(1, 1, 1);
  administrator.privileged = true;
  BOOST_TEST((queue.work_until(administrator, 10ms) == 30ms));
  BOOST_TEST((queue.work_until_next(lane(1, 1, 1)) == 20ms));  // itself, one turn of 2
  BOOST_TEST((queue.work_until_next(lane(2)) == 20ms));
  BOOST_TEST((queue.work_until_next(lane(3)) == 0ns));
}

BOOST_AUTO_TEST_CASE(dead_jobs_are_taken_out_with_their_work) {
  HashQueue queue;
  for (int i = 0; i < 6; ++i) push(queue, lane(i % 2 == 0 ? 1 : 2), i);
  const auto dead = queue.take_dead([](const HashJob& job) { return job.index < 4; });
  BOOST_TEST(dead.size() == 4U);
  BOOST_TEST(queue.size() == 2U);
  BOOST_TEST((queue.work() == 20ms));
  BOOST_TEST(queue.take_all().size() == 2U);
  BOOST_TEST(queue.size() == 0U);
  BOOST_TEST((queue.work() == 0ns));
  BOOST_TEST(queue.pop().bundle == nullptr);
}

BOOST_AUTO_TEST_CASE(jobs_of_one_lane_keep_their_order_around_dead_ones) {
  HashQueue queue;
  for (int i = 0; i < 9; ++i) push(queue, lane(1, 2, 3), i);
  for (int i = 9; i < 12; ++i) push(queue, lane(1, static_cast<std::uint64_t>(i), 3), i);
  const auto dead = queue.take_dead([](const HashJob& job) { return job.index % 3 == 0; });
  BOOST_TEST(dead.size() == 4U);
  for (const HashJob& job : dead) BOOST_TEST(job.index % 3 == 0U);
  const auto none = queue.take_dead([](const HashJob&) { return false; });
  BOOST_TEST(none.empty());
  std::vector<std::size_t> left;
  while (queue.size() > 0) left.push_back(queue.pop().index);
  std::erase_if(left, [](std::size_t name) { return name > 9; });
  BOOST_TEST(left == (std::vector<std::size_t>{1, 2, 4, 5, 7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_queue_knows_is_what_a_plain_list_of_its_jobs_says) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    HashQueue queue;
    NaiveQueue naive;
    Dice dice(seed);
    for (std::size_t name = 0; name < 300; ++name) {
      const HashLane where = dice.lane();
      const std::chrono::nanoseconds expected = dice.time();
      queue.push(where, one_job(name, expected));
      naive.push(where, name, expected);
      if (dice.roll(3) == 0) {
        const HashJob job = queue.pop();
        if (job.bundle) naive.remove(job.index);
      }
      if (dice.roll(40) == 0)
        for (const HashJob& job : queue.take_dead([&dice](const HashJob&) { return dice.roll(3) == 0; }))
          naive.remove(job.index);
      compare(queue, naive, dice);
    }
    while (queue.size() > 0) naive.remove(queue.pop().index);
    compare(queue, naive, dice);
  }
}

BOOST_AUTO_TEST_SUITE_END()
