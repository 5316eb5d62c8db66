#include "net/pipeline/router.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "net/api/routes.hpp"

namespace portcullis {
namespace {

std::string name_of(const Router& router, http::Method method, std::string_view target) {
  const std::optional<Match> match = router.find(method, target);
  return match ? std::string(match->route->name) : "(none)";
}

/// May somebody without a key, and no administrator, come as far as the handler?
bool is_open(const Route& route) {
  if (route.bare || route.callers == Callers::keys || route.callers == Callers::keys_and_impersonators) return false;
  return std::any_of(route.scopes.begin(), route.scopes.end(),
                     [](std::string_view scope) { return policies::holds_scope(policies::Caller::user, {}, scope); });
}

/// Does it change something under a name that may be another's already?
bool takes_a_name(const Route& route) {
  constexpr std::array names{"email", "phone", "userId", "teamId", "identifier"};
  if (route.method == http::Method::get || route.method == http::Method::del) return false;
  return std::any_of(route.handler.inputs.params.begin(), route.handler.inputs.params.end(), [&](const Param& param) {
    return std::find(names.begin(), names.end(), std::string_view(param.name)) != names.end();
  });
}

/// Above this file or, where the compiler was told a relative path, above the working folder.
std::string security_document() {
  namespace fs = std::filesystem;
  std::ostringstream text;
  for (const fs::path& start : {fs::path(__FILE__), fs::current_path()})
    for (fs::path at = start; start.is_absolute() && at != at.root_path(); at = at.parent_path())
      if (text.str().empty() && fs::exists(at / "docs" / "security.md"))
        text << std::ifstream(at / "docs" / "security.md").rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(router)

BOOST_AUTO_TEST_CASE(paths_aliases_and_parameters_find_their_row) {
  const Router router(api::routes());
  BOOST_TEST(name_of(router, http::Method::get, "/v1/account") == "accountGet");
  BOOST_TEST(name_of(router, http::Method::head, "/v1/account?x=1") == "accountGet");
  BOOST_TEST(name_of(router, http::Method::post, "/v1/account/sessions") == "accountCreateEmailPasswordSession");
  BOOST_TEST(name_of(router, http::Method::post, "/v1/account/jwt") == "accountCreateJWT");
  const std::optional<Match> match = router.find(http::Method::patch, "/v1/account/sessions/a%2Db");
  BOOST_REQUIRE(match.has_value());
  BOOST_TEST(match->params.at(0).first == "sessionId");
  BOOST_TEST(match->params.at(0).second == "a-b");
}

BOOST_AUTO_TEST_CASE(empty_segments_are_skipped_wherever_they_stand) {
  const Router router(api::routes());
  for (const std::string& target :
       {std::string("/v1//account"), std::string("//v1/account"), std::string("/v1/account/"),
        std::string("///v1///account///?x=1"), "/v1" + std::string(4000, '/') + "account"})
    BOOST_TEST(name_of(router, http::Method::get, target) == "accountGet", target.substr(0, 24));
  const std::optional<Match> match = router.find(http::Method::patch, "/v1//account//sessions//abc//");
  BOOST_REQUIRE(match.has_value());
  BOOST_TEST(match->route->path == "/v1/account/sessions/:sessionId");
  BOOST_TEST(match->params.at(0).second == "abc");
}

BOOST_AUTO_TEST_CASE(a_wrong_method_an_unknown_path_and_hostile_targets_find_nothing) {
  const Router router(api::routes());
  for (const std::string& target :
       {std::string("/"), std::string("/v1"), std::string("/v1/accounts"), std::string(""), std::string("*"),
        std::string("v1/account"), std::string("/v1/account/sessions/a/b"), std::string(4000, '/')})
    BOOST_TEST(name_of(router, http::Method::get, target) == "(none)");
  BOOST_TEST(name_of(router, http::Method::put, "/v1/account") == "(none)");
}

BOOST_AUTO_TEST_CASE(every_row_has_a_handler_a_name_of_its_own_and_its_path_parameters_declared) {
  std::set<std::string_view> names;
  for (const Route& route : api::routes()) {
    BOOST_TEST((route.handler.run != nullptr));
    BOOST_TEST(names.insert(route.name).second);
    for (std::size_t at = route.path.find("/:"); at != std::string_view::npos; at = route.path.find("/:", at + 1)) {
      const std::string_view rest = route.path.substr(at + 2);
      const std::string_view name = rest.substr(0, rest.find('/'));
      // There it names the project of the request.
      bool declared = route.service == Service::project && name == "projectId";
      for (const Param& param : route.handler.inputs.params) declared = declared || param.name == name;
      BOOST_TEST(declared);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_endpoint_that_tells_of_others_has_a_limit_and_is_in_the_document) {
  const std::string document = security_document();
  for (const Route& route : api::routes()) {
    if (!route.tells_of_others) continue;
    BOOST_TEST_CONTEXT(route.name) {
      BOOST_TEST(route.rate.has_value());
      const std::string line = "- `" + std::string(http::to_text(route.method)) + " " + std::string(route.path) + "`";
      BOOST_TEST((document.find(line) != std::string::npos), "docs/security.md lacks " + line);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_open_endpoint_that_takes_a_name_says_whether_it_tells_of_others) {
  // Alike for a name that is unknown: the work and the answer are the same (tests/sdk/enumeration.test.mjs).
  const std::set<std::string_view> alike{"accountCreateEmailPasswordSession", "accountCreateSession"};
  for (const Route& route : api::routes()) {
    if (!is_open(route) || !takes_a_name(route)) continue;
    BOOST_TEST_CONTEXT(route.name) BOOST_TEST(route.tells_of_others != alike.contains(route.name));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
