#include "storage/store.hpp"
#include "storage/api_keys.hpp"
#include "storage/credentials.hpp"
#include "storage/identities.hpp"
#include "storage/projects.hpp"
#include "storage/sessions.hpp"

#include "storage/tokens.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

constexpr ProjectNo p{1};

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Store store{*engine};
  Filled() { fill(*engine, 70); }
};

template <class T>
T value(result<T> answer) {
  BOOST_REQUIRE(answer);
  return std::move(*answer);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(typed_reads, Filled)

BOOST_AUTO_TEST_CASE(a_profile_holds_the_user_and_the_session_asked_for) {
  const std::unique_ptr<Profile> profile = value(test::run(store.profile(p, "user1", "aaaa")));
  BOOST_REQUIRE(profile);
  BOOST_TEST(profile->user.email == "u1@example.com");
  BOOST_TEST(to_millis(profile->accessed_at) == 9);
  BOOST_TEST(profile->prefs == R"({"dark":true})");
  BOOST_REQUIRE(profile->targets.size() == 1U);
  BOOST_TEST(profile->targets[0].identifier == "u1@example.com");
  BOOST_REQUIRE(profile->session.has_value());
  BOOST_TEST(profile->session->selector == "aaaa");
}

BOOST_AUTO_TEST_CASE(a_profile_without_that_session_or_that_user_says_so) {
  const std::unique_ptr<Profile> no_session = value(test::run(store.profile(p, "user1", "cccc")));
  BOOST_REQUIRE(no_session);
  BOOST_TEST(!no_session->session.has_value());
  BOOST_TEST(!value(test::run(store.profile(p, "user1", "")))->session.has_value());
  BOOST_TEST(!value(test::run(store.profile(p, "nobody", "aaaa"))));
  BOOST_TEST(!value(test::run(store.profile(ProjectNo{2}, "user1", ""))));
}

BOOST_AUTO_TEST_CASE(a_session_row_of_a_deleted_user_opens_nothing) {
  BOOST_REQUIRE(submit_now(*engine, writes({}, {keys::user(p, "user1")})));
  BOOST_TEST(!value(test::run(store.profile(p, "user1", "aaaa"))));
}

BOOST_AUTO_TEST_CASE(an_account_is_found_by_id_and_by_email) {
  BOOST_TEST((value(test::run(store.account(p, "user2")))->credential == sample_credential()));
  BOOST_TEST(value(test::run(store.account_by_email(p, "u3@example.com")))->user.id == "user3");
  BOOST_TEST(!value(test::run(store.account_by_email(p, "nobody@example.com"))).has_value());
  BOOST_TEST(!value(test::run(store.account(p, "nobody"))).has_value());
}

BOOST_AUTO_TEST_CASE(an_index_entry_whose_user_has_another_email_finds_nobody) {
  const std::string stale = keys::email_index(p, "old@example.com");
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put_text(stale, "user1")})));
  BOOST_TEST(!value(test::run(store.account_by_email(p, "old@example.com"))).has_value());
}

BOOST_AUTO_TEST_CASE(sessions_come_oldest_first) {
  const std::vector<Session> sessions = value(test::run(store.sessions(p, "user1", Time{})));
  BOOST_REQUIRE(sessions.size() == 2U);
  BOOST_TEST(sessions[0].selector == "bbbb");
  BOOST_TEST(sessions[1].selector == "aaaa");
  BOOST_TEST(value(test::run(store.sessions(p, "nobody", Time{}))).empty());
}

BOOST_AUTO_TEST_CASE(users_are_paged_in_creation_order) {
  const Store::UserPage first = value(test::run(store.users(p, 0, 64)));
  BOOST_REQUIRE(first.users.size() == 64U);
  BOOST_TEST(first.users[0].id == "user1");
  BOOST_TEST(first.next == 64U);
  BOOST_TEST(first.more);
  const Store::UserPage rest = value(test::run(store.users(p, first.next, 64)));
  BOOST_REQUIRE(rest.users.size() == 6U);
  BOOST_TEST(rest.users[5].id == "user70");
  BOOST_TEST(rest.next == 70U);
  BOOST_TEST(!rest.more);
  const Store::UserPage none = value(test::run(store.users(p, 70, 64)));
  BOOST_TEST(none.users.empty());
  BOOST_TEST(none.next == 70U);
}

