#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "core/json/writer.hpp"
#include "net/api/routes.hpp"
#include "net/wire/formats.hpp"
#include "net/wire/models/projects.hpp"
#include "net/wire/older_requests.hpp"

namespace portcullis {
namespace {

/// The row of the endpoint with that name.
const Route& named(std::string_view name) {
  const std::vector<Route>& rows = api::routes();
  const auto row = std::find_if(rows.begin(), rows.end(), [name](const Route& each) { return each.name == name; });
  BOOST_REQUIRE(row != rows.end());
  return *row;
}

/// What the parameters of a request become.
std::string modern(std::string_view route, std::uint32_t format, std::string_view bag) {
  json::Object object = *json::parse(bag)->object();
  modernise(object, named(route).older, format);
  return json::to_text(json::Value(std::move(object)));
}

constexpr std::uint32_t v1_9_0 = format_number(1, 9, 0);
constexpr std::uint32_t v1_9_1 = format_number(1, 9, 1);
constexpr std::uint32_t v1_9_2 = format_number(1, 9, 2);

}  // namespace

BOOST_AUTO_TEST_SUITE(older_formats)

BOOST_AUTO_TEST_CASE(formats_compare_as_versions_do) {
  BOOST_TEST(read_format("1.9.6") == current_format);
  BOOST_TEST(read_format(wire_version) == current_format);
  BOOST_TEST(read_format("1.9") == v1_9_0);
  BOOST_TEST(read_format("1") == format_number(1, 0, 0));
  BOOST_TEST(read_format("0.15.3") == format_number(0, 15, 3));
  BOOST_TEST(read_format("1.9.2-rc.1") == v1_9_2);
  BOOST_TEST(read_format("1.9.2+build") == v1_9_2);
  BOOST_TEST(read_format("1.10.0") > current_format);
  BOOST_TEST(read_format("1.100.0") > current_format);
  BOOST_TEST(read_format("2.0.0") > read_format("1.250.7"));
  BOOST_TEST(read_format("1.9.0") < read_format("1.9.1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_version_is_the_current_format) {
  for (const char* text : {"", "x", "1x", "1.x", "1.", "1.9.", "1.9.2.", "1.9.2.1", "1,9", ".9", " 1.9", "1.9 ",
                           "v1.9.0", "-1.9.0", "1..9", "99999999999.0.0", "latest"})
    BOOST_TEST(read_format(text) == current_format, text);
}

BOOST_AUTO_TEST_CASE(every_older_parameter_is_one_of_its_route) {
  for (const Route& route : api::routes()) {
    for (const OlderParam& older : route.older) {
      const auto& params = route.handler.inputs.params;
      BOOST_TEST(std::any_of(params.begin(), params.end(),
                             [&](const Param& param) { return std::string_view(param.name) == older.is; }),
                 route.name << " " << older.is);
      BOOST_TEST(older.before <= current_format);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_list_of_older_parameters_belongs_to_its_routes_and_to_no_others) {
  const std::map<std::string_view, const OlderParam*> lists{
      {"projectCreateKey", older::key_creation},
      {"projectUpdateKey", older::key_update},
      {"projectUpdateProtocol", older::protocol},
      {"projectUpdateService", older::service},
      {"projectUpdateAuthMethod", older::auth_method},
      {"projectUpdatePasswordHistoryPolicy", older::limit},
      {"projectUpdateSessionLimitPolicy", older::limit},
      {"projectUpdateUserLimitPolicy", older::limit},
      {"projectUpdateSessionAlertPolicy", older::session_alert},
      {"projectUpdateMembershipPrivacyPolicy", older::membership_privacy},
  };
  std::set<std::string_view> found;
  for (const Route& route : api::routes()) {
    const auto list = lists.find(route.name);
    BOOST_TEST(route.older.empty() == (list == lists.end()), route.name);
    if (list == lists.end()) continue;
    BOOST_TEST(route.older.data() == list->second, route.name);
    found.insert(route.name);
  }
  BOOST_TEST(found.size() == lists.size());
}

BOOST_AUTO_TEST_CASE(names_change_in_older_formats_only) {
  constexpr std::string_view alert = "projectUpdateSessionAlertPolicy";
  BOOST_TEST(modern(alert, format_number(1, 0, 0), R"({"alerts":true})") == R"({"enabled":true})");
  BOOST_TEST(modern(alert, v1_9_1, R"({"alerts":true,"x":1})") == R"({"x":1,"enabled":true})");
  BOOST_TEST(modern(alert, v1_9_1, R"({"enabled":false})") == R"({"enabled":false})");
  BOOST_TEST(modern(alert, v1_9_1, R"({"enabled":false,"alerts":true})") == R"({"enabled":true})");
  BOOST_TEST(modern(alert, v1_9_2, R"({"alerts":true})") == R"({"alerts":true})");
  BOOST_TEST(modern(alert, current_format, R"({"alerts":true})") == R"({"alerts":true})");
  BOOST_TEST(modern("accountCreate", v1_9_0, R"({"alerts":true})") == R"({"alerts":true})");
}

BOOST_AUTO_TEST_CASE(values_change_with_their_names) {
  constexpr std::string_view limit = "projectUpdateUserLimitPolicy";
  BOOST_TEST(modern(limit, v1_9_1, R"({"limit":0})") == R"({"total":null})");
  BOOST_TEST(modern(limit, v1_9_1, R"({"limit":7})") == R"({"total":7})");
  BOOST_TEST(modern(limit, v1_9_1, R"({"limit":"0"})") == R"({"total":"0"})");
  constexpr std::string_view protocol = "projectUpdateProtocol";
  BOOST_TEST(modern(protocol, v1_9_0, R"({"api":"realtime","status":true})") ==
             R"({"protocolId":"websocket","enabled":true})");
  BOOST_TEST(modern(protocol, v1_9_0, R"({"api":"rest"})") == R"({"protocolId":"rest"})");
  BOOST_TEST(modern(protocol, v1_9_1, R"({"api":"realtime"})") == R"({"api":"realtime"})");
  BOOST_TEST(modern("projectUpdateKey", v1_9_0, R"({"scopes":null})") == R"({"scopes":[]})");
  BOOST_TEST(modern("projectUpdateKey", v1_9_0, R"({"scopes":["a"]})") == R"({"scopes":["a"]})");
  BOOST_TEST(modern("projectUpdateKey", v1_9_0, "{}") == "{}");
  BOOST_TEST(modern("projectUpdateKey", v1_9_1, R"({"scopes":null})") == R"({"scopes":null})");
  BOOST_TEST(modern("projectCreateKey", v1_9_0, R"({"name":"k"})") == R"-({"name":"k","keyId":"unique()"})-");
  BOOST_TEST(modern("projectCreateKey", v1_9_0, R"({"keyId":"k"})") == R"({"keyId":"k"})");
}

BOOST_AUTO_TEST_CASE(what_a_format_did_not_know_gets_its_value) {
  constexpr std::string_view privacy = "projectUpdateMembershipPrivacyPolicy";
  BOOST_TEST(modern(privacy, v1_9_1, R"({"userName":true,"mfa":true,"userId":true})") ==
             R"({"userName":true,"userId":false,"userMFA":true,"userPhone":false})");
  BOOST_TEST(modern(privacy, v1_9_2, R"({"userName":true})") == R"({"userName":true})");
}

BOOST_AUTO_TEST_CASE(a_record_is_selected_from_when_it_can_be_parsed) {
  const std::vector<std::string> names{"name"};
  BOOST_TEST(models::selected(R"({"$id":"a","name":"A","teamId":"t"})", names) == R"({"$id":"a","name":"A"})");
  const std::string endless = "{\"name\":\"" + std::string((std::size_t{16} << 20) + 1, 'x') + "\"}";
  BOOST_REQUIRE(!json::parse(endless));
  BOOST_TEST((models::selected(endless, names) == endless));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
