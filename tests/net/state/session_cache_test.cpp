// What the cache of checked sessions keeps, for how long, and how much.
#include "net/state/session_cache.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

using namespace portcullis;

namespace {

constexpr ProjectNo p{1};

/// A profile that owns an id and preferences of that size.
std::shared_ptr<const storage::Profile> profile_of(const std::string& id, std::size_t prefs = 2) {
  auto profile = std::make_shared<storage::Profile>();
  auto bytes = std::make_unique<char[]>(id.size() + prefs);
  std::copy(id.begin(), id.end(), bytes.get());
  profile->user.id = {bytes.get(), id.size()};
  profile->prefs = {bytes.get() + id.size(), prefs};
  profile->bytes = std::move(bytes);
  profile->session.emplace();
  return profile;
}

struct Fixture {
  SystemRandom random;
  std::unique_ptr<storage::Revisions> revisions = std::make_unique<storage::Revisions>();
  SessionCache cache{8, 2, revisions.get(), random};

  void put(std::string_view text, const std::string& id, std::size_t prefs = 2) {
    cache.put(cache.tag(p, text), cache.now(p, id), profile_of(id, prefs));
  }
  [[nodiscard]] std::string found(std::string_view text, ProjectNo project = p) {
    const auto profile = cache.find(cache.tag(project, text));
    return profile ? std::string(profile->user.id) : "";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_cache, Fixture)

BOOST_AUTO_TEST_CASE(a_text_is_found_again_in_its_project_alone) {
  put("text", "u1");
  BOOST_TEST(found("text") == "u1");
  BOOST_TEST(found("text") == "u1");
  BOOST_TEST(found("texT").empty());
  BOOST_TEST(found("text", ProjectNo{2}).empty());
}

BOOST_AUTO_TEST_CASE(a_change_of_the_user_forgets_it) {
  put("text", "u1");
  put("other", "u2");
  revisions->advance(storage::Revisions::slot(p, "u1"));
  BOOST_TEST(found("text").empty());
  BOOST_TEST(found("other") == "u2");
}

BOOST_AUTO_TEST_CASE(rows_read_before_a_change_are_never_believed) {
  const SessionCache::Moment before = cache.now(p, "u1");
  revisions->advance(storage::Revisions::slot(p, "u1"));
  cache.put(cache.tag(p, "text"), before, profile_of("u1"));
  BOOST_TEST(found("text").empty());
}

BOOST_AUTO_TEST_CASE(a_text_put_again_replaces_what_was_there) {
  put("text", "u1");
  put("text", "u2");
  BOOST_TEST(found("text") == "u2");
}

BOOST_AUTO_TEST_CASE(there_are_never_more_than_asked_for_and_the_least_used_go) {
  put("kept", "u0");
  for (int i = 1; i < 100; ++i) {
    put("text" + std::to_string(i), "u" + std::to_string(i));
    BOOST_TEST(found("kept") == "u0");
  }
  int left = 0;
  for (int i = 1; i < 100; ++i) left += found("text" + std::to_string(i)).empty() ? 0 : 1;
  BOOST_TEST(left == 7);
}

BOOST_AUTO_TEST_CASE(few_sessions_make_few_shards) {
  SessionCache small(4, 64, revisions.get(), random);
  const auto text = [](int i) { return "text" + std::to_string(i); };
  for (int i = 0; i < 200; ++i) small.put(small.tag(p, text(i)), small.now(p, "u"), profile_of("u"));
  int left = 0;
  for (int i = 0; i < 200; ++i) left += small.find(small.tag(p, text(i))) ? 1 : 0;
  BOOST_TEST(left == 4);
}

BOOST_AUTO_TEST_CASE(large_profiles_are_not_kept) {
  put("text", "u1", 65536);
  BOOST_TEST(found("text").empty());
}

BOOST_AUTO_TEST_CASE(none_are_kept_when_switched_off_or_when_others_write) {
  SessionCache none(0, 1, revisions.get(), random);
  SessionCache shared_store(8, 1, nullptr, random);
  for (SessionCache* off : {&none, &shared_store}) {
    off->put(off->tag(p, "text"), off->now(p, "u1"), profile_of("u1"));
    BOOST_TEST(!off->on());
    BOOST_TEST(!off->find(off->tag(p, "text")));
  }
}

BOOST_AUTO_TEST_SUITE_END()
