#include "storage/keys.hpp"
#include "storage/api_keys.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/format.hpp"
#include "storage/identities.hpp"

#include <algorithm>
#include <limits>

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

constexpr ProjectNo one{1};

bool within(const Range& range, const std::string& key) { return range.first <= key && key < range.last; }

}  // namespace

BOOST_AUTO_TEST_SUITE(key_grammar)

BOOST_AUTO_TEST_CASE(a_key_begins_with_the_project_number_and_kind) {
  BOOST_TEST(keys::user(ProjectNo{0x01020304}, "ab") == std::string("\1\2\3\4uab\0a", 9));
  BOOST_TEST(keys::meta() == std::string("\0\0\0\0m", 5));
  BOOST_TEST(keys::order_index(one, 258) == std::string("\0\0\0\1o\0\0\0\0\0\0\1\2", 13));
}

BOOST_AUTO_TEST_CASE(a_users_rows_are_adjacent_and_sessions_and_tokens_come_last) {
  const std::vector<std::string> rows = {
      keys::user(one, "u1"),        keys::accessed(one, "u1"),        keys::prefs(one, "u1"),
      keys::target(one, "u1", "t"), keys::membership(one, "u1", "m"), keys::identity(one, "u1", "i"),
      keys::credential(one, "u1"),  keys::session(one, "u1", "0"),    keys::session(one, "u1", "f"),
      keys::token(one, "u1", "k")};
  BOOST_TEST(std::is_sorted(rows.begin(), rows.end()));
  const Range whole = keys::whole_user(one, "u1");
  for (const std::string& row : rows) BOOST_TEST(within(whole, row));
  for (const char* other : {"u", "u0", "u10", "u1-", "u1.", "u2", "U1"}) {
    BOOST_TEST(!within(whole, keys::user(one, other)));
    BOOST_TEST(!within(whole, keys::session(one, other, "0")));
  }
  BOOST_TEST(!within(whole, keys::user(ProjectNo{2}, "u1")));
}

BOOST_AUTO_TEST_CASE(the_profile_range_holds_neither_credential_nor_sessions) {
  const Range profile = keys::user_profile(one, "u1");
  BOOST_TEST(within(profile, keys::user(one, "u1")));
  BOOST_TEST(within(profile, keys::target(one, "u1", "zzz")));
  BOOST_TEST(!within(profile, keys::credential(one, "u1")));
  BOOST_TEST(!within(profile, keys::identity(one, "u1", "i")));
  BOOST_TEST(!within(profile, keys::session(one, "u1", "0")));
  const Range sessions = keys::user_sessions(one, "u1");
  BOOST_TEST(within(sessions, keys::session(one, "u1", "\xff")));
  BOOST_TEST(!within(sessions, keys::credential(one, "u1")));
  BOOST_TEST(!within(sessions, keys::token(one, "u1", "0")));
  const Range tokens = keys::user_tokens(one, "u1");
  BOOST_TEST(within(tokens, keys::token(one, "u1", "0")));
  BOOST_TEST(!within(tokens, keys::session(one, "u1", "\xff")));
  BOOST_TEST(!within(tokens, keys::token(one, "u10", "0")));
  BOOST_TEST(!within(keys::user_targets(one, "u1"), keys::credential(one, "u1")));
}

