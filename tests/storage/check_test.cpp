#include "storage/check.hpp"

#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Filled() { fill(*engine, 3); }

  CheckReport report() {
    const result<CheckReport> checked = check(*engine, {});
    BOOST_REQUIRE(checked);
    return *checked;
  }
  /// Plants the edits and expects a problem that contains `words`.
  void finds(std::string_view words, std::vector<Put> puts, std::vector<std::string> erasures = {}) {
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts), std::move(erasures))));
    const CheckReport damaged = report();
    bool found = false;
    for (const std::string& problem : damaged.problems) found = found || problem.find(words) != std::string::npos;
    BOOST_TEST(found, "no problem says: " << words);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_check, Filled)

BOOST_AUTO_TEST_CASE(a_sound_store_has_no_problem_and_right_counts) {
  const CheckReport sound = report();
  for (const std::string& problem : sound.problems) BOOST_TEST_MESSAGE(problem);
  BOOST_TEST(sound.problem_count == 0U);
  BOOST_TEST(sound.projects == 1U);
  BOOST_TEST(sound.users == 3U);
  BOOST_TEST(sound.sessions == 6U);
  BOOST_TEST(sound.targets == 3U);
  BOOST_TEST(sound.api_keys == 1U);
  BOOST_TEST(sound.records == 4U + 3U * 11U);
}

BOOST_AUTO_TEST_CASE(an_empty_store_is_sound) {
  TemporaryFolder other;
  const std::unique_ptr<Engine> fresh = open_lmdb(options_for(other.path()));
  const result<CheckReport> checked = check(*fresh, {});
  BOOST_REQUIRE(checked);
  BOOST_TEST(checked->problem_count == 0U);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_any_row_is_found) {
  std::vector<std::string> names;
  BOOST_REQUIRE(engine->inspect(
      [&](Snapshot& snapshot) { snapshot.each([&](const Row& row) { names.emplace_back(row.key); }); }));
  for (const std::string& name : names) {
    const std::string sound = *value_of(*engine, name);
    std::string damaged = sound;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 4);
    BOOST_REQUIRE(submit_now(*engine, writes({Put{name, damaged}})));
    BOOST_TEST(report().problem_count > 0U);
    BOOST_REQUIRE(submit_now(*engine, writes({Put{name, sound}})));
  }
  BOOST_TEST(report().problem_count == 0U);
}

BOOST_AUTO_TEST_CASE(missing_index_entries_are_found) {
  finds("entry in the e-mail index is missing", {}, {keys::email_index(p, "u1@example.com")});
  finds("entry in the phone index is missing", {}, {keys::phone_index(p, "+493012341002")});
  finds("entry in the creation order index is missing", {}, {keys::order_index(p, 2)});
  finds("identifier index is missing", {}, {keys::identifier_index(p, "u3@example.com")});
}

BOOST_AUTO_TEST_CASE(index_entries_that_point_nowhere_or_elsewhere_are_found) {
  finds("does not have this address", {codec::put_text(keys::email_index(p, "ghost@example.com"), "user1")});
  finds("names another user", {codec::put_text(keys::phone_index(p, "+493012341001"), "user2")});
  finds("does not have this identifier", {codec::put(keys::identifier_index(p, "x"), codec::TargetRef{"user9", "t"})});
  finds("not created at this place", {codec::put_text(keys::order_index(p, 99), "user1")});
}

BOOST_AUTO_TEST_CASE(wrong_counts_and_sequences_are_found) {
  finds("says 4, there are 3", {codec::put(keys::counters(p), codec::Counters{4, 9})});
  finds("sequence has already been used", {codec::put(keys::counters(p), codec::Counters{3, 3})});
}

BOOST_AUTO_TEST_CASE(rows_without_their_user_or_project_are_found) {
  finds("belongs to a user that is not there",
        {codec::put(keys::session(p, "ghost", "aaaa"), sample_session("ghost", "aaaa", 1))});
  finds("rows without a project", {codec::put(keys::api_key(ProjectNo{7}, "k"), sample_api_key("k"))});
  finds("never given out", {});
  finds("has no credential row", {}, {keys::credential(p, "user1")});
}

BOOST_AUTO_TEST_CASE(records_under_the_wrong_key_are_found) {
  finds("has another id", {codec::put(keys::user(p, "user1"), sample_user("user7", 1, ""))});
  finds("another user or selector",
        {codec::put(keys::session(p, "user2", "aaaa"), sample_session("user2", "abcd", 1))});
  finds("API key inside has another id", {codec::put(keys::api_key(p, "k1"), sample_api_key("k2"))});
  finds("not of the store's grammar", {Put{"zzzzzz", "x"}});
  finds("belongs to another project, too", {codec::put(keys::project("copy"), sample_project("copy", 1))});
}

BOOST_AUTO_TEST_CASE(only_the_first_hundred_problems_are_told_in_words) {
  std::vector<Put> puts;
  for (int i = 0; i < 150; ++i) puts.push_back(Put{"zzzzzz" + std::to_string(i), "x"});
  BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts))));
  const CheckReport damaged = report();
  BOOST_TEST(damaged.problem_count == 150U);
  BOOST_TEST(damaged.problems.size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
