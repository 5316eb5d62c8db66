#include "net/changes/users.hpp"

#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"
#include "tests/net/changes/found_rows.hpp"

namespace portcullis::changes {
namespace {

namespace keys = storage::keys;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::before_noon;
using test::in_project;
using test::named_user;
using test::noon;

const PasswordHash new_hash{"argon2", "new", "{}"};

struct Users : test::OneUser {
  [[nodiscard]] NewPassword new_password() const {
    NewPassword made;
    made.hash = new_hash;
    made.expected_revision = 2;
    return made;
  }
  [[nodiscard]] NewAddress new_email(std::string value) const {
    NewAddress made;
    made.old_value = ada.email;
    made.new_value = std::move(value);
    made.expected_revision = 2;
    return made;
  }
  void add_bob() {
    User bob = named_user("bob");
    bob.sequence = 2;
    bob.phone = "+15550100";
    add_user(bob, {});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_users, Users)

BOOST_AUTO_TEST_CASE(an_edit_that_refuses_changes_nothing) {
  const auto refuse = [](User&) -> result<void> { return errc::user_unauthorized; };
  BOOST_TEST((rows.refusal(update_user(in_project, "ada", noon, refuse)) == errc::user_unauthorized));
  BOOST_TEST((rows.refusal(set_status(in_project, "eve", noon, false)) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(an_edit_is_dated_and_takes_expired_sessions_away) {
  add_session("dead", 1, noon - milliseconds(1));
  add_session("live", 2, noon);
  BOOST_REQUIRE(rows.commit(set_status(in_project, "ada", noon, false)));
  BOOST_TEST(!stored().status);
  BOOST_TEST((stored().updated_at == noon));
  BOOST_TEST(!has_session("dead"));
  BOOST_TEST(has_session("live"));
}

BOOST_AUTO_TEST_CASE(preferences_are_replaced) {
  BOOST_REQUIRE(rows.commit(put_prefs(in_project, "ada", noon, R"({"a":1})")));
  BOOST_TEST(rows.read<std::string>(keys::prefs(in_project, "ada")) == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_password_is_set_against_the_revision_that_was_verified) {
  NewPassword made = new_password();
  made.expected_revision = 1;
  BOOST_TEST((rows.refusal(set_password(in_project, "ada", noon, made)) == errc::again));
  BOOST_REQUIRE(rows.commit(set_password(in_project, "ada", noon, new_password())));
  BOOST_TEST((stored_password().hash == new_hash));
  BOOST_TEST(stored_password().password_revision == 3U);
  BOOST_TEST(stored_password().history.empty());
  BOOST_TEST((stored().password_updated_at == noon));
}

BOOST_AUTO_TEST_CASE(a_history_begins_with_the_password_before) {
  NewPassword made = new_password();
  made.history = 3;
  BOOST_REQUIRE(rows.commit(set_password(in_project, "ada", noon, made)));
  BOOST_TEST((stored_password().history == std::vector{password.hash, new_hash}));
}

BOOST_AUTO_TEST_CASE(a_new_password_closes_all_sessions_but_the_one_that_is_kept) {
  for (const char* name : {"kept", "other"}) add_session(name, 1, noon);
  BOOST_REQUIRE(rows.commit(set_password(in_project, "ada", noon, new_password())));
  BOOST_TEST((has_session("kept") && has_session("other")));
  NewPassword made = new_password();
  made.expected_revision.reset();
  made.closes_sessions = true;
  made.kept_selector = "kept";
  BOOST_REQUIRE(rows.commit(set_password(in_project, "ada", noon, made)));
  BOOST_TEST(has_session("kept"));
  BOOST_TEST(!has_session("other"));
  made.kept_selector.clear();
  BOOST_REQUIRE(rows.commit(set_password(in_project, "ada", noon, made)));
  BOOST_TEST(!has_session("kept"));
}

BOOST_AUTO_TEST_CASE(an_email_moves_with_its_target_and_is_unverified) {
  ada.email_verified = true;
  store(ada);
  add_target("t", "ada@example.com");
  BOOST_REQUIRE(rows.commit(change_email(in_project, "ada", noon, new_email("new@example.com"))));
  BOOST_TEST(stored().email == "new@example.com");
  BOOST_TEST(!stored().email_verified);
  BOOST_TEST(rows.read<Target>(keys::target(in_project, "ada", "t")).identifier == "new@example.com");
  BOOST_TEST(rows.holds(keys::identifier_index(in_project, "new@example.com")));
  BOOST_TEST(!rows.holds(keys::identifier_index(in_project, "ada@example.com")));
  BOOST_TEST(!rows.holds(keys::email_index(in_project, "ada@example.com")));
}

BOOST_AUTO_TEST_CASE(an_email_changes_from_what_was_seen_with_the_password_that_was_verified) {
  NewAddress made = new_email("new@example.com");
  made.old_value = "former@example.com";
  BOOST_TEST((rows.refusal(change_email(in_project, "ada", noon, made)) == errc::again));
  made = new_email("new@example.com");
  made.expected_revision = 1;
  BOOST_TEST((rows.refusal(change_email(in_project, "ada", noon, made)) == errc::again));
}

BOOST_AUTO_TEST_CASE(an_email_of_another_user_their_identity_or_any_target_is_refused) {
  add_bob();
  const auto refusal = [&](const char* email) {
    return rows.refusal(change_email(in_project, "ada", noon, new_email(email)));
  };
  BOOST_TEST((refusal("bob@example.com") == errc::general_bad_request));
  add_target("t", "extra@example.com");
  BOOST_TEST((refusal("extra@example.com") == errc::user_target_already_exists));
  const storage::Range known = keys::identities_with_email(in_project, "known@example.com");
  const auto known_to = [&](const char* user) { rows.add(known.first, storage::IdentityRef{user, "i"}); };
  known_to("bob");
  BOOST_TEST((refusal("known@example.com") == errc::general_bad_request));
  known_to("ada");
  BOOST_TEST((refusal("known@example.com") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_phone_of_another_user_or_of_a_target_is_refused) {
  add_bob();
  NewAddress made;
  made.expected_revision = 2;
  made.new_value = "+15550100";
  BOOST_TEST((rows.refusal(change_phone(in_project, "ada", noon, made)) == errc::user_phone_already_exists));
  made.new_value = "+15550101";
  made.old_value = "+15550109";
  BOOST_TEST((rows.refusal(change_phone(in_project, "ada", noon, made)) == errc::again));
  made.old_value.clear();
  ada.phone_verified = true;
  store(ada);
  BOOST_REQUIRE(rows.commit(change_phone(in_project, "ada", noon, made)));
  BOOST_TEST(stored().phone == "+15550101");
  BOOST_TEST(!stored().phone_verified);
  add_target("t", "+15550102");
  made.old_value = "+15550101";
  made.new_value = "+15550102";
  BOOST_TEST((rows.refusal(change_phone(in_project, "ada", noon, made)) == errc::user_target_already_exists));
}

BOOST_AUTO_TEST_CASE(a_first_password_comes_with_the_address_and_replaces_none) {
  NewAddress made = new_email("new@example.com");
  made.first_password = new_hash;
  BOOST_REQUIRE(rows.commit(change_email(in_project, "ada", noon, made)));
  BOOST_TEST((stored_password() == password));
  User guest = named_user("guest");
  guest.sequence = 2;
  add_user(guest, {});
  made.old_value = guest.email;
  made.new_value = "guest2@example.com";
  made.expected_revision = 0;
  BOOST_REQUIRE(rows.commit(change_email(in_project, "guest", noon, made)));
  const auto now_has = rows.read<Credential>(keys::credential(in_project, "guest"));
  BOOST_TEST((now_has.hash == new_hash));
  BOOST_TEST(now_has.password_revision == 1U);
}

BOOST_AUTO_TEST_CASE(a_user_leaves_with_everything_and_is_counted_no_longer) {
  add_target("t", "extra@example.com");
  add_session("one", 1, noon);
  BOOST_REQUIRE(rows.commit(delete_user(in_project, "ada", {})));
  BOOST_TEST(stored_counters().users == 0U);
  test::FoundRows rest;
  rest.add(keys::counters(in_project), stored_counters());
  BOOST_TEST((rows == rest));
  BOOST_TEST((rows.refusal(delete_user(in_project, "ada", {})) == errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(activity_is_noted_once_a_day_and_of_nobody_who_is_gone) {
  const auto note = [&](const char* user, Time now) {
    const storage::EngineChange change = note_access(in_project, user, now);
    BOOST_TEST(change.droppable);
    const storage::Edits edits = change.decide(rows.view(change.reads)).value();
    rows.apply(edits);
    return edits.put.size();
  };
  BOOST_TEST(note("eve", noon) == 0U);
  BOOST_TEST(note("ada", noon) == 1U);
  BOOST_TEST(note("ada", noon + hours(23)) == 0U);
  BOOST_TEST(note("ada", noon + hours(24)) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::changes
