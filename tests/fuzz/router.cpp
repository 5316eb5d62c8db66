// Request targets: a match fills every name of its template, a query changes nothing, HEAD is GET.

#include "net/pipeline/router.hpp"

#include <algorithm>

#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
using http::Method;

Route row(Method method, std::string_view path, std::vector<std::string_view> aliases = {}) {
  Route route{};
  route.method = method;
  route.path = path;
  route.aliases = std::move(aliases);
  return route;
}

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> rows;
    rows.push_back(row(Method::get, "/v1/account"));
    rows.push_back(row(Method::post, "/v1/account/sessions/email", {"/v1/account/sessions"}));
    rows.push_back(row(Method::get, "/v1/account/sessions"));
    rows.push_back(row(Method::get, "/v1/account/sessions/:sessionId"));
    rows.push_back(row(Method::del, "/v1/account/sessions/:sessionId"));
    rows.push_back(row(Method::put, "/v1/teams/:teamId/memberships/:membershipId/status"));
    return rows;
  }();
  return all;
}

bool same(const std::optional<Match>& a, const std::optional<Match>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->route == b->route && a->params == b->params;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Router router(routes());
  const std::string target(fuzz::text_of(data, size));
  for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::del, Method::other}) {
    const std::optional<Match> match = router.find(method, target);
    if (match) {
      const std::string_view path = match->route->path;
      fuzz::require(match->route->method == method, "a match is of the method asked for");
      fuzz::require(static_cast<std::ptrdiff_t>(match->params.size()) == std::count(path.begin(), path.end(), ':'),
                    "every name of the template is filled");
      for (const auto& param : match->params) fuzz::require(param.second.size() <= size, "values come from the target");
    }
    const std::string path = target.substr(0, target.find_first_of("?#"));
    fuzz::require(same(match, router.find(method, path + "?a=/v1/account")), "a query changes nothing");
  }
  fuzz::require(same(router.find(Method::get, target), router.find(Method::head, target)), "HEAD is GET");
  return 0;
}
