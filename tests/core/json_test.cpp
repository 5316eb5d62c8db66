#include <boost/test/unit_test.hpp>
#include <limits>

#include "core/json/value.hpp"
#include "core/json/writer.hpp"

namespace portcullis::json {
namespace {

std::string round(std::string_view text) {
  const std::optional<Value> value = parse(text);
  return value ? to_text(*value) : "(none)";
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(core_json)

BOOST_AUTO_TEST_CASE(a_document_comes_back_as_it_was_with_slashes_escaped) {
  const std::string text = R"({"a":[1,-2,3.5,true,false,null,"x"],"b":{"c":{}},"u":"ü€😀","s":"a\/b"})";
  BOOST_TEST(round(text) == text);
  BOOST_TEST(round(R"({"a":1,"a":2})") == R"({"a":2})");
  BOOST_TEST(round(R"("\u00fc\ud83d\ude00")") == "\"ü😀\"");
}

BOOST_AUTO_TEST_CASE(anything_malformed_or_out_of_bounds_is_nothing) {
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[1,]"), std::string("{\"a\":1}x"), std::string("nul"),
        std::string("'a'"), std::string("\"\x01\""), std::string("\"\xff\""), std::string("\"\\ud800\""),
        std::string("01"), std::string("\xef\xbb\xbf[", 4), nested(max_depth + 1), std::string("{\"a\" 1}")})
    BOOST_TEST(!parse(bad).has_value(), bad.substr(0, 20));
  BOOST_TEST(parse(nested(max_depth - 1)).has_value());
}

BOOST_AUTO_TEST_CASE(objects_have_at_most_4096_members) {
  const auto object = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
    return text + "}";
  };
  BOOST_TEST(parse(object(4096)).has_value());
  BOOST_TEST(!parse(object(4097)).has_value());
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_kind_and_are_read_back) {
  BOOST_TEST(*parse("9223372036854775807")->integer() == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(*parse("-9223372036854775808")->integer() == std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"9223372036854775808", "1e300", "1e-300", "0.1", "123456789.125", "1e19"})
    BOOST_TEST(parse(round(text)).has_value(), text);
}

BOOST_AUTO_TEST_CASE(text_is_escaped_and_bad_utf8_is_replaced) {
  const auto written = [](std::string_view text) {
    std::string out;
    Writer(out).string(text);
    return out;
  };
  BOOST_TEST(written("\"\\/\b\f\n\r\t\x01\x7f") == "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\"");
  BOOST_TEST(written("a\xff"
                     "b") ==
             "\"a\xef\xbf\xbd"
             "b\"");
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf8\x88\x80\x80\x80"})
    BOOST_TEST(parse(written(bad)).has_value());
  std::string out;
  Writer(out, Writer::Slashes::plain).string("a/b");
  BOOST_TEST(out == "\"a/b\"");
}

BOOST_AUTO_TEST_CASE(wiping_a_tree_leaves_nothing_of_it) {
  Value value = *parse(R"({"password":"a rather long secret text","list":["another long secret text"]})");
  const char* text = find(*value.object(), "password")->string()->data();
  BOOST_TEST(*text == 'a');
  wipe(value);
  BOOST_TEST(value.is_null());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::json
