#include "policies/password_policy.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace portcullis;
using namespace portcullis::policies;

PasswordStrength strength(std::uint32_t min, std::string_view classes = "") {
  PasswordStrength s;
  s.min = min;
  s.uppercase = classes.find('A') != std::string_view::npos;
  s.lowercase = classes.find('a') != std::string_view::npos;
  s.number = classes.find('1') != std::string_view::npos;
  s.symbols = classes.find('#') != std::string_view::npos;
  return s;
}

PasswordHash hash(std::string encoded) { return {"argon2", std::move(encoded), "{}"}; }

BOOST_AUTO_TEST_SUITE(password_policy)

BOOST_AUTO_TEST_CASE(length_is_counted_in_bytes) {
  struct Row {
    std::string password;
    std::uint32_t min;
    bool passes;
  };
  const Row rows[] = {
      {"", 8, false},
      {std::string(7, 'x'), 8, false},
      {std::string(8, 'x'), 8, true},
      {std::string(256, 'x'), 8, true},
      {std::string(257, 'x'), 8, false},
      {"ääää", 8, true},                              // 4 characters, 8 bytes
      {"äääx", 8, false},                             // 7 bytes
      {"\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 8, true},  // two emoji
      {std::string(11, 'x'), 12, false},
      {std::string(12, 'x'), 12, true},
      {std::string(256, 'x'), 256, true},
      {std::string(255, 'x'), 256, false},
      {std::string(7, 'x'), 0, false},  // no setting goes below 8
  };
  for (const Row& row : rows)
    BOOST_TEST(meets_strength(row.password, strength(row.min)).has_value() == row.passes,
               row.password.size() << " bytes, minimum " << row.min);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_password_and_a_rule) {
  const result<void> verdict = meets_strength("short", strength(8));
  BOOST_TEST_REQUIRE(verdict.has_error());
  BOOST_TEST((verdict.error().code == errc::general_argument_invalid));
  BOOST_TEST(std::string_view(verdict.error().param) == "password");
  BOOST_TEST(!std::string_view(verdict.error().rule).empty());
}

BOOST_AUTO_TEST_CASE(classes_of_characters) {
  struct Row {
    std::string_view password, classes;
    bool passes;
  };
  const Row rows[] = {
      {"abcdefgh", "a", true},
      {"ABCDEFGH", "a", false},
      {"ABCDEFGH", "A", true},
      {"abcdefgh", "A", false},
      {"abcdefg7", "1", true},
      {"abcdefgh", "1", false},
      {"abcdefgh", "#", false},
      {"abcdefg1", "#", false},
      {"abcd fgh", "#", false},       // white space is no symbol
      {"abcd\u00A0fgh", "#", false},  // nor is a no-break space
      {"abcd\tfgh", "#", false},
      {"abcd\u2028fgh", "#", false},  // nor a line separator
      {"abcd\u0085fgh", "#", false},  // nor a next-line control
      {"abcdefg#", "#", true},
      {"abcdefg_", "#", true},
      {"abcd\u20ACfgh", "#", true},  // the euro sign
      {"abcdefg\xF0\x9F\x98\x80", "#", true},
      {"\u00E4\u00F6\u00FC\u00DF\u00E9", "#", false},  // letters beyond ASCII
      {"\u0661\u0662\u0663\u0664\u0665", "#", false},  // Arabic digits are numbers
      {"\u00BD\u2167 abcdef", "#", false},             // fractions and Roman numerals too
      {"\u00C4\u00C4\u00C4\u00C4abcd", "A", false},    // but the letter classes are A-Z, a-z, 0-9
      {"\u0661\u0662\u0663\u0664abcd", "1", false},
      {"abcdefg#\xFF", "#", false},  // not UTF-8: no symbols
      {"abcdefgh\xC3", "#", false},
      {"Abcdef1#", "Aa1#", true},
      {"abcdef1#", "Aa1#", false},
      {"Abcdefg#", "Aa1#", false},
      {"Abcdefg1", "Aa1#", false},
  };
  for (const Row& row : rows)
    BOOST_TEST(meets_strength(row.password, strength(8, row.classes)).has_value() == row.passes,
               row.password << " against " << row.classes);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_pass_where_no_symbol_is_asked_for) {
  BOOST_TEST(meets_strength("\xFF\xFE\xFD\xFC\xFB\xFA\xF9\xF8", strength(8)).has_value());
  BOOST_TEST(meets_strength(std::string_view("\0\0\0\0\0\0\0\0", 8), strength(8)).has_value());
}

BOOST_AUTO_TEST_CASE(personal_data_is_found_anywhere_in_either_case) {
  const PersonalData data{"id4711", "Ann.Lee@example.com", "Ann Lee", "+14155550100"};
  struct Row {
    std::string_view password;
    bool found;
  };
  const Row rows[] = {
      {"xxID4711xx", true},       {"ann.lee@EXAMPLE.com", true},
      {"my-ANN.LEE-pass", true},                             // local part
      {"hey ann lee!", true},                                // whole name
      {"annlee-and-more", false}, {"only-ann-here", false},  // names are not split into words
      {"example.com!!", false},   {"x+14155550100", true},
      {"x14155550100x", true},    {"x4155550100x", false},
      {"id471", false},           {"", false},
  };
  for (const Row& row : rows) BOOST_TEST(contains_personal_data(row.password, data) == row.found, row.password);
}

BOOST_AUTO_TEST_CASE(empty_personal_data_is_skipped_and_one_letter_counts) {
  BOOST_TEST(!contains_personal_data("password", {}));
  BOOST_TEST(!contains_personal_data("password", {"", "", "", "+"}));
  BOOST_TEST(!contains_personal_data("password", {"", "@example.com", "", ""}));  // an empty local part
  BOOST_TEST(contains_personal_data("password", {"", "", "S", ""}));
  BOOST_TEST(!contains_personal_data("password", {"", "", "q", ""}));
  BOOST_TEST(contains_personal_data("password", {"", "w@example.com", "", ""}));
  BOOST_TEST(!contains_personal_data("PÄSSWORD", {"", "", "pässword", ""}));  // only ASCII letters match in either case
  BOOST_TEST(contains_personal_data("xJürgenx", {"", "", "jürgen", ""}));
}

BOOST_AUTO_TEST_CASE(every_word_of_the_list_is_a_common_password) {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream file(root / "policies/data/common_passwords.txt");
  BOOST_TEST_REQUIRE(file.good());
  std::size_t words = 0;
  std::size_t missed = 0;
  for (std::string word; std::getline(file, word); ++words)
    if (!is_common_password(word) || is_common_password(word + "~") || is_common_password("~" + word)) ++missed;
  BOOST_TEST(words == 10000U);
  BOOST_TEST(missed == 0U);
}

BOOST_AUTO_TEST_CASE(the_dictionary_matches_whole_words_letter_for_letter) {
  for (const std::string_view common : {"password", "12345678", "iloveyou!", "eyphed", "&amp;", "??????"})
    BOOST_TEST(is_common_password(common), common);
  for (const std::string_view other : {"", "Password", "PASSWORD", "password ", "a-long-and-uncommon-one", "zzzzzzzz9"})
    BOOST_TEST(!is_common_password(other), other);
  BOOST_TEST(!is_common_password(std::string(300, 'a')));
  BOOST_TEST(!is_common_password(std::string_view("password\0", 9)));
}

BOOST_AUTO_TEST_CASE(history_keeps_the_newest) {
  const std::vector<PasswordHash> three{hash("a"), hash("b"), hash("c")};
  BOOST_TEST((rotate_history({}, hash("a"), 1) == std::vector{hash("a")}));
  BOOST_TEST((rotate_history(three, hash("d"), 5) == std::vector{hash("a"), hash("b"), hash("c"), hash("d")}));
  BOOST_TEST((rotate_history(three, hash("d"), 4) == std::vector{hash("a"), hash("b"), hash("c"), hash("d")}));
  BOOST_TEST((rotate_history(three, hash("d"), 2) == std::vector{hash("c"), hash("d")}));
  BOOST_TEST((rotate_history(three, hash("d"), 1) == std::vector{hash("d")}));
}

BOOST_AUTO_TEST_CASE(a_history_of_twenty_is_full_with_twenty_and_the_twenty_first_pushes_one_out) {
  std::vector<PasswordHash> kept;
  for (int i = 1; i <= 20; ++i) kept = rotate_history(std::move(kept), hash(std::to_string(i)), 20);
  BOOST_TEST(kept.size() == 20U);
  BOOST_TEST((kept.front() == hash("1")));
  kept = rotate_history(std::move(kept), hash("21"), 20);
  BOOST_TEST(kept.size() == 20U);
  BOOST_TEST((kept.front() == hash("2")));
  BOOST_TEST((kept.back() == hash("21")));
}

BOOST_AUTO_TEST_CASE(history_switched_off_stays_as_it_is) {
  BOOST_TEST((rotate_history({hash("a")}, hash("b"), 0) == std::vector{hash("a")}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
