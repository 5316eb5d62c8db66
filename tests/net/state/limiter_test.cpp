// Windows, floods and restarts of the rate-limit tables.
#include "net/state/limiter.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace portcullis;

namespace {

constexpr LimitRule ten_an_hour{10, 3600};
constexpr LimitRule hundred_an_hour{100, 3600};
constexpr std::size_t smallest = 64 * 1024;  // of --limiter-memory
constexpr std::size_t default_size = 8 << 20;

Time at(std::int64_t second) { return from_millis(second * 1000); }
const Time noon = at(1'767'268'800 + 17);  // 17 s into a window

std::string name(int number) { return "key:" + std::to_string(number); }

/// A key of an account, asked for from a network.
LimitKey account(std::string_view text, std::uint32_t network = 0, std::uint32_t project = 1) {
  LimitKey key{LimitTable::account, text, {}, project};
  std::memcpy(key.network.data(), &network, sizeof network);
  return key;
}
LimitKey of_network(std::string_view text, std::uint32_t network = 0, std::uint32_t project = 1) {
  LimitKey key = account(text, network, project);
  key.table = LimitTable::network;
  return key;
}

void exhaust(Limiter& limiter, std::string_view text, Time now, LimitRule rule = ten_an_hour) {
  while (limiter.hit(account(text), rule, now).allowed) {
  }
}

/// So many hits as are allowed, at most `most`.
int allowed_of(Limiter& limiter, const LimitKey& key, int most, LimitRule rule = ten_an_hour) {
  int allowed = 0;
  for (int i = 0; i < most; ++i) allowed += limiter.hit(key, rule, noon).allowed ? 1 : 0;
  return allowed;
}

/// Every network counts its failures and tries junk accounts until it is refused, as a sign-in does.
void flood(Limiter& limiter, std::uint32_t networks, std::uint32_t first = 1000, std::uint32_t project = 1) {
  for (std::uint32_t n = first; n < first + networks; ++n) {
    const std::string failures = "failures" + std::to_string(n);
    for (int i = 0; i < 100; ++i) {
      const std::string junk = "junk" + std::to_string(n) + "/" + std::to_string(i);
      const LimitVerdict verdict = limiter.hit(account(junk, n, project), ten_an_hour, noon);
      if (!verdict.allowed || !limiter.hit(of_network(failures, n, project), hundred_an_hour, noon).allowed) break;
      limiter.fail(verdict.charge);
    }
  }
}

/// What people meet after a flood over the smallest tables, each at home in a network of their own, and who guesses at
/// them from 200 others.
struct Siege {
  static constexpr int people = 200;
  int refused = 0;
  int guesses = 0;
  int most_guesses = 0;
};

Siege besiege(Random& random, std::uint32_t networks) {
  Limiter limiter(smallest, random);
  flood(limiter, networks);
  Siege siege;
  for (std::uint32_t i = 0; i < Siege::people; ++i) {
    const std::string victim = "victim" + std::to_string(i);
    const std::string failures = "failures-home" + std::to_string(i);
    const LimitVerdict check = limiter.hit(of_network(failures, i), hundred_an_hour, noon);
    const LimitVerdict own = limiter.hit(account(victim, i), ten_an_hour, noon);
    if (!check.allowed || !own.allowed) ++siege.refused;
    limiter.give_back(check.charge);
    limiter.reset(own.charge);
    int guessed = 0;
    for (std::uint32_t n = 0; n < 200; ++n) {
      const std::uint32_t from = n % 3 == 0 ? 1000 + (i * 67 + n) % networks : 100'000 + i * 200 + n;
      guessed += limiter.hit(account(victim, from), ten_an_hour, noon).allowed ? 1 : 0;
    }
    siege.guesses += guessed;
    siege.most_guesses = std::max(siege.most_guesses, guessed);
  }
  return siege;
}

struct Fixture {
  SystemRandom random;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(limiter, Fixture)

BOOST_AUTO_TEST_CASE(ten_hits_pass_and_the_eleventh_is_refused_until_the_window_ends) {
  Limiter limiter(smallest, random);
  for (std::uint32_t i = 0; i < 10; ++i) {
    const LimitVerdict verdict = limiter.hit(account("a"), ten_an_hour, noon);
    BOOST_TEST(verdict.allowed);
    BOOST_TEST(verdict.limit == 10U);
    BOOST_TEST(verdict.remaining == 9U - i);
    BOOST_TEST(verdict.reset_epoch_s == 1'767'268'800 + 3600);
  }
  const LimitVerdict refused = limiter.hit(account("a"), ten_an_hour, noon);
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(refused.remaining == 0U);
  BOOST_TEST(!limiter.hit(account("a"), ten_an_hour, at(1'767'268'800 + 3599)).allowed);
  BOOST_TEST(limiter.hit(account("a"), ten_an_hour, at(1'767'268'800 + 3600)).allowed);
  BOOST_TEST(limiter.hit(account("b"), ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(peek_counts_nothing) {
  Limiter limiter(smallest, random);
  for (int i = 0; i < 20; ++i) BOOST_TEST(limiter.peek(account("a"), ten_an_hour, noon).remaining == 9U);
  BOOST_TEST(limiter.hit(account("a"), ten_an_hour, noon).remaining == 9U);
  BOOST_TEST(limiter.peek(account("a"), ten_an_hour, noon).remaining == 8U);
  exhaust(limiter, "a", noon);
  BOOST_TEST(!limiter.peek(account("a"), ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(reset_opens_the_window_again_and_the_failures_of_the_hour_stay_known) {
  Limiter limiter(smallest, random);
  for (int i = 0; i < 3; ++i) limiter.fail(limiter.hit(account("a"), ten_an_hour, noon).charge);
  limiter.reset(limiter.hit(account("a"), ten_an_hour, noon).charge);
  const LimitVerdict verdict = limiter.hit(account("a"), ten_an_hour, noon);
  BOOST_TEST(verdict.remaining == 9U);
  BOOST_TEST(verdict.remaining_of_failures == 6U);
}

BOOST_AUTO_TEST_CASE(what_is_given_back_never_was) {
  Limiter limiter(smallest, random);
  for (int i = 0; i < 50; ++i) {
    const LimitVerdict verdict = limiter.hit(account("a"), ten_an_hour, noon);
    BOOST_TEST(verdict.remaining == 9U);
    limiter.give_back(verdict.charge);
  }
}

BOOST_AUTO_TEST_CASE(what_is_given_back_late_does_not_touch_the_next_window) {
  Limiter limiter(smallest, random);
  const LimitCharge late = limiter.hit(account("a"), ten_an_hour, noon).charge;
  const Time next = noon + std::chrono::hours(1);
  limiter.hit(account("a"), ten_an_hour, next);
  limiter.give_back(late);
  BOOST_TEST(limiter.peek(account("a"), ten_an_hour, next).remaining == 8U);
}

BOOST_AUTO_TEST_CASE(hits_that_are_not_settled_fill_a_window_but_are_told_from_failures) {
  Limiter limiter(smallest, random);
  std::vector<LimitCharge> running;
  for (int i = 0; i < 10; ++i) running.push_back(limiter.hit(account("a"), ten_an_hour, noon).charge);
  BOOST_TEST(!limiter.hit(account("a"), ten_an_hour, noon).allowed);
  BOOST_TEST(!limiter.hit(account("a"), ten_an_hour, noon).failures_fill_it);
  for (const LimitCharge& charge : running) limiter.fail(charge);
  BOOST_TEST(limiter.hit(account("a"), ten_an_hour, noon).failures_fill_it);
}

BOOST_AUTO_TEST_CASE(windows_of_other_lengths_are_counted_apart) {
  Limiter limiter(smallest, random);
  exhaust(limiter, "a", noon);
  BOOST_TEST(limiter.hit(account("a"), LimitRule{10, 60}, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_limit_of_nothing_allows_nothing) {
  Limiter limiter(smallest, random);
  BOOST_TEST(!limiter.hit(account("a"), LimitRule{0, 60}, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_clock_set_back_does_not_reopen_a_window) {
  Limiter limiter(smallest, random);
  exhaust(limiter, "a", noon);
  BOOST_TEST(!limiter.hit(account("a"), ten_an_hour, noon - std::chrono::hours(2)).allowed);
}

BOOST_AUTO_TEST_CASE(what_a_clock_set_back_gives_back_reaches_the_window_it_was_counted_in) {
  Limiter limiter(smallest, random);
  limiter.hit(account("a"), ten_an_hour, noon);
  limiter.give_back(limiter.hit(account("a"), ten_an_hour, noon - std::chrono::hours(2)).charge);
  BOOST_TEST(limiter.peek(account("a"), ten_an_hour, noon).remaining == 8U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_fresh_keys_changes_no_window_that_runs) {
  Limiter limiter(smallest, random);
  constexpr int victims = 100;
  for (std::uint32_t i = 0; i < victims; ++i) {
    const std::string victim = "victim" + std::to_string(i);
    BOOST_TEST(allowed_of(limiter, account(victim, i), 9) == 9);
  }
  flood(limiter, 2000);
  for (std::uint32_t i = 0; i < victims; ++i) {
    const std::string victim = "victim" + std::to_string(i);
    BOOST_TEST(limiter.peek(account(victim, i), ten_an_hour, noon).remaining == 0U);
    BOOST_TEST(allowed_of(limiter, account(victim, i), 5) == 1);
  }
}

BOOST_AUTO_TEST_CASE(in_a_flood_from_many_networks_others_sign_in_and_guessing_stays_bounded) {
  const Siege some = besiege(random, 500);
  BOOST_TEST(some.refused <= Siege::people / 10);  // 14 at most in 33 runs: the key is another each time
  BOOST_TEST(some.guesses <= 14 * Siege::people);
  BOOST_TEST(some.most_guesses <= 30);
}

BOOST_AUTO_TEST_CASE(in_a_flood_of_ten_networks_for_each_slot_most_people_still_sign_in) {
  const Siege many = besiege(random, 5000);
  BOOST_TEST(many.refused <= Siege::people / 10);
  BOOST_TEST(many.guesses <= 20 * Siege::people);
}

BOOST_AUTO_TEST_CASE(one_network_fills_no_table_and_shares_one_window_beyond_its_part) {
  Limiter limiter(smallest, random);
  int allowed = 0;
  for (int i = 0; i < 100'000; ++i) allowed += limiter.hit(account(name(i), 7), ten_an_hour, noon).allowed ? 1 : 0;
  BOOST_TEST(allowed >= 10);
  BOOST_TEST(allowed <= 12 + 200);  // a 64th of 640 slots, and the shared window
  int others = 0;
  for (std::uint32_t n = 100; n < 200; ++n) {
    const std::string other = "other" + std::to_string(n);
    others += allowed_of(limiter, account(other, n), 20);
  }
  BOOST_TEST(others <= 1000);
  BOOST_TEST(others >= 980);  // what the one network left in the sketch may cost a few of them a hit
}

BOOST_AUTO_TEST_CASE(one_network_holds_its_part_of_the_windows_by_address_too) {
  Limiter limiter(smallest, random);
  int allowed = 0;
  for (int i = 0; i < 100'000; ++i) allowed += limiter.hit(of_network(name(i), 7), ten_an_hour, noon).allowed ? 1 : 0;
  BOOST_TEST(allowed <= 8 + 200);
  BOOST_TEST(allowed_of(limiter, of_network("other", 8), 20) == 10);
}

BOOST_AUTO_TEST_CASE(one_project_fills_half_a_table_and_others_count_exactly) {
  Limiter limiter(1 << 20, random);
  flood(limiter, 100, 1000, 1);
  int exact = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const std::string other = "other" + std::to_string(i);
    exact += allowed_of(limiter, account(other, i, 2), 20) == 10 ? 1 : 0;
  }
  BOOST_TEST(exact >= 80);  // half full, a bucket in twenty has no slot left
}

BOOST_AUTO_TEST_CASE(successes_leave_nothing_behind) {
  Limiter limiter(smallest, random);
  for (int i = 0; i < 100'000; ++i) limiter.reset(limiter.hit(account(name(i), 7), ten_an_hour, noon).charge);
  BOOST_TEST(allowed_of(limiter, account("another", 7), 20) == 10);
}

BOOST_AUTO_TEST_CASE(a_networks_part_is_free_again_in_the_next_window) {
  Limiter limiter(smallest, random);
  for (int i = 0; i < 1000; ++i) limiter.hit(account(name(i), 7), ten_an_hour, noon);
  BOOST_TEST(!limiter.hit(account("fresh", 7), ten_an_hour, noon).allowed);
  const LimitVerdict verdict = limiter.hit(account("fresh", 7), ten_an_hour, noon + std::chrono::hours(1));
  BOOST_TEST(verdict.allowed);
  BOOST_TEST(verdict.remaining == 9U);
}

BOOST_AUTO_TEST_CASE(a_full_table_counts_on_and_refuses_only_who_is_counted_out) {
  Limiter limiter(1024, random);  // a bucket or two of each kind
  for (std::uint32_t i = 0; i < 64; ++i) limiter.hit(account(name(static_cast<int>(i)), i), ten_an_hour, noon);
  int allowed = 0;
  for (std::uint32_t n = 0; n < 100; ++n)
    allowed += limiter.hit(account("fresh", 1000 + n), ten_an_hour, noon).allowed ? 1 : 0;
  BOOST_TEST(allowed > 0);
  BOOST_TEST(allowed <= 20);
  BOOST_TEST(limiter.hit(account("fresh", 1), ten_an_hour, noon + std::chrono::hours(1)).allowed);
}

BOOST_AUTO_TEST_CASE(hot_windows_survive_a_restart) {
  Limiter before(smallest, random);
  exhaust(before, "exhausted", noon);
  for (int i = 0; i < 5; ++i) before.hit(account("half"), ten_an_hour, noon);
  for (int i = 0; i < 2; ++i) before.hit(account("cold"), ten_an_hour, noon);
  for (int i = 0; i < 100; ++i) before.hit(of_network("failures"), hundred_an_hour, noon);
  const std::string blob = before.save(noon);
  BOOST_TEST(before.save(noon).empty());  // nothing changed since

  Limiter after(smallest * 2, random);
  after.load(blob, noon);
  BOOST_TEST(!after.hit(account("exhausted"), ten_an_hour, noon).allowed);
  BOOST_TEST(after.hit(account("half"), ten_an_hour, noon).remaining == 4U);
  BOOST_TEST(after.hit(account("cold"), ten_an_hour, noon).remaining == 9U);
  BOOST_TEST(!after.hit(of_network("failures"), hundred_an_hour, noon).allowed);
  BOOST_TEST(after.hit(of_network("failures"), hundred_an_hour, noon).failures_fill_it);
}

BOOST_AUTO_TEST_CASE(each_blob_holds_all_hot_windows) {
  Limiter before(smallest, random);
  exhaust(before, "early", noon);
  BOOST_TEST(!before.save(noon).empty());
  exhaust(before, "late", noon);
  const std::string blob = before.save(noon);
  Limiter after(smallest, random);
  after.load(blob, noon);
  BOOST_TEST(!after.hit(account("early"), ten_an_hour, noon).allowed);
  BOOST_TEST(!after.hit(account("late"), ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(windows_that_find_no_slot_after_a_restart_go_on_in_the_sketch) {
  Limiter before(default_size, random);
  for (std::uint32_t i = 0; i < 200; ++i) {
    const std::string text = name(static_cast<int>(i));
    static_cast<void>(allowed_of(before, account(text, i), 10));
  }
  Limiter after(2048, random);
  after.load(before.save(noon), noon);
  int closed = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const std::string text = name(static_cast<int>(i));
    closed += after.hit(account(text, i), ten_an_hour, noon).allowed ? 0 : 1;
  }
  BOOST_TEST(closed >= 32);
}

BOOST_AUTO_TEST_CASE(ended_windows_are_not_reloaded) {
  Limiter before(smallest, random);
  exhaust(before, "a", noon);
  const std::string blob = before.save(noon);
  Limiter after(smallest, random);
  after.load(blob, noon + std::chrono::hours(1));
  BOOST_TEST(after.hit(account("a"), ten_an_hour, noon + std::chrono::hours(1)).remaining == 9U);
}

BOOST_AUTO_TEST_CASE(foreign_blobs_are_ignored) {
  Limiter before(smallest, random);
  exhaust(before, "a", noon);
  const std::string blob = before.save(noon);
  Limiter limiter(smallest, random);
  exhaust(limiter, "kept", noon);
  for (std::size_t size = 0; size < blob.size(); ++size) limiter.load(blob.substr(0, size), noon);
  for (std::size_t i = 0; i < blob.size(); ++i) {
    std::string broken = blob;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    limiter.load(broken, noon);
  }
  limiter.load(blob + "x", noon);
  BOOST_TEST(!limiter.hit(account("kept"), ten_an_hour, noon).allowed);
  BOOST_TEST(limiter.hit(account("a"), ten_an_hour, noon).allowed);
}

BOOST_AUTO_TEST_CASE(a_blob_is_bounded) {
  Limiter limiter(default_size, random);
  for (std::uint32_t i = 0; i < 40'000; ++i)
    limiter.hit(account(name(static_cast<int>(i)), i / 16), LimitRule{1, 3600}, noon);
  const std::string blob = limiter.save(noon);
  BOOST_TEST(blob.size() <= 16384U * 32 + 64);
  BOOST_TEST(blob.size() > 16000U * 32);
}

BOOST_AUTO_TEST_CASE(threads_together_get_no_more_than_the_limit) {
  Limiter limiter(smallest, random);
  constexpr LimitRule rule{1000, 3600};
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1000; ++i) {
        if (limiter.hit(account("shared", t), rule, noon).allowed) ++allowed;
        const LimitVerdict other = limiter.hit(account(name(i), 10 + t), rule, noon);
        if (other.allowed && i % 3 == 0) limiter.give_back(other.charge);
        if (i % 250 == 0) static_cast<void>(limiter.save(noon));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(allowed == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
