#include "storage/check.hpp"
#include "storage/api_keys.hpp"

#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/keys.hpp"
#include "storage/mock_phones.hpp"
#include "storage/platforms.hpp"
#include "storage/projects.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/teams.hpp"
#include "storage/tokens.hpp"
#include "storage/users.hpp"
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
  const result<Rows> entries = engine->read_now(Reads{{}, {keys::list_entries(p, 1000)}});
  const std::size_t list_rows = entries->view().ranges[0].size();
  BOOST_TEST(list_rows > 0U);
  BOOST_TEST(sound.records == 4U + 3U * 19U + list_rows);
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
  finds("index of target ids is missing", {}, {keys::target_index(p, "t2")});
}

BOOST_AUTO_TEST_CASE(index_entries_that_point_nowhere_or_elsewhere_are_found) {
  finds("does not have this address", {codec::put_text(keys::email_index(p, "ghost@example.com"), "user1")});
  finds("names another user", {codec::put_text(keys::phone_index(p, "+493012341001"), "user2")});
  finds("does not have this identifier", {codec::put(keys::identifier_index(p, "x"), TargetRef{"user9", "t"})});
  finds("not there or has another id", {codec::put(keys::target_index(p, "t9"), TargetRef{"user1", "t1"})});
  finds("not there or has another id", {codec::put(keys::target_index(p, "t8"), TargetRef{"user1", "t8"})});
  finds("not created at this place", {codec::put_text(keys::order_index(p, 99), "user1")});
}

BOOST_AUTO_TEST_CASE(list_entries_that_are_missing_or_describe_nobody_are_found) {
  finds("is missing", {}, {keys::entry(keys::word_group(p, "u1"), 1)});
  finds("describes no user", {codec::put_mark(keys::entry(keys::word_group(p, "stray"), 2))});
  finds("describes no user", {codec::put_mark(keys::entry(keys::sorted_group(p, keys::Sorted::no_email), 77))});
  finds("checksum, version or layout", {Put{keys::entry(keys::word_group(p, "u2"), 2), "x"}});
}

BOOST_AUTO_TEST_CASE(teams_and_their_members_must_match) {
  const Membership membership = sample_membership("user1", "cooks", "m1");
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::team(p, "cooks"), sample_team("cooks", 1)),
                                            codec::put(keys::membership(p, "user1", "m1"), membership),
                                            codec::put_text(keys::member(p, "cooks", "m1"), "user1")})));
  BOOST_TEST(report().problem_count == 0U);
  finds("does not count its confirmed members", {codec::put(keys::team(p, "cooks"), sample_team("cooks", 2))});
  finds("entry under its team is missing", {}, {keys::member(p, "cooks", "m1")});
  finds("a user without this membership", {codec::put_text(keys::member(p, "cooks", "m2"), "user1")});
  finds("of a team that is not there", {}, {keys::team(p, "cooks")});
  finds("the team inside has another id", {codec::put(keys::team(p, "x"), sample_team("y", 0))});
  finds("membership inside has another user or id",
        {codec::put(keys::membership(p, "user2", "m9"), sample_membership("user2", "cooks", "m8"))});
  finds("platform inside has another id", {codec::put(keys::platform(p, "x"), sample_platform("y"))});
  finds("mock phone inside has another number", {codec::put(keys::mock_phone(p, "+1"), sample_mock_phone("+2"))});
}

BOOST_AUTO_TEST_CASE(entries_of_identities_that_are_missing_or_describe_none_are_found) {
  finds("is missing or names another", {}, {keys::identity_id_index(p, "i1")});
  finds("is missing or names another", {}, {keys::entry(keys::identity_email_group(p, "i2@provider.example.com"), 2)});
  finds("is missing or names another",
        {codec::put(keys::identity_provider_index(p, "github", "uid-i3"), IdentityRef{"user1", "i1"})});
  const IdentityRef first{"user1", "i1"};
  for (const std::string& key : {keys::identity_id_index(p, "i9"), keys::identity_order_index(p, 9),
                                 keys::entry(keys::identity_user_group(p, "user2"), 1),
                                 keys::entry(keys::identity_email_group(p, "other@example.com"), 1)})
    finds("describes no identity", {codec::put(key, first)});
  finds("identity inside has another user or id",
        {codec::put(keys::identity(p, "user2", "i2"), sample_identity("user1", "i2", 2))});
}

BOOST_AUTO_TEST_CASE(wrong_counts_and_sequences_are_found) {
  finds("count of identities says 2, there are 3", {codec::put(keys::counters(p), Counters{3, 4, 2, 4})});
  finds("next identity's sequence has already been used", {codec::put(keys::counters(p), Counters{3, 4, 3, 3})});
  finds("says 4, there are 3", {codec::put(keys::counters(p), Counters{4, 9})});
  finds("sequence has already been used", {codec::put(keys::counters(p), Counters{3, 3})});
}

BOOST_AUTO_TEST_CASE(wrong_counts_of_hashes_are_found) {
  const auto with = [](std::uint64_t ours, std::uint64_t md5, std::uint64_t others) {
    Counters counters{3, 4, 3, 4};
    counters.hash_classes.add(sample_credential().hash, ours);
    counters.hash_classes.add(PasswordHash{"md5", "x", "{}"}, md5);
    counters.hash_classes.others = others;
    return std::vector<Put>{codec::put(keys::counters(p), counters)};
  };
  finds("the count of argon2id work 1 memory 8 lanes 1 version 19 hashes says 2, there are 3", with(2, 0, 0));
  finds("the count of md5 hashes says 1, there are 0", with(3, 1, 0));
  finds("the count of other hashes says 0, there are 3", with(0, 0, 0));
  finds("the count of other hashes says 2, there are 0", with(3, 0, 2));
  // Users of classes that are not counted on their own are among the others.
  BOOST_REQUIRE(submit_now(*engine, writes(with(0, 0, 3))));
  BOOST_TEST(report().problem_count == 0U);
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
  finds("the token inside has another user or id",
        {codec::put(keys::token(p, "user2", "k"), sample_token("user1", "k"))});
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
