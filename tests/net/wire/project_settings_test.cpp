#include "net/wire/project_settings.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "core/json/value.hpp"
#include "storage/platforms.hpp"

using namespace portcullis;

namespace {

bool takes(const char* name, std::string_view text, ProjectSettings& settings) {
  const wire::ProjectSetting* const setting = wire::find_project_setting(name);
  BOOST_REQUIRE(setting != nullptr);
  return wire::assign(*setting, settings, text).has_value();
}
bool takes(const char* name, std::string_view text) {
  ProjectSettings settings;
  return takes(name, text, settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(project_settings)

BOOST_AUTO_TEST_CASE(every_setting_has_its_own_name_and_field) {
  std::set<std::string> names;
  for (const wire::ProjectSetting& setting : wire::project_settings()) {
    BOOST_TEST(names.insert(setting.name).second);
    ProjectSettings changed;
    changed.name = "before";
    const ProjectSettings before = changed;
    bool differs = false;
    for (const char* text : {"true", "false", "99", "15", "app.example.com"})
      if (wire::assign(setting, changed, text)) differs = differs || !(changed == before);
    BOOST_TEST(differs, setting.name);
  }
  BOOST_TEST(names.size() == 54U);
}

BOOST_AUTO_TEST_CASE(numbers_outside_the_contract_are_refused) {
  BOOST_TEST(!takes("maxSessions", "0"));
  BOOST_TEST(takes("maxSessions", "1"));
  BOOST_TEST(takes("maxSessions", "100"));
  BOOST_TEST(!takes("maxSessions", "101"));
  BOOST_TEST(takes("limit", "0"));
  BOOST_TEST(takes("limit", "10000"));
  BOOST_TEST(!takes("limit", "10001"));
  BOOST_TEST(!takes("limit", "-1"));
  BOOST_TEST(!takes("duration", "59"));
  BOOST_TEST(takes("duration", "60"));
  BOOST_TEST(takes("duration", "31536000"));
  BOOST_TEST(!takes("duration", "31536001"));
  BOOST_TEST(takes("passwordHistory", "0"));
  BOOST_TEST(takes("passwordHistory", "20"));
  BOOST_TEST(!takes("passwordHistory", "21"));
  BOOST_TEST(!takes("passwordStrength.min", "7"));
  BOOST_TEST(takes("passwordStrength.min", "256"));
  BOOST_TEST(!takes("passwordStrength.min", "257"));
}

BOOST_AUTO_TEST_CASE(a_number_is_digits_and_nothing_else) {
  for (const char* text : {"", " 5", "5 ", "5.0", "0x5", "+5", "five", "99999999999999999999"})
    BOOST_TEST(!takes("maxSessions", text), text);
}

BOOST_AUTO_TEST_CASE(a_flag_is_true_or_false_and_nothing_else) {
  BOOST_TEST(takes("anonymous", "false"));
  for (const char* text : {"", "1", "yes", "True", "on"}) BOOST_TEST(!takes("anonymous", text), text);
}

BOOST_AUTO_TEST_CASE(a_refused_value_changes_nothing_and_names_the_setting) {
  ProjectSettings settings;
  settings.web_hosts = {"kept.example.com"};
  BOOST_TEST(!takes("webHosts", "fine.example.com,not a host", settings));
  BOOST_TEST(settings.web_hosts.size() == 1U);
  const result<void> refused = wire::assign(*wire::find_project_setting("duration"), settings, "1");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(std::string(refused.error().param) == "duration");
  BOOST_TEST(std::string(refused.error().rule).find("60") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(web_hosts_are_a_list_in_lower_case) {
  ProjectSettings settings;
  BOOST_TEST(takes("webHosts", "App.Example.com,*.example.org", settings));
  BOOST_TEST(settings.web_hosts.size() == 2U);
  BOOST_TEST(settings.web_hosts[0] == "app.example.com");
  BOOST_TEST(!takes("webHosts", "a.example.com,", settings));
  BOOST_TEST(!takes("webHosts", ",a.example.com", settings));
  BOOST_TEST(takes("webHosts", "", settings));
  BOOST_TEST(settings.web_hosts.empty());
}

BOOST_AUTO_TEST_CASE(web_hosts_are_as_many_as_a_project_may_have_platforms) {
  std::string text = "h0.example.com";
  for (std::uint32_t i = 1; i < storage::keys::platforms_limit; ++i) text += ",h" + std::to_string(i) + ".example.com";
  ProjectSettings settings;
  BOOST_TEST(takes("webHosts", text, settings));
  BOOST_TEST(settings.web_hosts.size() == storage::keys::platforms_limit);
  BOOST_TEST(!takes("webHosts", text + ",one.more.example.com", settings));
  const std::string_view rule = wire::find_project_setting("webHosts")->rule;
  BOOST_TEST(rule.find("at most " + std::to_string(storage::keys::platforms_limit)) != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_name_is_1_to_128_characters_not_bytes) {
  std::string text;
  for (int i = 0; i < 128; ++i) text += "\u00e9";
  BOOST_TEST(takes("name", text));
  BOOST_TEST(!takes("name", text + "e"));
  BOOST_TEST(!takes("name", ""));
  BOOST_TEST(!takes("name", "\xff"));
}

BOOST_AUTO_TEST_CASE(what_is_written_holds_every_setting) {
  ProjectSettings settings;
  settings.name = "One";
  settings.max_sessions = 7;
  settings.web_hosts = {"app.example.com"};
  std::string text;
  json::Writer out(text);
  wire::write_project_settings(out, settings);
  const std::optional<json::Value> value = json::parse(text);
  BOOST_REQUIRE(value && value->object() != nullptr);
  for (const wire::ProjectSetting& setting : wire::project_settings())
    BOOST_TEST(json::find(*value->object(), setting.name) != nullptr, setting.name);
  BOOST_TEST(*json::find(*value->object(), "maxSessions")->integer() == 7);
  BOOST_TEST(json::find(*value->object(), "webHosts")->array()->size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
