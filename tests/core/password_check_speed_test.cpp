// How long checks are said to take, and what an import may cost by it.

#include "core/password/check_speed.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

#include "core/clock.hpp"
#include "core/password/hasher.hpp"
#include "core/random.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

constexpr CostClass bcrypt_of(std::uint32_t cost) { return CostClass{3, 0, cost, 1}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(password_check_speed)

BOOST_AUTO_TEST_CASE(times_follow_the_work) {
  const CheckSpeed speed{600, 120000, 500, 500};
  BOOST_TEST((speed.of(CostClass{0, 1000, 2, 1}) == 1200us));
  BOOST_TEST((speed.of(bcrypt_of(10)) == 122880us));
  BOOST_TEST((speed.of(CostClass{4, 0, 20, 1}) == 524288us));
  BOOST_TEST((speed.of(CostClass{5, 16384, 2, 1}) == 131072us));  // N = 16384, r = 8, p = 2
  BOOST_TEST((speed.of(CostClass{0, 1U << 31U, 1U << 31U, 1}) > 24h));
}

BOOST_AUTO_TEST_CASE(this_machine_takes_some_time_for_each) {
  const CheckSpeed speed = CheckSpeed::measure(argon2::select_kernel().kernel);
  for (const CostClass& cost :
       {CostClass{0, 1024, 1, 1}, bcrypt_of(8), CostClass{4, 0, 15, 1}, CostClass{5, 1024, 1, 1}}) {
    BOOST_TEST((speed.of(cost) > 10us), cost.kind);
    BOOST_TEST((speed.of(cost) < 10s), cost.kind);
  }
}

BOOST_AUTO_TEST_CASE(an_import_is_bounded_by_time_and_not_by_a_parameter) {
  const SystemClock clock;
  SystemRandom random;
  HashPoolOptions options;
  options.arena_kib = 64;
  options.foreign_kib = 1U << 20U;
  HashPool pool(options, clock);
  const auto refusal = [&](const PasswordHash& stored, double slower) {
    const CheckSpeed speed{600 * slower, 120000 * slower, 500 * slower, 500 * slower};
    const Hasher hasher(pool, Argon2Cost{64, 2}, random, argon2::select_kernel(), {}, ImportBound{1s, speed});
    std::string_view why;
    const bool taken = hasher.may_import(stored, why).has_value();
    BOOST_TEST(taken == why.empty());
    return std::string(why);
  };
  const std::string too_slow = "takes longer to check on this machine than --foreign-hash-time";
  const std::string digits = "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const std::string tag = "$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA";
  const PasswordHash bcrypt{"bcrypt", "$2b$12" + digits, "{}"};
  const PasswordHash phpass{"phpass", "$P$Ir387rwferoKN7uwHZqNMu98q3U8RO.", "{}"};
  const PasswordHash argon2{"argon2", "$argon2id$v=19$m=65536,t=16,p=1" + tag, "{}"};
  const PasswordHash scrypt{"scrypt", std::string(32, '0'),
                            R"({"costCpu":65536,"costMemory":8,"costParallel":2,"length":16,"salt":"s"})"};
  for (const PasswordHash& each : {bcrypt, phpass, argon2, scrypt}) {
    BOOST_TEST(refusal(each, 1) == "", each.algorithm);
    BOOST_TEST(refusal(each, 4) == too_slow, each.algorithm);
  }
  BOOST_TEST(refusal({"bcrypt", "$2b$14" + digits, "{}"}, 1) == too_slow);
  BOOST_TEST(refusal({"argon2", "$argon2id$v=19$m=524288,t=16,p=1" + tag, "{}"}, 1) == too_slow);
  // What costs next to nothing beside the hash that follows it, and our own cost, whatever that is.
  BOOST_TEST(refusal({"md5", std::string(32, '0'), "{}"}, 1e9) == "");
  BOOST_TEST(refusal({"phpass", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO.", "{}"}, 1e9) == "");
  const std::string own =
      "$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OTAxMjM0NQ$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
  BOOST_TEST(refusal({"argon2", own, "{}"}, 1e9) == "");
}

BOOST_AUTO_TEST_SUITE_END()
