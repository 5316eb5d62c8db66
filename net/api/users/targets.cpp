// Targets of a user: the addresses that messages go to. Source: docs/contract/users.md 8.

#include <algorithm>
#include <tuple>

#include "core/validators.hpp"
#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/api/users/support.hpp"
#include "net/changes/targets.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/targets.hpp"

namespace portcullis::api {
namespace {

using http::Method;
using storage::query::Shown;
using storage::query::Type;
namespace r = rules;

struct NewTarget {
  std::string user_id, target_id, type, identifier, provider_id, name;

  static Inputs params() {
    using In = NewTarget;
    return of_user<In>({required("targetId", r::custom_id, &In::target_id),
                        required("providerType", r::provider_type, &In::type),
                        required("identifier", r::target_identifier, &In::identifier),
                        optional("providerId", r::uid, &In::provider_id), optional("name", r::name, &In::name)});
  }
};
/// The last three empty = not given.
struct ChangedTarget {
  std::string user_id, target_id, identifier, provider_id, name;

  static Inputs params() {
    using In = ChangedTarget;
    return of_user<In>({required("targetId", r::uid, &In::target_id),
                        optional("identifier", r::target_identifier, &In::identifier),
                        optional("providerId", r::uid, &In::provider_id), optional("name", r::name, &In::name)});
  }
};
struct OneTarget {
  std::string user_id, target_id;

  static Inputs params() { return of_user<OneTarget>({required("targetId", r::uid, &OneTarget::target_id)}); }
};
struct AllTargets : ListInput {
  std::string user_id;

