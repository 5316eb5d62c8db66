#include "net/params.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
