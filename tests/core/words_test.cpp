#include "core/words.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis {
namespace {

void has_words(std::string_view text, const std::vector<std::string>& words) {
  BOOST_TEST(words_of(text) == words, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(words_are_runs_of_letters_digits_marks_and_underscores) {
  has_words("", {});
  has_words(" .-@ ", {});
  has_words("ada@example.com", {"ada", "example", "com"});
  has_words("label:vip a_b +4930", {"label", "vip", "a_b", "4930"});
  has_words("Ada-LOVELACE", {"ada", "lovelace"});
  has_words("\xe6\x97\xa5\xe6\x9c\xac\xe3\x80\x82\xe8\xaa\x9e", {"\xe6\x97\xa5\xe6\x9c\xac", "\xe8\xaa\x9e"});
}

BOOST_AUTO_TEST_CASE(case_is_folded_in_every_script) {
  BOOST_TEST(fold_case("ABC xyz 1_") == "abc xyz 1_");
  BOOST_TEST(fold_case("\xc3\x84\xc3\x9f") == "\xc3\xa4ss");
  BOOST_TEST(fold_case("A\xcc\x88") == "\xc3\xa4");  // composed
  BOOST_TEST(fold_case("\xce\xa3\xcf\x82") == "\xcf\x83\xcf\x83");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_end_a_word_and_change_nothing) {
  BOOST_TEST(fold_case("A\xff\xfe") == "a\xff\xfe");
  has_words("Ada\xff\xffking", {"ada", "king"});
  has_words("\xff", {});
}

BOOST_AUTO_TEST_CASE(marks_without_end_are_not_put_in_order) {
  std::string marks = "A";
  for (int i = 0; i < 600; ++i) marks += "\xcd\x81\xcc\xa7";  // above and below: in the other order once composed
  BOOST_TEST(fold_case(marks) == "a" + marks.substr(1));
  const std::string few = "A\xcc\x88" + std::string(1100, 'B');
  BOOST_TEST(fold_case(few) == "\xc3\xa4" + std::string(1100, 'b'));
}

BOOST_AUTO_TEST_CASE(long_words_count_by_their_first_bytes) {
  has_words(std::string(200, 'a') + " b", {std::string(word_bytes, 'a'), "b"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
