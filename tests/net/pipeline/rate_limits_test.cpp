// What the limits of routes count by.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "net/api/routes.hpp"
#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using http::Method;

/// The parameters that a window's key names.
std::vector<std::string_view> named_in(std::string_view key) {
  constexpr std::string_view beginning = "{param-";
  std::vector<std::string_view> names;
  for (std::size_t at = key.find(beginning); at != std::string_view::npos; at = key.find(beginning, at)) {
    at += beginning.size();
    names.push_back(key.substr(at, key.find('}', at) - at));
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_rate_limits)

BOOST_AUTO_TEST_CASE(a_limit_by_a_parameter_names_a_text_that_its_route_reads) {
  std::size_t found = 0;
  for (const Route& route : api::routes()) {
    if (!route.rate) continue;
    for (const std::string_view key : route.rate->keys) {
      for (const std::string_view name : named_in(key)) {
        ++found;
        const Inputs& inputs = route.handler.inputs;
        const auto declared = std::find_if(inputs.params.begin(), inputs.params.end(),
                                           [name](const Param& param) { return param.name == name; });
        BOOST_TEST((declared != inputs.params.end() && declared->required && declared->text),
                   route.name << " " << name);
      }
    }
  }
  BOOST_TEST(found > 0U);
}

BOOST_FIXTURE_TEST_CASE(no_spelling_of_an_address_opens_a_window_of_its_own, AppFixture) {
  sign_up("ada@example.com");
  const std::string blanks(400, ' ');
  const std::vector<std::string> spellings{"ada@example.com", "ADA@Example.com", " ada@example.com\\t",
                                           blanks + "ada@example.com", "Ada@example.com" + blanks};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(sign_in(spellings.at(static_cast<std::size_t>(i) % spellings.size()), "wrong-password").status() == 401);
  for (const std::string& spelling : spellings)
    BOOST_TEST(sign_in(spelling).type() == "general_rate_limit_exceeded", spelling);
  BOOST_TEST(sign_in("bob@example.com").status() == 401);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
