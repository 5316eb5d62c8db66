#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <thread>
#include <vector>

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

BOOST_AUTO_TEST_CASE(a_repeated_name_counts_each_time_it_comes) {
  const auto object = [](int times) {
    std::string text = R"({"a":0)";
    for (int i = 1; i < times; ++i) text += R"(,"a":)" + std::to_string(i);
    return text + "}";
  };
  BOOST_TEST(round(object(4096)) == R"({"a":4095})");
  BOOST_TEST(!parse(object(4097)).has_value());
}

BOOST_AUTO_TEST_CASE(repeated_names_keep_their_first_place_and_last_value_in_objects_of_any_size) {
  for (const int names : {3, 16, 17, 1000}) {
    std::string text, expected;
    for (int i = 0; i < names; ++i) {
      const std::string name = (i ? ",\"k" : "\"k") + std::to_string(i) + "\":";
      text += name + "\"old\"";
      expected += name + std::to_string(i);
    }
    for (int i = names - 1; i >= 0; --i) text += ",\"k" + std::to_string(i) + "\":[" + "\"older\"]";
    for (int i = names - 1; i >= 0; --i) text += ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
    BOOST_TEST(round("{" + text + "}") == "{" + expected + "}");
  }
}

BOOST_AUTO_TEST_CASE(a_tree_is_refused_before_it_is_made_and_the_text_is_gone_by_then) {
  const auto parsed = [](std::string text, const Bounds& bounds) { return parse_away(text, bounds); };
  const Bounds nine{9, {}};
  BOOST_TEST(parsed("[0,1,2,3,4,5,6,7]", nine).has_value());
  BOOST_TEST((parsed("[0,1,2,3,4,5,6,7,8]", nine).error() == errc::payload_too_large));
  BOOST_TEST((parsed(R"({"a":[[],[],[],[]]})", nine).error() == errc::payload_too_large));
  BOOST_TEST(parsed(R"([",,,,,,[[[[[{{{{\",,,,,,"])", nine).has_value());
  BOOST_TEST((parsed("[0", nine).error() == errc::general_bad_request));
  std::string text = "[0,1,2]";
  std::size_t asked = 0;
  const auto may_take = [&](std::size_t bytes) {
    asked = bytes;
    BOOST_TEST(text.empty());
    return false;
  };
  BOOST_TEST((parse_away(text, Bounds{9, may_take}).error() == errc::server_busy));
  BOOST_TEST(asked >= sizeof(Value) * 4);
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_kind_and_are_read_back) {
  BOOST_TEST(*parse("9223372036854775807")->integer() == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(*parse("-9223372036854775808")->integer() == std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"9223372036854775808", "1e300", "1e-300", "0.1", "123456789.125", "1e19"})
    BOOST_TEST(parse(round(text)).has_value(), text);
}

BOOST_AUTO_TEST_CASE(no_number_loses_a_digit) {
  for (const char* text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        "123456789012345678901234567890", "0.1234567890123456789", "3.14159265358979323846264338327950288", "1e400",
        "-1E+400", "1e-400", "1e999999999999999999999", "100000000000000000000.5", "0.30000000000000004",
        "1.7976931348623157e+308", "5e-324", "9007199254740993.0"}) {
    BOOST_TEST(round(text) == text);
    const std::string around = std::string(R"({"a":[1,)") + text + R"(,"9e9"],"b":2.5,"c":)" + text + R"(,"d":3})";
    BOOST_TEST(round(around) == around);
    BOOST_TEST(round(round(around)) == around);
  }
  BOOST_TEST(round("123456789012345678901234567890 ") == "123456789012345678901234567890");
  BOOST_TEST(round("1.50") == "1.5");
  for (const char* bad :
       {"01234567890123456789012", "1234567890123456789012.", "12345678901234567890e", "--1e400", "1e400e1", "-",
        "[1e400,]", "{1e400:1}", ".5e400", "12345678901234567890 12345678901234567890"})
    BOOST_TEST(!parse(bad).has_value(), bad);
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

BOOST_AUTO_TEST_CASE(a_long_text_that_is_refused_unparsed_is_wiped_within_bounds) {
  // A thread of its own has a parser of its own, which has parsed nothing longer.
  std::thread([] {
    BOOST_TEST(parse("{}").has_value());
    const std::vector<std::string> neighbours(400, std::string(100, 'x'));
    for (std::size_t size = 200; size < 1000; size += 50) {
      std::string text = "[\"" + std::string(size, 'y') + "\"]";
      BOOST_TEST((parse_away(text, Bounds{9, [](std::size_t) { return false; }}).error() == errc::server_busy));
    }
    for (const std::string& each : neighbours) BOOST_TEST(each == std::string(100, 'x'));
  }).join();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::json
