// What advances a user's revision: every committed change of one of its rows, and nothing else.
#include "storage/revisions.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/format.hpp"

#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Filled() { fill(*engine, 3); }
  [[nodiscard]] std::uint64_t count(std::string_view user_id) const {
    return engine->revisions()->count(Revisions::slot(p, user_id));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(revisions, Filled)

BOOST_AUTO_TEST_CASE(every_row_of_a_user_has_the_slot_of_the_user) {
  const Revisions::Slot slot = Revisions::slot(p, "user1");
  for (const std::string& key :
       {keys::user(p, "user1"), keys::accessed(p, "user1"), keys::prefs(p, "user1"), keys::credential(p, "user1"),
        keys::target(p, "user1", "t"), keys::session(p, "user1", "aaaa")})
    BOOST_TEST((Revisions::slot_of(key) == slot));
  const std::string long_id(80, 'x');
  BOOST_TEST((Revisions::slot_of(keys::session(p, long_id, "aaaa")) == Revisions::slot(p, long_id)));
  BOOST_TEST(Revisions::slot(ProjectNo{2}, "user1") != slot);
  for (const std::string& key : {keys::meta(), keys::counters(p), keys::email_index(p, "user1"), std::string("x")})
    BOOST_TEST(!Revisions::slot_of(key).has_value());
}

BOOST_AUTO_TEST_CASE(puts_and_erasures_advance_their_user_only) {
  const std::uint64_t first = count("user1");
  const std::uint64_t other = count("user2");
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::accessed(p, "user1"), from_millis(5))})));
  const std::uint64_t after_put = count("user1");
  BOOST_TEST(after_put > first);
  BOOST_REQUIRE(submit_now(*engine, writes({}, {keys::session(p, "user1", "aaaa")})));
  BOOST_TEST(count("user1") > after_put);
  BOOST_TEST(count("user2") == other);
}

BOOST_AUTO_TEST_CASE(each_user_of_a_batch_is_advanced) {
  std::vector<EngineChange> changes;
  for (const char* id : {"user1", "user2", "user1"})
    changes.push_back(writes({codec::put(keys::accessed(p, id), from_millis(6))}));
  const std::uint64_t first = count("user1"), second = count("user2"), third = count("user3");
  for (const result<void>& done : submit_together(*engine, std::move(changes))) BOOST_TEST(done.has_value());
  BOOST_TEST(count("user1") > first);
  BOOST_TEST(count("user2") > second);
  BOOST_TEST(count("user3") == third);
}

BOOST_AUTO_TEST_CASE(a_refused_change_advances_nothing) {
  const std::uint64_t before = count("user1");
  BOOST_TEST(!submit_now(*engine, puts_when_absent(keys::user(p, "user1"), "x")).has_value());
  BOOST_TEST(count("user1") == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
