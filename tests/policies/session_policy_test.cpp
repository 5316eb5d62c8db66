#include "policies/session_policy.hpp"

#include <boost/test/unit_test.hpp>

#include "policies/sign_in_policy.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::policies;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Indices = std::vector<std::size_t>;

const Time now = from_millis(1'800'000'000'000);

BOOST_AUTO_TEST_SUITE(session_policy)

BOOST_AUTO_TEST_CASE(the_oldest_sessions_make_room_for_one_more) {
  struct Row {
    std::size_t open;
    std::uint32_t max;
    std::size_t evicted;
  };
  const Row rows[] = {{0, 1, 0},   {1, 1, 1},     {3, 1, 3}, {9, 10, 0}, {10, 10, 1},
                      {15, 10, 6}, {100, 100, 1}, {0, 0, 0}, {50, 0, 0}};
  for (const Row& row : rows) {
    const Indices out = sessions_to_evict(std::vector<Session>(row.open), row.max);
    Indices expected(row.evicted);
    for (std::size_t i = 0; i < row.evicted; ++i) expected[i] = i;
    BOOST_TEST(out == expected, row.open << " open, at most " << row.max);
  }
}

BOOST_AUTO_TEST_CASE(a_session_lives_through_the_millisecond_it_expires_in) {
  Session session;
  session.expires_at = now;
  BOOST_TEST(is_live(session, now - milliseconds{1}));
  BOOST_TEST(is_live(session, now));
  BOOST_TEST(!is_live(session, now + milliseconds{1}));
}

BOOST_AUTO_TEST_CASE(two_factors_are_needed_with_mfa_and_something_verified) {
  struct Row {
    bool mfa, email, phone;
    std::uint32_t needed;
  };
  const Row rows[] = {{false, false, false, 1}, {false, true, true, 1}, {true, false, false, 1},
                      {true, true, false, 2},   {true, false, true, 2}, {true, true, true, 2}};
  for (const Row& row : rows) {
    User user;
    user.mfa = row.mfa;
    user.email_verified = row.email;
    user.phone_verified = row.phone;
    BOOST_TEST(needed_factors(user) == row.needed);
  }
}

BOOST_AUTO_TEST_CASE(activity_is_written_once_in_24_hours) {
  BOOST_TEST(!needs_access_update(now, now));
  BOOST_TEST(!needs_access_update(now - hours{24} + milliseconds{1}, now));
  BOOST_TEST(needs_access_update(now - hours{24}, now));
  BOOST_TEST(needs_access_update(Time{}, now));
  BOOST_TEST(!needs_access_update(now + hours{1}, now));  // a clock that went back
}

BOOST_AUTO_TEST_CASE(a_challenge_counts_for_1800_seconds) {
  Session session;
  BOOST_TEST(!recent_mfa(session, now));
  session.mfa_updated_at = now - seconds{1800};
  BOOST_TEST(recent_mfa(session, now));
  session.mfa_updated_at = now - seconds{1800} - milliseconds{1};
  BOOST_TEST(!recent_mfa(session, now));
}

BOOST_AUTO_TEST_CASE(blocked_users_may_not_sign_in) {
  User user;
  BOOST_TEST(may_sign_in(user).has_value());
  user.status = false;
  BOOST_TEST((may_sign_in(user).error().code == errc::user_blocked));
}

BOOST_AUTO_TEST_CASE(a_credential_without_a_hash_is_no_password) {
  Credential credential;
  credential.hash.algorithm = "argon2";
  credential.hash.options = "{}";
  BOOST_TEST(!has_password(credential));
  credential.hash.encoded = "$argon2id$...";
  BOOST_TEST(has_password(credential));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
