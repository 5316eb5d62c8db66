#include "storage/query/walk.hpp"
#include "storage/keys.hpp"

#include <algorithm>

#include "storage/query/users.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage::query {
namespace {

constexpr ProjectNo p{1};
constexpr std::size_t most_a_step = 256;

/// Goes through walks step by step.
class Counted {
 public:
  explicit Counted(Engine& engine) : engine_(engine) {}

  /// Goes through all of a walk; the sequences it comes to, and the most records one step answers.
  std::vector<std::uint64_t> all(Walk& walk) {
    std::vector<std::uint64_t> found;
    for (bool more = true; more;) {
      std::vector<Ref> refs;
      const result<bool> next = walk.next(engine_, source_, refs);
      BOOST_REQUIRE(next);
      more = *next;
      most = std::max(most, refs.size());
      for (const Ref& ref : refs) found.push_back(ref.sequence);
    }
    return found;
  }
  std::size_t most = 0;

 private:
  Engine& engine_;
  Users source_{p};
};

struct Entries {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));

  void put(const std::vector<std::string>& entries) {
    std::vector<Put> puts;
    for (const std::string& key : entries) puts.push_back(codec::put_mark(key));
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts))));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(walks, Entries)

BOOST_AUTO_TEST_CASE(a_step_through_many_values_of_many_entries_is_bounded_and_the_next_goes_on) {
  std::vector<std::string> entries;
  std::vector<std::uint64_t> due;
  for (std::uint64_t value = 0; value < 40; ++value)
    for (std::uint64_t i = 0; i < 100; ++i)
      entries.push_back(
          keys::entry(keys::sorted_group(p, keys::Sorted::created, from_millis(static_cast<std::int64_t>(value))),
                      value * 100 + i));
  put(entries);
  for (std::uint64_t value = 40; value-- > 0;)
    for (std::uint64_t i = 0; i < 100; ++i) due.push_back(value * 100 + i);
  const std::string all = keys::sorted_group(p, keys::Sorted::created);
  Counted counted(*engine);
  const std::unique_ptr<Walk> walk = walk_values(Range{all, keys::beyond(all)}, true, {});
  BOOST_TEST(counted.all(*walk) == due, boost::test_tools::per_element());
  BOOST_TEST(counted.most <= most_a_step);
}

BOOST_AUTO_TEST_CASE(a_step_through_many_groups_together_is_bounded_and_the_next_goes_on) {
  std::vector<std::string> entries;
  std::vector<std::string> groups;
  std::vector<std::uint64_t> due;
  for (std::uint64_t group = 0; group < 50; ++group) {
    groups.push_back(keys::word_group(p, "w" + std::to_string(group)));
    for (std::uint64_t i = 0; i < 40; ++i) entries.push_back(keys::entry(groups.back(), 1 + i * 50 + group));
  }
  put(entries);
  for (std::uint64_t sequence = 1; sequence <= 2000; ++sequence) due.push_back(sequence);
  Counted counted(*engine);
  BOOST_TEST(counted.all(*walk_union(groups, false, std::nullopt)) == due, boost::test_tools::per_element());
  BOOST_TEST(counted.most <= most_a_step);
  std::reverse(due.begin(), due.end());
  BOOST_TEST(counted.all(*walk_union(groups, true, std::nullopt)) == due, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_step_through_what_many_groups_have_in_common_is_bounded_in_what_it_looks_up) {
  std::vector<std::string> entries;
  std::vector<std::string> groups;
  for (std::uint64_t group = 0; group < 128; ++group) {
    groups.push_back(keys::word_group(p, "w" + std::to_string(group)));
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence)
      entries.push_back(keys::entry(groups.back(), sequence));
  }
  put(entries);
  Counted counted(*engine);
  const std::unique_ptr<Walk> walk = walk_common(groups, false, std::nullopt);
  BOOST_TEST(counted.all(*walk).size() == 20U);
  BOOST_TEST(counted.most <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage::query
