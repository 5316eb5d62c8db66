#include "core/printable.hpp"

#include <boost/test/unit_test.hpp>

#include "core/json/value.hpp"

namespace portcullis {

BOOST_AUTO_TEST_SUITE(core_printable)

BOOST_AUTO_TEST_CASE(text_for_people_is_shown_as_it_is) {
  for (const char* text :
       {"", "plain", "\xc3\xa9t\xc3\xa9", "\xe4\xb8\xad\xe6\x96\x87", "\xf0\x9f\x94\x92", "\xd7\xa9"}) {
    BOOST_TEST(is_printable(text), text);
    BOOST_TEST(printable(text) == text);
    BOOST_TEST(printable_json(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(controls_are_escaped_however_they_are_written) {
  BOOST_TEST(printable("a\x1b[2J\n\x7f") == "a\\x1b[2J\\x0a\\x7f");
  BOOST_TEST(printable("a\xc2\x9b"
                       "2J\xc2\x85") == "a\\u009b2J\\u0085");
  BOOST_TEST(printable("raw \x9b"
                       "2J") == "raw \\x9b2J");  // 8-bit terminals obey the byte alone
  BOOST_TEST(printable("\xe2\x80\xaegnp.exe") == "\\u202egnp.exe");
  BOOST_TEST(printable("\xc2") == "\\xc2");
  for (const char* text : {"\x1b", "\xc2\x80", "\xc2\x9f", "\x9b", "\xe2\x80\xa8", "\xe2\x81\xa6", "\xff"})
    BOOST_TEST(!is_printable(text));
}

BOOST_AUTO_TEST_CASE(json_says_the_same_with_escapes) {
  const std::string text = "{\n\"name\":\"a\xc2\x9b\\u001b\xe2\x80\xae\xc3\xa9\"}";
  const std::string shown = printable_json(text);
  BOOST_TEST(shown == "{\n\"name\":\"a\\u009b\\u001b\\u202e\xc3\xa9\"}");
  const std::optional<json::Value> before = json::parse(text), after = json::parse(shown);
  BOOST_REQUIRE((before && after));
  BOOST_TEST(*json::find(*before->object(), "name")->string() == *json::find(*after->object(), "name")->string());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