  static Inputs params() {
    return of_user<AllTargets>({optional("queries", r::queries, &AllTargets::queries),
                                optional("total", r::loose_boolean, &AllTargets::total)});
  }
};

constexpr ListField<Target> target_fields[] = {
    {{"$id", Type::exact}, [](const Target& t) -> Shown { return t.id; }},
    {{"$createdAt", Type::time}, [](const Target& t) { return short_lists::shown(t.created_at); }},
    {{"$updatedAt", Type::time}, [](const Target& t) { return short_lists::shown(t.updated_at); }},
    {{"userId", Type::exact}, [](const Target& t) -> Shown { return t.user_id; }},
    {{"providerId", Type::exact}, [](const Target&) { return Shown{}; }},
    {{"identifier", Type::text}, [](const Target& t) -> Shown { return t.identifier; }},
    {{"providerType", Type::exact}, [](const Target& t) -> Shown { return t.provider_type; }},
};

/// The identifier as it is stored for a target of that type.
result<std::string> usable_identifier(std::string_view type, std::string identifier) {
  if (type == "email") {
    identifier = validators::normalise_email(identifier);
    if (!validators::is_email(identifier)) return errc::general_invalid_email;
  } else if (type == "sms") {
    if (!validators::is_phone(identifier)) return errc::general_invalid_phone;
  } else if (type != "push") {
    return errc::provider_incorrect_type;
  }
  return identifier;
}

/// The user's targets in the order they were made.
awaitable<result<std::vector<Target>>> targets_of(Services& svc, const Call& call, std::string user_id) {
  std::string no_selector;
  const result<std::unique_ptr<storage::Profile>> profile =
      co_await svc.store.profile(call.project(), std::move(user_id), std::move(no_selector));
  if (!profile) co_return profile.error();
  if (!*profile) co_return error(errc::user_not_found);
  std::vector<Target> targets;
  for (const BorrowedTarget& target : (*profile)->targets) targets.push_back(own(target));
  const auto older = [](const Target& a, const Target& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  };
  std::sort(targets.begin(), targets.end(), older);
  co_return targets;
}

/// Errors: user_not_found, user_target_not_found.
awaitable<result<Target>> named_target(Services& svc, const Call& call, std::string user_id, std::string id) {
  const result<std::vector<Target>> targets = co_await targets_of(svc, call, std::move(user_id));
  if (!targets) co_return targets.error();
  const auto found = std::find_if(targets->begin(), targets->end(), [&](const Target& t) { return t.id == id; });
  if (found == targets->end()) co_return error(errc::user_target_not_found);
  co_return *found;
}

Answer answer_target(const Call& call, const Target& target) {
  Answer answer;
  answer.body = models::target(borrow(target), viewer_of(call));
  return answer;
}

template <class Make>
awaitable<result<Answer>> change_target(Services& svc, const Call& call, std::string_view event, Make make) {
  const result<Target> target = co_await commit<Target>(svc.store.engine(), std::move(make));
  if (!target) co_return target.error();
  log_security(svc, call, event, "ok", target->user_id, call.by());
  co_return answer_target(call, *target);
}

/// No messaging provider exists, so the target has none, whatever was asked for.
awaitable<result<Answer>> create_user_target(Services& svc, const Call& call, const NewTarget& input) {
  result<std::string> identifier = usable_identifier(input.type, input.identifier);
  if (!identifier) co_return identifier.error();
  std::string id = input.target_id == "unique()" ? unique_id(call.now, svc.random) : input.target_id;
  Target made = changes::make_target(input.user_id, std::move(id), input.type, std::move(*identifier), call.now);
  made.name = input.name;
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_target(p, made); };
  co_return co_await change_target(svc, call, "target_create", std::move(make));
}

awaitable<result<Answer>> list_user_targets(Services& svc, const Call& call, const AllTargets& input) {
  std::string user_id = input.user_id;
  const result<std::vector<Target>> targets = co_await targets_of(svc, call, std::move(user_id));
  if (!targets) co_return targets.error();
  const std::span<const ListField<Target>> fields(target_fields);
  const auto page = slice_of(svc, input, fields, *targets, storage::query::default_limit);
  if (!page) co_return page.error();
  Answer answer;
  answer.body = models::target_list(picked(*targets, page->positions), page->total, viewer_of(call));
  co_return answer;
}

awaitable<result<Answer>> show_user_target(Services& svc, const Call& call, const OneTarget& input) {
  std::string user_id = input.user_id;
  std::string id = input.target_id;
  const result<Target> target = co_await named_target(svc, call, std::move(user_id), std::move(id));
  if (!target) co_return target.error();
  co_return answer_target(call, *target);
}

awaitable<result<Answer>> update_user_target(Services& svc, const Call& call, const ChangedTarget& input) {
  std::string user_id = input.user_id;
  std::string id = input.target_id;
  const result<Target> target = co_await named_target(svc, call, std::move(user_id), std::move(id));
  if (!target) co_return target.error();
  changes::TargetUpdate made;
  made.type = target->provider_type;
  if (!input.identifier.empty()) {
    result<std::string> identifier = usable_identifier(target->provider_type, input.identifier);
    if (!identifier) co_return identifier.error();
    made.identifier = std::move(*identifier);
  }
  if (!input.provider_id.empty()) co_return error(errc::provider_not_found);
  if (!input.name.empty()) made.name = input.name;
  auto make = [p = call.project(), user = input.user_id, id = input.target_id, now = call.now, made = std::move(made)] {
    return changes::update_target(p, user, id, now, made);
  };
  co_return co_await change_target(svc, call, "target_change", std::move(make));
}

awaitable<result<Answer>> delete_user_target(Services& svc, const Call& call, const OneTarget& input) {
  std::string user_id = input.user_id;
  const result<std::unique_ptr<storage::ServedUser>> user = co_await named_user(svc, call, std::move(user_id));
  if (!user) co_return user.error();
  auto make = [p = call.project(), user_id = input.user_id, id = input.target_id, now = call.now] {
    return changes::delete_target(p, user_id, id, now);
  };
  const result<Answer> deleted = co_await change_target(svc, call, "target_delete", std::move(make));
  if (!deleted) co_return deleted.error();
  co_return Answer{};
}

}  // namespace

std::vector<Route> user_target_rows() {
  std::vector<Route> routes{
      {.method = Method::post,
       .path = "/v1/users/:userId/targets",
       .name = "usersCreateTarget",
       .scopes = {"users.write"},
       .answers = {201, "Target"},
       .handler = operation<create_user_target>(),
       .callers = Callers::keys},
      {.path = "/v1/users/:userId/targets",
       .name = "usersListTargets",
       .scopes = {"users.read"},
       .answers = {200, "TargetList"},
       .handler = operation<list_user_targets>(),
       .callers = Callers::keys_and_impersonators},
      {.path = "/v1/users/:userId/targets/:targetId",
       .name = "usersGetTarget",
       .scopes = {"users.read"},
       .answers = {200, "Target"},
       .handler = operation<show_user_target>(),
       .callers = Callers::keys_and_impersonators},
      {.method = Method::patch,
       .path = "/v1/users/:userId/targets/:targetId",
       .name = "usersUpdateTarget",
       .scopes = {"users.write"},
       .answers = {200, "Target"},
       .handler = operation<update_user_target>(),
       .callers = Callers::keys},
      {.method = Method::del,
       .path = "/v1/users/:userId/targets/:targetId",
       .name = "usersDeleteTarget",
       .scopes = {"users.write"},
       .answers = {204},
       .handler = operation<delete_user_target>(),
       .callers = Callers::keys},
  };
  return of_service(Service::users, std::move(routes));
}

}  // namespace portcullis::api
