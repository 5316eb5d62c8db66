#include "net/impersonation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/validators.hpp"

namespace portcullis {
namespace {

/// A way to name a user. The query may also spell its name in lower case; the header goes before it.
struct Way {
  std::string_view header, query;
};
enum : std::size_t { by_id, by_email, by_phone };
constexpr std::array ways{Way{"X-Appwrite-Impersonate-User-Id", "impersonateUserId"},
                          Way{"X-Appwrite-Impersonate-User-Email", "impersonateEmail"},
                          Way{"X-Appwrite-Impersonate-User-Phone", "impersonatePhone"}};

json::Object query_of(const http::Request& request) {
  const std::size_t mark = request.target.find('?');
  if (mark == std::string::npos) return {};
  result<json::Object> pairs = parse_form(std::string_view(request.target).substr(mark + 1));
  return pairs ? std::move(*pairs) : json::Object{};
}

std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* const value = json::find(object, name);
  return value && value->string() ? *value->string() : std::string();
}

struct Named {
  std::size_t way = by_id;
  std::string text;  ///< empty: nobody
};

/// The first of id, e-mail and phone that the request gives.
Named named_user(const http::Request& request) {
  const json::Object query = query_of(request);
  for (std::size_t way = 0; way < ways.size(); ++way) {
    std::string text(request.header(ways[way].header));
    if (text.empty()) text = text_of(query, ways[way].query);
    if (text.empty()) text = text_of(query, validators::ascii_lower(ways[way].query));
    if (!text.empty()) return Named{way, std::move(text)};
  }
  return {};
}

awaitable<result<std::unique_ptr<storage::Profile>>> find_user(storage::Store& store, ProjectNo project, Named named) {
  if (named.way == by_email) {
    std::string email = validators::normalise_email(named.text);
    co_return co_await store.profile_by_email(project, std::move(email));
  }
  if (named.way == by_phone) co_return co_await store.profile_by_phone(project, std::move(named.text));
  if (!validators::is_uid(named.text)) co_return std::unique_ptr<storage::Profile>{};
  std::string no_selector;
  co_return co_await store.profile(project, std::move(named.text), std::move(no_selector));
}

}  // namespace

awaitable<result<void>> resolve_impersonation(Services& services, const http::Request& request, Call& call) {
  Named named = named_user(request);
  if (named.text.empty()) co_return result<void>{};
  result<std::unique_ptr<storage::Profile>> found =
      co_await find_user(services.store, call.project(), std::move(named));
  if (!found) co_return found.error();
  call.principal.impersonated = std::move(*found);
  co_return result<void>{};
}

bool reads_users_as_impersonator(const Call& call) {
  const std::vector<std::string_view>& scopes = call.route->scopes;
  const bool reads = std::find(scopes.begin(), scopes.end(), "users.read") != scopes.end();
  return reads && call.principal.profile && call.user().impersonator;
}

}  // namespace portcullis
