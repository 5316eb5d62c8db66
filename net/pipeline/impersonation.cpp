#include "net/pipeline/impersonation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/crypto/encoding.hpp"
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

/// What the names of all headers and parameters begin with that are about this, those that nobody reads among them.
constexpr std::string_view header_beginning = "X-Appwrite-Impersonate", parameter_beginning = "impersonate";

struct Named {
  std::size_t way = by_id;
  std::string text;  ///< empty: nobody can be meant by it
};

bool only_reads(const http::Request& request) {
  return request.method == http::Method::get || request.method == http::Method::head;
}

/// The first line of that header that says anything: an empty one may stand before it.
std::string_view first_filled(const http::Request& request, std::string_view name) {
  for (const auto [each, value] : request.headers)
    if (!value.empty() && http::same_token(each, name)) return value;
  return {};
}

/// What a request says in each of the ways; no two names in one of them.
class Names {
 public:
  /// False for a name that nobody can be meant by: one that is empty, or another than what was said that way before.
  [[nodiscard]] bool add(std::size_t way, std::string_view name) {
    std::string& known = said_[way];
    if (known.empty()) known = name;
    return !name.empty() && known == name;
  }

 private:
  std::array<std::string, ways.size()> said_;
};

/// Somebody is meant whom the request does not name: a name is empty, misspelt, one of two, or where none is read.
bool names_in_vain(const http::Request& request, std::string_view query, const json::Object& body) {
  Names names;
  const auto names_one = [&names](const auto& spells, std::string_view value) {
    const auto way = std::find_if(ways.begin(), ways.end(), spells);
    return way != ways.end() && names.add(static_cast<std::size_t>(way - ways.begin()), value);
  };
  for (const auto [name, value] : request.headers) {
    if (!http::token_begins(name, header_beginning)) continue;
    if (!names_one([each = name](const Way& way) { return http::same_token(each, way.header); }, value)) return true;
  }
  const auto read_pair = [&names_one](std::string_view name, std::string&& value) -> result<void> {
    if (!http::token_begins(name, parameter_beginning)) return {};
    const auto spells = [&](const Way& way) { return name == way.query || name == validators::ascii_lower(way.query); };
    if (!names_one(spells, value)) return errc::user_not_found;
    return {};
  };
  if (!each_pair(query, read_pair)) return true;
  const auto is_a_name = [](const auto& member) { return http::token_begins(member.first, parameter_beginning); };
  return std::any_of(body.begin(), body.end(), is_a_name);
}

/// Whether a name in the query begins as those that are about this. Costs a usual query one look at its names.
bool mentions_somebody(std::string_view query) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    const std::string_view name = pair.substr(0, pair.find('='));
    if (http::token_begins(name, parameter_beginning)) return true;
    if (name.find('%') == std::string_view::npos) continue;
    if (http::token_begins(crypto::url_decode(name, true), parameter_beginning)) return true;
  }
  return false;
}

/// The text of the query, and nothing where it is about something else.
std::string_view query_about_somebody(const http::Request& request) {
  const std::size_t mark = request.target.find('?');
  if (mark == std::string::npos) return {};
  const std::string_view query = std::string_view(request.target).substr(mark + 1);
  return mentions_somebody(query) ? query : std::string_view{};
}

/// The first of id, e-mail and phone that the request gives, in whatever shape: one that names nobody is not as good as
/// none. Empty ones are, to who only looks: SDKs send them unasked. Errors: those of a query that cannot be read.
result<std::optional<Named>> named_user(const http::Request& request, const json::Object& bag) {
  const std::string_view about_somebody = query_about_somebody(request);
  const result<json::Object> query = parse_form(about_somebody);
  if (!query) return query.error();
  if (!only_reads(request) && names_in_vain(request, about_somebody, bag)) return Named{};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    const std::string_view in_header = first_filled(request, ways[way].header);
    if (!in_header.empty()) return Named{way, std::string(in_header)};
    if (query->empty()) continue;
    for (const std::string& name : {std::string(ways[way].query), validators::ascii_lower(ways[way].query)}) {
      const json::Value* const value = json::find(*query, name);
      if (value && !value->string()) return Named{way, {}};
      if (value && !value->string()->empty()) return Named{way, *value->string()};
    }
  }
  return std::optional<Named>{};
}

awaitable<result<std::unique_ptr<storage::Profile>>> find_user(storage::Store& store, ProjectNo project, Named named) {
  if (named.text.empty()) co_return std::unique_ptr<storage::Profile>{};
  if (named.way == by_email) {
    std::string email = validators::normalise_email(named.text);
    if (email.empty()) co_return std::unique_ptr<storage::Profile>{};
    co_return co_await store.profile_by_email(project, std::move(email));
  }
  if (named.way == by_phone) co_return co_await store.profile_by_phone(project, std::move(named.text));
  if (!validators::is_uid(named.text)) co_return std::unique_ptr<storage::Profile>{};
  std::string no_selector;
  co_return co_await store.profile(project, std::move(named.text), std::move(no_selector));
}

}  // namespace

bool may_name_another(const http::Request& request, const Call& call) {
  if (call.principal.caller != policies::Caller::user) return false;
  return call.user().impersonator || !only_reads(request);
}

awaitable<result<void>> resolve_impersonation(Services& services, const http::Request& request, Call& call) {
  result<std::optional<Named>> named = named_user(request, call.bag);
  if (!named) co_return named.error();
  if (!*named) co_return result<void>{};
  if (!call.user().impersonator) {
    call.principal.impersonation_fault = error(errc::user_unauthorized);
    co_return result<void>{};
  }
  Named who = std::move(**named);
  result<std::unique_ptr<storage::Profile>> found = co_await find_user(services.store, call.project(), std::move(who));
  if (!found) co_return found.error();
  if (!*found) call.principal.impersonation_fault = error(errc::user_not_found);
  call.principal.impersonated = std::move(*found);
  co_return result<void>{};
}

bool reads_users_as_impersonator(const Call& call) {
  return call.route->callers == Callers::keys_and_impersonators && call.principal.profile && call.user().impersonator;
}

}  // namespace portcullis
