// user list and show, and what the other user commands share.

#include "net/commands/user_lookup.hpp"

#include <algorithm>
#include <utility>

#include "core/validators.hpp"
#include "net/commands/arguments.hpp"
#include "storage/counters.hpp"

namespace portcullis::commands {
namespace {

constexpr std::uint64_t most_listed = 10000;  // about 4 MiB of answer
constexpr std::uint64_t most_read = 64;       // users in one read of the store

void write_sessions(json::Writer& out, const std::vector<Session>& sessions) {
  out.key("sessions");
  out.begin_array();
  for (const Session& session : sessions) {
    out.begin_object();
    out.field("id", session.id);
    out.field("createdAt", format_iso8601(session.created_at));
    out.field("expire", format_iso8601(session.expires_at));
    out.field("provider", session.provider);
    out.field("ip", session.ip);
    out.field("client", session.client.client_name);
    out.field("os", session.client.os_name);
    out.end_object();
  }
  out.end_array();
}

void write_targets(json::Writer& out, const std::vector<BorrowedTarget>& targets) {
  out.key("targets");
  out.begin_array();
  for (const BorrowedTarget& target : targets) {
    out.begin_object();
    out.field("id", target.id);
    out.field("type", target.provider_type);
    out.field("identifier", target.identifier);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

awaitable<result<storage::Account>> find_account(Services& services, ProjectNo project, std::string who) {
  const bool by_email = who.find('@') != std::string::npos;
  if (by_email) who = validators::normalise_email(who);
  result<std::optional<storage::Account>> found = std::optional<storage::Account>{};
  if (by_email) found = co_await services.store.account_by_email(project, who);
  if (!by_email) found = co_await services.store.account(project, who);
  if (!found) co_return found.error();
  if (!*found) co_return error(errc::user_not_found);
  co_return std::move(**found);
}

void write_user(json::Writer& out, const User& user) {
  out.field("id", user.id);
  out.field("createdAt", format_iso8601(user.created_at));
  out.field("updatedAt", format_iso8601(user.updated_at));
  out.field("name", user.name);
  out.field("email", user.email);
  out.field("phone", user.phone);
  out.field("status", user.status);
  out.field("emailVerification", user.email_verified);
  out.field("phoneVerification", user.phone_verified);
  out.field("passwordUpdate", user.password_updated_at ? format_iso8601(*user.password_updated_at) : std::string());
}

awaitable<Outcome> list_users(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::uint64_t limit = arguments.number("limit", 100, most_listed);
  std::uint64_t after = arguments.number("after", 0, INT64_MAX);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const ProjectNo number = project->number();
  const result<storage::Counters> counters = co_await services.store.counters(number);
  if (!counters) co_return refused(counters.error());

  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(counters->users));
  out.key("users");
  out.begin_array();
  bool more = limit > 0;
  for (std::uint64_t listed = 0; more && listed < limit;) {
    const auto wanted = static_cast<std::uint32_t>(std::min(most_read, limit - listed));
    const result<storage::Store::UserPage> page = co_await services.store.users(number, after, wanted);
    if (!page) co_return refused(page.error());
    for (const User& user : page->users) {
      out.begin_object();
      write_user(out, user);
      out.end_object();
    }
    listed += page->users.size();
    after = page->next;
    more = page->more;
  }
  out.end_array();
  out.key("next");
  if (more) out.integer(static_cast<std::int64_t>(after));
  if (!more) out.null();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> show_user(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string who = arguments.required("user");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const ProjectNo number = project->number();
  const result<storage::Account> account = co_await find_account(services, number, who);
  if (!account) co_return refused(account.error(), who);
  std::string no_selector;
  const result<std::unique_ptr<storage::Profile>> profile =
      co_await services.store.profile(number, account->user.id, std::move(no_selector));
  if (!profile) co_return refused(profile.error());
  const Time now = services.clock.now();
  const result<std::vector<Session>> sessions = co_await services.store.sessions(number, account->user.id, now);
  if (!sessions) co_return refused(sessions.error());

  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_user(out, account->user);
  out.field("password", account->credential.hash.algorithm);
  if (*profile) write_targets(out, (*profile)->targets);
  write_sessions(out, *sessions);
  out.end_object();
  co_return answered(std::move(body));
}

}  // namespace portcullis::commands
