#include "net/changes/sessions.hpp"

#include "storage/sessions.hpp"
#include "storage/users.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using test::before_noon;
using test::in_project;
using test::noon;

struct Opening : test::OneUser {
  Opening() {
    made.session.id = made.session.selector = "fresh";
    made.session.user_id = ada.id;
    made.session.created_at = noon;
    made.session.expires_at = noon + minutes(10);
    made.expected_revision = 2;
  }
  [[nodiscard]] std::optional<errc> refusal() const { return rows.refusal(open_session(in_project, made)); }
  void block() {
    ada.status = false;
    store(ada);
  }
  OpenSession made;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_sessions, Opening)

BOOST_AUTO_TEST_CASE(a_session_opens_for_the_password_that_was_verified) {
  const result<Session> opened = rows.commit(open_session(in_project, made));
  BOOST_REQUIRE(opened);
  BOOST_TEST(opened->sequence == 1U);
  BOOST_TEST((rows.read<Session>(storage::keys::session(in_project, "ada", "fresh")) == *opened));
}

BOOST_AUTO_TEST_CASE(a_password_that_changed_since_it_was_verified_opens_none) {
  made.expected_revision = 1;
  BOOST_TEST((refusal() == errc::again));
  made.expected_revision = 3;
  BOOST_TEST((refusal() == errc::again));
  made.expected_revision.reset();
  BOOST_TEST((refusal() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_user_who_was_blocked_meanwhile_gets_none_unless_a_key_opens_it) {
  block();
  BOOST_TEST((refusal() == errc::user_blocked));
  made.by_key = true;
  BOOST_TEST((refusal() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_a_stranger_to_clients_and_missing_to_keys) {
  rows.apply({{storage::keys::user(in_project, "ada")}, {}});
  BOOST_TEST((refusal() == errc::user_invalid_credentials));
  made.by_key = true;
  BOOST_TEST((refusal() == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_selector_that_is_taken_is_drawn_again) {
  add_session("fresh", 1, noon + minutes(1));
  BOOST_TEST((refusal() == errc::again));
}

BOOST_AUTO_TEST_CASE(the_oldest_live_ones_leave_and_the_expired_ones_count_for_nothing) {
  add_session("dead", 1, noon - milliseconds(1));
  add_session("old", 2, noon);
  add_session("young", 3, noon + minutes(1));
  made.max_sessions = 2;
  const result<Session> opened = rows.commit(open_session(in_project, made));
  BOOST_REQUIRE(opened);
  BOOST_TEST(opened->sequence == 4U);
  BOOST_TEST(!has_session("dead"));
  BOOST_TEST(!has_session("old"));
  BOOST_TEST(has_session("young"));
  BOOST_TEST(has_session("fresh"));
}

BOOST_AUTO_TEST_CASE(a_hash_made_anew_replaces_the_one_that_was_proved_and_the_revision_stays) {
  const PasswordHash anew{"argon2", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA", "{}"};
  made.renewal = Renewal{password.hash, anew};
  BOOST_REQUIRE(rows.commit(open_session(in_project, made)));
  BOOST_TEST((stored_password().hash == anew));
  BOOST_TEST(stored_password().password_revision == 2U);
}

BOOST_AUTO_TEST_CASE(a_hash_that_somebody_else_replaced_sooner_stays) {
  const PasswordHash other{"argon2", "another", "{}"};
  made.renewal = Renewal{other, other};
  BOOST_REQUIRE(rows.commit(open_session(in_project, made)));
  BOOST_TEST((stored_password() == password));
  BOOST_TEST(has_session("fresh"));
}

BOOST_AUTO_TEST_CASE(a_live_session_is_extended_and_a_dead_one_is_none) {
  add_session("one", 1, noon);
  const auto extended = [&](Time now) {
    return rows.refusal(extend_session(in_project, "ada", "one", now, now + minutes(5)));
  };
  BOOST_TEST((extended(noon + milliseconds(1)) == errc::user_session_not_found));
  BOOST_TEST((extended(noon) == std::nullopt));
  const result<Session> longer = rows.commit(extend_session(in_project, "ada", "one", noon, noon + minutes(5)));
  BOOST_REQUIRE(longer);
  BOOST_TEST((longer->expires_at == noon + minutes(5)));
  BOOST_TEST((longer->updated_at == noon));
}

BOOST_AUTO_TEST_CASE(one_session_ends_or_all_of_them) {
  add_session("one", 1, noon);
  add_session("two", 2, noon);
  add_session("dead", 3, noon - milliseconds(1));
  BOOST_TEST((rows.refusal(delete_session(in_project, "ada", "dead", noon)) == errc::user_session_not_found));
  BOOST_REQUIRE(rows.commit(delete_session(in_project, "ada", "one", noon)));
  BOOST_TEST(!has_session("one"));
  BOOST_TEST(has_session("two"));
  BOOST_TEST(!has_session("dead"));
  add_session("dead", 3, noon - milliseconds(1));
  BOOST_TEST(rows.commit(delete_sessions(in_project, "ada", noon)).value() == 1U);
  BOOST_TEST(!has_session("two"));
  BOOST_TEST(!has_session("dead"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