BOOST_AUTO_TEST_CASE(counters_are_those_stored_or_fresh_ones) {
  BOOST_TEST(value(test::run(store.counters(p))).users == 70U);
  BOOST_TEST(value(test::run(store.counters(ProjectNo{5}))).next_sequence == 1U);
}

BOOST_AUTO_TEST_CASE(all_projects_and_keys_are_listed_over_several_pages) {
  std::vector<Put> puts;
  for (std::uint32_t i = 2; i < 150; ++i) {
    const std::string id = "p" + std::to_string(i);
    puts.push_back(codec::put(keys::project(id), sample_project(id, i)));
    puts.push_back(codec::put(keys::api_key(p, id), sample_api_key(id)));
  }
  BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts))));
  BOOST_TEST(value(store.all_projects_now()).size() == 149U);
  BOOST_TEST(value(store.all_keys_now(p)).size() == 149U);
  BOOST_TEST(value(store.all_keys_now(ProjectNo{2})).empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_row_is_an_error_and_never_a_guess) {
  const std::string session = keys::session(p, "user1", "aaaa");
  std::string bytes = *value_of(*engine, session);
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  BOOST_REQUIRE(submit_now(*engine, writes({Put{session, bytes}})));
  const result<std::unique_ptr<Profile>> profile = test::run(store.profile(p, "user1", "aaaa"));
  BOOST_REQUIRE(!profile);
  BOOST_TEST(profile.error().code == errc::record_corrupt);
  BOOST_TEST(test::run(store.profile(p, "user1", "bbbb")).has_value());
}

BOOST_AUTO_TEST_CASE(a_row_moved_under_another_key_is_not_believed) {
  const std::string bytes = *value_of(*engine, keys::credential(p, "user1"));
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::credential(p, "user2"), bytes}})));
  const result<std::optional<Account>> account = test::run(store.account(p, "user2"));
  BOOST_REQUIRE(!account);
  BOOST_TEST(account.error().code == errc::record_corrupt);
}

BOOST_AUTO_TEST_CASE(an_identity_is_found_by_its_id_and_its_address) {
  const std::optional<IdentityRef> ref = value(test::run(store.identity_ref(p, "i7")));
  BOOST_REQUIRE(ref.has_value());
  BOOST_TEST(ref->user_id == "user7");
  BOOST_TEST(!value(test::run(store.identity_ref(p, "i700"))).has_value());
  BOOST_TEST(value(test::run(store.any_identity_has(p, "i7@provider.example.com"))));
  BOOST_TEST(!value(test::run(store.any_identity_has(p, "u7@example.com"))));
  const result<Rows> rows = engine->read_now(Reads{{}, {keys::identities_with_email(p, "i7@provider.example.com")}});
  BOOST_REQUIRE(rows);
  BOOST_TEST(!value(another_has(rows->view().ranges[0], "user7")));
  BOOST_TEST(value(another_has(rows->view().ranges[0], "user8")));
}

BOOST_AUTO_TEST_CASE(a_profile_is_found_by_e_mail_and_by_phone) {
  BOOST_TEST(value(test::run(store.profile_by_email(p, "u7@example.com")))->user.id == "user7");
  BOOST_TEST(value(test::run(store.profile_by_phone(p, "+493012341007")))->user.id == "user7");
  BOOST_TEST(!value(test::run(store.profile_by_email(p, "nobody@example.com"))));
  BOOST_TEST(!value(test::run(store.profile_by_phone(p, "+1"))));
}

BOOST_AUTO_TEST_CASE(tokens_come_oldest_first_and_an_unknown_user_has_none) {
  Token older = sample_token("user1", "z");
  older.created_at = from_millis(1);
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::token(p, "user1", "z"), older)})));
  const std::vector<Token> tokens = value(test::run(store.tokens(p, "user1")));
  BOOST_REQUIRE(tokens.size() == 2U);
  BOOST_TEST(tokens[0].id == "z");
  BOOST_TEST((tokens[1] == sample_token("user1", "k")));
  BOOST_TEST(value(test::run(store.tokens(p, "nobody"))).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
