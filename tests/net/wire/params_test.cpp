#include "net/wire/params.hpp"

#include <boost/test/unit_test.hpp>

#include "core/clock.hpp"
#include "core/json/writer.hpp"
#include "core/secret.hpp"

namespace portcullis {
namespace {

http::Request post(std::string type, std::string body) {
  http::Request request;
  request.method = http::Method::post;
  request.headers.emplace_back("Content-Type", std::move(type));
  request.body = std::move(body);
  return request;
}

std::string text(const result<json::Object>& bag) {
  return bag ? json::to_text(json::Value(*bag)) : std::string("error");
}

struct Sample {
  std::string id;
  std::string name = "nobody";
  Secret password;
};

Inputs sample_inputs() {
  return inputs<Sample>({required("userId", rules::custom_id, &Sample::id),
                         optional("name", rules::name, &Sample::name),
                         optional("password", rules::new_password, &Sample::password)});
}

result<Sample> read(const json::Object& bag, const ProjectSettings& settings = {}) {
  const result<std::shared_ptr<void>> read = read_inputs(sample_inputs(), bag, {}, RuleContext{settings});
  if (!read) return read.error();
  return std::move(*static_cast<Sample*>(read->get()));
}

json::Object bag_of(std::string_view json) { return *json::parse(json)->object(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(params)

BOOST_AUTO_TEST_CASE(json_bodies_become_the_bag_and_anything_malformed_is_empty) {
  BOOST_TEST(text(read_parameters(post("application/json; charset=utf-8", R"({"a":1,"b":["x"]})"))) ==
             R"({"a":1,"b":["x"]})");
  for (const char* bad : {"", "{", "[1,2]", "\"text\"", "{\"a\":}", "\xff\xfe"})
    BOOST_TEST(text(read_parameters(post("application/json", bad))) == "{}");
}

BOOST_AUTO_TEST_CASE(broken_json_is_refused_where_the_route_says_so_and_nothing_else_is) {
  const auto taken = [](const char* body) {
    http::Request request = post("application/json", body);
    return take_parameters(request, nullptr, BrokenJson::is_refused);
  };
  for (const char* fine : {"", " \n", "{}", "[]", "null", "\"text\"", R"({"a":1})"})
    BOOST_TEST(taken(fine).has_value());
  for (const char* bad : {"{", R"({"a":})", R"({"a":1}x)", "\xff\xfe", R"({'a':1})"}) {
    BOOST_REQUIRE(!taken(bad));
    BOOST_TEST((taken(bad).error().code == errc::general_argument_invalid));
  }
}

BOOST_AUTO_TEST_CASE(every_other_content_type_is_a_form) {
  BOOST_TEST(text(read_parameters(post("application/x-www-form-urlencoded", "a=1&b=x%20y+z"))) ==
             R"({"a":"1","b":"x y z"})");
  BOOST_TEST(text(read_parameters(post("text/plain", R"({"a":1})"))) != R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(forms_have_arrays_and_objects_in_php_style) {
  BOOST_TEST(text(parse_form("q[]=1&q[]=2&m[k]=v&m[l]=w&s=a&s=b&i[0]=x")) ==
             R"({"q":["1","2"],"m":{"k":"v","l":"w"},"s":"b","i":["x"]})");
  BOOST_TEST(text(parse_form("&&=x&[]=y&a")) == R"({"[]":"y","a":""})");
}

BOOST_AUTO_TEST_CASE(multipart_text_parts_become_parameters_and_files_do_not) {
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@b.co\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nbytes\r\n--B--\r\n";
  BOOST_TEST(text(read_parameters(post("multipart/form-data; boundary=B", body))) == R"({"email":"a@b.co"})");
  for (std::size_t cut = 0; cut < body.size(); ++cut)
    BOOST_TEST(parse_multipart(std::string_view(body).substr(0, cut), "multipart/form-data; boundary=B").has_value());
}

BOOST_AUTO_TEST_CASE(too_many_parameters_or_elements_are_refused) {
  std::string many, elements;
  for (int i = 0; i < 101; ++i) many += "p" + std::to_string(i) + "=1&", elements += "q[]=1&";
  BOOST_TEST(text(parse_form(many)) == "error");
  BOOST_TEST(text(parse_form(elements)) == "error");
  BOOST_TEST(text(parse_form(many.substr(0, many.size() - 7))) != "error");
}

BOOST_AUTO_TEST_CASE(the_last_kind_of_a_repeated_form_parameter_counts) {
  BOOST_TEST(text(parse_form("a[k]=1&a[l]=2&a[]=3&a[l]=4&a[k]=5&b=1&a[l]=6")) == R"({"a":{"l":"6","k":"5"},"b":"1"})");
  BOOST_TEST(text(parse_form("a[k]=1&a=2&a[l]=3&a[k]=4&a[]=5&a[]=6")) == R"({"a":["5","6"]})");
  BOOST_TEST(text(parse_form("a[b]=1&a[b]]=2&a[b=3&a[b]=4")) == R"({"a":{"b":"4","b]":"2"},"a[b":"3"})");
}

BOOST_AUTO_TEST_CASE(elements_that_replace_others_count_too) {
  const auto repeated = [](std::string_view pair, int times) {
    std::string form;
    for (int i = 0; i < times; ++i) form += pair;
    return text(parse_form(form));
  };
  BOOST_TEST(repeated("a=1&", 10'100) == R"({"a":"1"})");
  BOOST_TEST(repeated("a=1&", 10'101) == "error");
  BOOST_TEST(repeated("a[k]=1&", 10'101) == "error");
  std::string parts;
  for (int i = 0; i < 10'101; ++i) parts += "--B\r\n;name=\"a\"\r\n\r\n1\r\n";
  BOOST_TEST(text(read_parameters(post("multipart/form-data; boundary=B", parts + "--B--"))) == "error");
}

BOOST_AUTO_TEST_CASE(a_json_body_of_more_values_than_the_largest_preferences_have_is_refused) {
  const auto arrays = [](int count) {
    std::string body = R"({"prefs":{"a":[[])";
    for (int i = 1; i < count; ++i) body += ",[]";
    return body + "]}}";
  };
  BOOST_TEST(text(read_parameters(post("application/json", arrays(21'840)))) != "error");
  const result<json::Object> refused = read_parameters(post("application/json", arrays(25'000)));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::general_argument_invalid));
  BOOST_TEST(std::string(refused.error().param) == "parameters");
  std::string members = R"({"a":{"k":0)";
  for (int i = 0; i < 4096; ++i) members += R"(,"k":0)";
  BOOST_TEST(
      (read_parameters(post("application/json", members + "}}")).error().code == errc::general_argument_invalid));
}

BOOST_AUTO_TEST_CASE(the_body_goes_and_the_parameters_take_room_in_its_place) {
  const SystemClock clock;
  http::BodyBudget budget(3'000'000, clock);
  http::BodyShare share(budget);
  std::string numbers = R"({"a":[0)";
  for (int i = 0; i < 20'000; ++i) numbers += ",0";
  http::Request request = post("application/json", numbers + "]}");
  BOOST_REQUIRE(share.hold(request.body.size()));
  BOOST_TEST(take_parameters(request, &share).has_value());
  BOOST_TEST(request.body.capacity() < 100U);
  BOOST_TEST(share.size() >= 20'000 * sizeof(json::Value));
  http::BodyShare other(budget);
  request = post("application/json", numbers + "]}");
  const result<json::Object> refused = take_parameters(request, &other);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::server_busy));
  BOOST_TEST(request.body.capacity() < 100U);
  share.give_back();
  BOOST_TEST(budget.free() == 3'000'000U);
}

BOOST_AUTO_TEST_CASE(labels_come_without_repeats_in_their_order) {
  std::vector<std::string> labels;
  const json::Value value = *json::parse(R"(["b","a","b","c","a"])");
  BOOST_TEST(rules::labels.read(value, RuleContext{ProjectSettings{}}, labels));
  BOOST_TEST(labels == (std::vector<std::string>{"b", "a", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_missing_required_parameter_is_named) {
  const result<Sample> missing = read({});
  BOOST_REQUIRE(!missing);
  BOOST_TEST(std::string(missing.error().param) == "userId");
  BOOST_TEST(static_cast<int>(missing.error().code) == static_cast<int>(errc::general_argument_invalid));
}

BOOST_AUTO_TEST_CASE(optional_parameters_keep_their_default_when_absent_or_null_and_are_checked_when_empty) {
  BOOST_TEST(read(bag_of(R"({"userId":"u"})"))->name == "nobody");
  BOOST_TEST(read(bag_of(R"({"userId":"u","name":null})"))->name == "nobody");
  BOOST_TEST(!read(bag_of(R"({"userId":"u","name":""})")));
  BOOST_TEST(read(bag_of(R"({"userId":"u","name":"x"})"))->name == "x");
  BOOST_TEST(!read(bag_of(R"({"userId":7})")));
}

BOOST_AUTO_TEST_CASE(new_passwords_follow_length_strength_and_dictionary) {
  const auto accepted = [](std::string_view password, const ProjectSettings& settings) {
    json::Object bag = bag_of(R"({"userId":"u"})");
    bag.emplace_back("password", json::Value(std::string(password)));
    return read(bag, settings).has_value();
  };
  ProjectSettings plain;
  BOOST_TEST(!accepted("1234567", plain));
  BOOST_TEST(accepted("12345678", plain));
  BOOST_TEST(accepted(std::string(256, 'x'), plain));
  BOOST_TEST(!accepted(std::string(257, 'x'), plain));
  ProjectSettings strict;
  strict.password_dictionary = true;
  strict.password_strength.number = true;
  BOOST_TEST(!accepted("12345678", strict));
  BOOST_TEST(!accepted("no digits here", strict));
  BOOST_TEST(accepted("1 digit is here", strict));
}

BOOST_AUTO_TEST_CASE(preferences_are_objects_within_their_size) {
  const auto accepted = [](std::string_view json) {
    std::string out;
    return rules::prefs.read(*json::parse(json), RuleContext{ProjectSettings{}}, out);
  };
  BOOST_TEST(accepted("{}"));
  BOOST_TEST(accepted("[]"));
  BOOST_TEST(accepted(R"({"theme":"dark","n":{"x":[1,2,null]}})"));
  BOOST_TEST(!accepted(R"("{}")"));
  BOOST_TEST(!accepted("[1]"));
  BOOST_TEST(!accepted(R"({"0":"a","1":"b"})"));
  BOOST_TEST(!accepted("{\"a\":\"" + std::string(100000, 'x') + "\"}"));
}

BOOST_AUTO_TEST_CASE(numbers_in_preferences_keep_every_digit_and_are_whole_numbers_nowhere) {
  const std::string long_ones = R"({"id":18446744073709551616,"pi":3.14159265358979323846,"far":1e400})";
  std::string out;
  BOOST_TEST(rules::prefs.read(*json::parse(long_ones), RuleContext{ProjectSettings{}}, out));
  BOOST_TEST(out == long_ones);
  std::int64_t number = 0;
  const json::Value too_long = *json::parse("18446744073709551616");
  BOOST_TEST(!rules::whole_number.read(too_long, RuleContext{ProjectSettings{}}, number));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