BOOST_AUTO_TEST_CASE(long_texts_keep_their_head_and_differ_by_hash) {
  const std::string head(100, 'x');
  const std::string a = keys::email_index(one, head + "a");
  const std::string b = keys::email_index(one, head + "b");
  BOOST_TEST(a != b);
  BOOST_TEST(a.size() == 5 + 48 + 1 + 16 + 1);
  BOOST_TEST(a.substr(5, 48) == head.substr(0, 48));
  BOOST_TEST(keys::email_index(one, std::string(64, 'x')) == std::string("\0\0\0\1e", 5) + std::string(64, 'x') + '\0');
  BOOST_TEST(keys::email_index(one, std::string(100'000, 'x')).size() == a.size());
}

BOOST_AUTO_TEST_CASE(no_text_can_pass_for_another_through_nul_or_the_hash_mark) {
  const std::string with_nul("a\0b", 3);
  const std::string key = keys::email_index(one, with_nul);
  BOOST_TEST(std::count(key.begin() + 5, key.end(), '\0') == 1);
  BOOST_TEST(key.back() == '\0');
  BOOST_TEST(key != keys::email_index(one, "a"));
  // The stored part of a hashed text, offered as a text, is hashed again.
  const std::string stored = key.substr(5, key.size() - 6);
  BOOST_TEST(keys::email_index(one, stored) != key);
  for (int i = 0; i < 2000; ++i) {
    const std::string hashed = keys::email_index(one, std::string(70, 'y') + std::to_string(i));
    BOOST_TEST_REQUIRE(std::count(hashed.begin() + 5, hashed.end(), '\0') == 1);
  }
}

BOOST_AUTO_TEST_CASE(order_entries_sort_by_sequence_and_pages_start_after_the_last) {
  BOOST_TEST(keys::order_index(one, 255) < keys::order_index(one, 256));
  BOOST_TEST(keys::sequence_of(keys::order_index(one, 1234567890123)) == 1234567890123U);
  BOOST_TEST(keys::sequence_of(keys::user(one, "a")) == 0U);
  const Range page = keys::users_in_order(one, 7, 10);
  BOOST_TEST(!within(page, keys::order_index(one, 7)));
  BOOST_TEST(within(page, keys::order_index(one, 8)));
  BOOST_TEST(within(page, keys::order_index(one, std::numeric_limits<std::uint64_t>::max())));
  BOOST_TEST(!within(page, keys::user(one, "a")));
  const Range end = keys::users_in_order(one, std::numeric_limits<std::uint64_t>::max(), 10);
  BOOST_TEST(end.first >= end.last);
}

BOOST_AUTO_TEST_CASE(a_whole_project_is_every_key_of_its_number_and_no_other) {
  for (const std::uint32_t number : {1U, 0xffU, 0x100U, 0xffffffU, 0xfffffffeU}) {
    const ProjectNo p{number};
    const Range whole = keys::whole_project(p, 1);
    for (const std::string& key : {keys::counters(p), keys::dev_key(p, "a"), keys::user(p, "\xff"), keys::pings(p)}) {
      BOOST_TEST(within(whole, key));
      BOOST_TEST((keys::project_of(key) == p));
    }
    BOOST_TEST(!within(whole, keys::sorted_group(ProjectNo{number - 1}, keys::Sorted::name)));
    BOOST_TEST(!within(whole, keys::counters(ProjectNo{number + 1})));
    BOOST_TEST(!within(whole, keys::removed_project(p)));
  }
}

BOOST_AUTO_TEST_CASE(every_key_parses_back_to_its_parts) {
  const std::string row = keys::session(ProjectNo{9}, "u1", "feed");
  const std::optional<keys::Parsed> session = keys::parse(row);
  BOOST_REQUIRE(session.has_value());
  BOOST_TEST((session->project == ProjectNo{9}));
  BOOST_TEST(session->text == "u1");
  BOOST_TEST(session->user_row == 's');
  BOOST_TEST(session->detail == "feed");
  for (const std::string& key : {keys::meta(),
                                 keys::project("p"),
                                 keys::saved_limits(3),
                                 keys::unicode(),
                                 keys::removed_project(one),
                                 keys::api_key(one, "k"),
                                 keys::dev_key(one, "k"),
                                 keys::pings(one),
                                 keys::counters(one),
                                 keys::email_index(one, "a@b.c"),
                                 keys::phone_index(one, "+49"),
                                 keys::identifier_index(one, "x"),
                                 keys::target_index(one, "t"),
                                 keys::order_index(one, 5),
                                 keys::user(one, "a"),
                                 keys::accessed(one, "a"),
                                 keys::prefs(one, "a"),
                                 keys::credential(one, "a"),
                                 keys::target(one, "a", "t"),
                                 keys::membership(one, "a", "m"),
                                 keys::team(one, "t"),
                                 keys::member(one, "t", "m"),
                                 keys::platform(one, "f"),
                                 keys::mock_phone(one, "+1"),
                                 keys::token(one, "a", "t")})
    BOOST_TEST(keys::parse(key).has_value());
}

BOOST_AUTO_TEST_CASE(entries_of_identities_parse_back_and_end_in_their_sequence) {
  const std::string by_id = keys::identity_id_index(one, "i");
  const std::string by_provider = keys::identity_provider_index(one, "github", std::string(100, '7'));
  for (const std::string& key : {by_id, by_provider, keys::identity(one, "u", "i")}) {
    BOOST_REQUIRE(keys::parse(key).has_value());
    BOOST_TEST(keys::sequence_of(key) == 0U);
    BOOST_TEST(!keys::parse(key + "x").has_value());
  }
  for (const std::string& group : {keys::identities_in_order(one), keys::identity_email_group(one, "a@b.c"),
                                   keys::identity_user_group(one, std::string(100, 'u'))}) {
    const std::string key = keys::entry(group, 300);
    BOOST_TEST(keys::sequence_of(key) == 300U);
    BOOST_TEST(!keys::parse(key + "x").has_value());
    BOOST_TEST(!keys::parse(key.substr(0, key.size() - 1)).has_value());
  }
  BOOST_TEST(keys::identity_order_index(one, 255) < keys::identity_order_index(one, 256));
  BOOST_TEST(by_provider != keys::identity_provider_index(one, "github", std::string(101, '7')));
  const Range same = keys::identities_with_email(one, "a@b.c");
  BOOST_TEST(within(same, keys::entry(keys::identity_email_group(one, "a@b.c"), ~std::uint64_t{0})));
  BOOST_TEST(!within(same, keys::entry(keys::identity_email_group(one, "a@b.cc"), 1)));
  BOOST_TEST(!keys::parse(keys::identity_id_index(system_space, "i")).has_value());
  BOOST_TEST(!keys::parse(keys::prefix_of(one, keys::kind_identity) + "z").has_value());
}

BOOST_AUTO_TEST_CASE(identifiers_of_a_project_are_one_range) {
  const Range range = keys::identifiers(one, 10);
  BOOST_TEST(within(range, keys::identifier_index(one, "a")));
  BOOST_TEST(within(range, keys::identifier_index(one, "\xff")));
  BOOST_TEST(!within(range, keys::identifier_index(ProjectNo{2}, "a")));
  BOOST_TEST(!within(range, keys::target_index(one, "a")));
  BOOST_TEST(!within(range, keys::phone_index(one, "a")));
}

BOOST_AUTO_TEST_CASE(keys_outside_the_grammar_do_not_parse) {
  const std::string user = keys::user(one, "abc");
  for (std::size_t size = 0; size < user.size(); ++size) BOOST_TEST(!keys::parse(user.substr(0, size)).has_value());
  for (const std::string& key :
       {user + "x", keys::counters(one) + "x", keys::counters(system_space), std::string(5, 'z'),
        keys::user(system_space, "a"), keys::user(one, ""), keys::target(one, "a", ""), keys::token(one, "a", "")})
    BOOST_TEST(!keys::parse(key).has_value());
}

BOOST_AUTO_TEST_CASE(list_entries_parse_back_and_sort_by_value_and_sequence) {
  using keys::Sorted;
  const std::vector<std::string> groups = {keys::word_group(one, "ada"),
                                           keys::word_group(one, std::string(64, 'w')),
                                           keys::sorted_group(one, Sorted::created, from_millis(-1)),
                                           keys::sorted_group(one, Sorted::created, from_millis(0)),
                                           keys::sorted_group(one, Sorted::no_email),
                                           keys::sorted_group(one, Sorted::no_phone),
                                           keys::name_group(one, ""),
                                           keys::name_group(one, std::string("a\0b", 3)),
                                           keys::name_group(one, "Ada"),
                                           keys::name_group(one, std::string(128, 'z'))};
  std::string former;
  for (const std::string& group : groups) {
    for (const std::uint64_t sequence : {std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}}) {
      const std::string key = keys::entry(group, sequence);
      BOOST_TEST((former < key));
      BOOST_TEST(keys::sequence_of(key) == sequence);
      BOOST_TEST(within(keys::list_entries(one, 1), key));
      BOOST_TEST(key.size() < 100U);
      BOOST_TEST(!keys::parse(key + "x").has_value());
      BOOST_TEST(!keys::parse(key.substr(0, key.size() - 1)).has_value());
      former = key;
    }
  }
  BOOST_TEST(!within(keys::list_entries(one, 1), keys::user(one, "a")));
  BOOST_TEST((keys::name_group(one, "ADA") == keys::name_group(one, "ada")));
  BOOST_TEST(keys::beyond(std::string("a\xff\xff")) == "b");
  BOOST_TEST(!keys::parse(keys::entry(keys::sorted_group(one, static_cast<Sorted>('?')), 1)).has_value());
}

BOOST_AUTO_TEST_CASE(a_row_is_told_by_its_own_letter_only) {
  BOOST_TEST(keys::is_user_row(keys::session(one, "a", "s"), keys::UserRow::session));
  BOOST_TEST(!keys::is_user_row(keys::session(one, "a", "s"), keys::UserRow::user));
  BOOST_TEST(keys::is_user_row(keys::user(one, "s"), keys::UserRow::user));
  BOOST_TEST(!keys::is_user_row(keys::email_index(one, "s"), keys::UserRow::session));
  BOOST_TEST(!keys::is_user_row("", keys::UserRow::user));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
