// Windows, floods and restarts of the rate-limit table.
#include "net/limiter.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace portcullis;

namespace {

constexpr LimitRule ten_an_hour{10, 3600};
constexpr std::size_t small_table = 64 * 1024;

Time at(std::int64_t second) { return from_millis(second * 1000); }
const Time noon = at(1'767'268'800 + 17);  // 17 s into a window

std::string key(int number) { return "key:" + std::to_string(number); }

void exhaust(Limiter& limiter, const std::string& text, Time now, LimitRule rule = ten_an_hour) {
  while (limiter.hit(text, rule, now).allowed) {
  }
}

struct Fixture {
  SystemRandom random;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(limiter, Fixture)

BOOST_AUTO_TEST_CASE(ten_hits_pass_and_the_eleventh_is_refused_until_the_window_ends) {
  Limiter limiter(small_table, random);
  for (std::uint32_t i = 0; i < 10; ++i) {
    const LimitVerdict verdict = limiter.hit("a", ten_an_hour, noon);
    BOOST_TEST(verdict.allowed);
    BOOST_TEST(verdict.limit == 10U);
    BOOST_TEST(verdict.remaining == 9U - i);
    BOOST_TEST(verdict.reset_epoch_s == 1'767'268'800 + 3600);
  }
  const LimitVerdict refused = limiter.hit("a", ten_an_hour, noon);
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(refused.remaining == 0U);
  BOOST_TEST(!limiter.hit("a", ten_an_hour, at(1'767'268'800 + 3599)).allowed);
  BOOST_TEST(limiter.hit("a", ten_an_hour, at(1'767'268'800 + 3600)).allowed);
  BOOST_TEST(limiter.hit("b", ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(peek_counts_nothing) {
  Limiter limiter(small_table, random);
  for (int i = 0; i < 20; ++i) BOOST_TEST(limiter.peek("a", ten_an_hour, noon).remaining == 9U);
  BOOST_TEST(limiter.hit("a", ten_an_hour, noon).remaining == 9U);
  BOOST_TEST(limiter.peek("a", ten_an_hour, noon).remaining == 8U);
  exhaust(limiter, "a", noon);
  BOOST_TEST(!limiter.peek("a", ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(reset_opens_the_window_again) {
  Limiter limiter(small_table, random);
  exhaust(limiter, "a", noon);
  limiter.reset("a", ten_an_hour, noon);
  BOOST_TEST(limiter.hit("a", ten_an_hour, noon).remaining == 9U);
}

BOOST_AUTO_TEST_CASE(windows_of_other_lengths_are_counted_apart) {
  Limiter limiter(small_table, random);
  exhaust(limiter, "a", noon);
  BOOST_TEST(limiter.hit("a", LimitRule{10, 60}, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_limit_of_nothing_allows_nothing) {
  Limiter limiter(small_table, random);
  BOOST_TEST(!limiter.hit("a", LimitRule{0, 60}, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_clock_set_back_does_not_reopen_a_window) {
  Limiter limiter(small_table, random);
  exhaust(limiter, "a", noon);
  BOOST_TEST(!limiter.hit("a", ten_an_hour, noon - std::chrono::hours(2)).allowed);
}

BOOST_AUTO_TEST_CASE(a_flood_of_fresh_keys_evicts_no_exhausted_window) {
  Limiter limiter(small_table, random);
  constexpr int victims = 200;
  for (int i = 0; i < victims; ++i) exhaust(limiter, "victim" + std::to_string(i), noon);
  for (int i = 0; i < 200'000; ++i) limiter.hit(key(i), ten_an_hour, noon);
  for (int i = 0; i < victims; ++i) BOOST_TEST(!limiter.hit("victim" + std::to_string(i), ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_flood_of_single_hits_evicts_no_fuller_window) {
  Limiter limiter(small_table, random);
  for (int i = 0; i < 7; ++i) limiter.hit("fuller", ten_an_hour, noon);
  for (int i = 0; i < 200'000; ++i) limiter.hit(key(i), ten_an_hour, noon);
  BOOST_TEST(limiter.peek("fuller", ten_an_hour, noon).remaining == 2U);
}

BOOST_AUTO_TEST_CASE(a_table_full_of_exhausted_windows_refuses_fresh_keys_until_the_first_ends) {
  Limiter limiter(192, random);  // one bucket of eight
  for (int i = 0; i < 8; ++i) exhaust(limiter, key(i), noon);
  const LimitVerdict fresh = limiter.hit("fresh", ten_an_hour, noon);
  BOOST_TEST(!fresh.allowed);
  BOOST_TEST(fresh.reset_epoch_s == 1'767'268'800 + 3600);
  BOOST_TEST(!limiter.peek("fresh", ten_an_hour, noon).allowed);
  for (int i = 0; i < 8; ++i) BOOST_TEST(!limiter.hit(key(i), ten_an_hour, noon).allowed);
  BOOST_TEST(limiter.hit("fresh", ten_an_hour, noon + std::chrono::hours(1)).allowed);
}

BOOST_AUTO_TEST_CASE(hot_windows_survive_a_restart) {
  Limiter before(small_table, random);
  exhaust(before, "exhausted", noon);
  for (int i = 0; i < 5; ++i) before.hit("half", ten_an_hour, noon);
  for (int i = 0; i < 2; ++i) before.hit("cold", ten_an_hour, noon);
  const std::string blob = before.save(noon);
  BOOST_TEST(before.save(noon).empty());  // nothing changed since

  Limiter after(small_table * 2, random);
  after.load(blob, noon);
  BOOST_TEST(!after.hit("exhausted", ten_an_hour, noon).allowed);
  BOOST_TEST(after.hit("half", ten_an_hour, noon).remaining == 4U);
  BOOST_TEST(after.hit("cold", ten_an_hour, noon).remaining == 9U);
}

BOOST_AUTO_TEST_CASE(each_blob_holds_all_hot_windows) {
  Limiter before(small_table, random);
  exhaust(before, "early", noon);
  BOOST_TEST(!before.save(noon).empty());
  exhaust(before, "late", noon);
  const std::string blob = before.save(noon);
  Limiter after(small_table, random);
  after.load(blob, noon);
  BOOST_TEST(!after.hit("early", ten_an_hour, noon).allowed);
  BOOST_TEST(!after.hit("late", ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(ended_windows_are_not_reloaded) {
  Limiter before(small_table, random);
  exhaust(before, "a", noon);
  const std::string blob = before.save(noon);
  Limiter after(small_table, random);
  after.load(blob, noon + std::chrono::hours(1));
  BOOST_TEST(after.hit("a", ten_an_hour, noon + std::chrono::hours(1)).remaining == 9U);
}

BOOST_AUTO_TEST_CASE(foreign_blobs_are_ignored) {
  Limiter before(small_table, random);
  exhaust(before, "a", noon);
  const std::string blob = before.save(noon);
  Limiter limiter(small_table, random);
  exhaust(limiter, "kept", noon);
  for (std::size_t size = 0; size < blob.size(); ++size) limiter.load(blob.substr(0, size), noon);
  for (std::size_t i = 0; i < blob.size(); ++i) {
    std::string broken = blob;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    limiter.load(broken, noon);
  }
  limiter.load(blob + "x", noon);
  BOOST_TEST(!limiter.hit("kept", ten_an_hour, noon).allowed);
  BOOST_TEST(limiter.hit("a", ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_blob_is_bounded) {
  Limiter limiter(4 * 1024 * 1024, random);
  for (int i = 0; i < 60'000; ++i) limiter.hit(key(i), LimitRule{1, 3600}, noon);
  const std::string blob = limiter.save(noon);
  BOOST_TEST(blob.size() <= 32768U * 24 + 64);
  BOOST_TEST(blob.size() > 32000U * 24);
}

BOOST_AUTO_TEST_CASE(threads_together_get_no_more_than_the_limit) {
  Limiter limiter(small_table, random);
  constexpr LimitRule rule{1000, 3600};
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (limiter.hit("shared", rule, noon).allowed) ++allowed;
        limiter.hit(key(i), rule, noon);
        if (i % 250 == 0) static_cast<void>(limiter.save(noon));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(allowed == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
