// user create, set-password, block, unblock and delete. Passwords meet the same policies as over HTTP.

#include <utility>

#include "core/json/writer.hpp"
#include "core/validators.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/passwords.hpp"
#include "net/actions/retry_stale.hpp"
#include "net/actions/users.hpp"
#include "net/changes/users.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/commands/signup_code.hpp"
#include "net/commands/user_lookup.hpp"
#include "policies/password_policy.hpp"

namespace portcullis::commands {
namespace {

constexpr std::size_t name_characters = 128;

constexpr CommandOption named_user{
    .flags = "user,--user", .member = "user", .type = "ID|EMAIL", .what = "The user's id or e-mail", .required = true};

HashTicket ticket_for(Services& services, ProjectNo project) {
  HashTicket ticket;
  ticket.deadline = services.clock.steady() + services.config.admin_hash_deadline;
  ticket.project = project;
  ticket.privileged = true;
  return ticket;
}

/// The rules for the same parameter over HTTP.
void check_password(Arguments& arguments, const ProjectSettings& settings, const Secret& password) {
  const result<void> strong = policies::meets_strength(password.view(), settings.password_strength);
  if (!strong) arguments.refuse(std::string("password ") + strong.error().rule);
  if (settings.password_dictionary && policies::is_common_password(password.view()))
    arguments.refuse("password is among the most common ones");
}

void refuse_personal_data(Arguments& arguments) {
  arguments.refuse("password contains the user's id, name, e-mail or phone");
}

User read_user(Arguments& arguments, Services& services) {
  std::string id = arguments.optional("user");
  if (id.empty()) id = "unique()";
  if (!validators::is_custom_id(id)) arguments.refuse("user must be a valid id or unique()");
  const Time now = services.clock.now();
  User user = new_user(stored_id(std::move(id), now, services.random), now);
  user.name = arguments.optional("name");
  if (validators::utf8_length(user.name).value_or(name_characters + 1) > name_characters)
    arguments.refuse("name must be text of at most 128 characters");
  user.email = validators::normalise_email(arguments.optional("email"));
  if (!user.email.empty() && !validators::is_email(user.email)) arguments.refuse("email must be an e-mail address");
  user.phone = arguments.optional("phone");
  if (!user.phone.empty() && !validators::is_phone(user.phone))
    arguments.refuse("phone must be a phone number in E.164 form, for example +4930123456");
  return user;
}

Outcome answer_user(const User& user) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_user(out, user);
  out.end_object();
  return answered(std::move(body));
}

/// With the password that was given, if one was.
awaitable<Outcome> store_user(Services& services, Arguments& arguments, const std::string& id, changes::NewUser made) {
  std::optional<Secret> given = arguments.secret("password");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  FirstPassword password;
  if (given) {
    check_password(arguments, project->settings(), *given);
    if (arguments.wrong()) co_return arguments.refusal();
    password.text = std::move(*given);
    password.ticket = ticket_for(services, project->number());
  }
  const std::string about = made.user.email.empty() ? made.user.id : made.user.id + ", " + made.user.email;
  const result<changes::CreatedUser> created =
      co_await make_user(services, *project, std::move(made), std::move(password));
  if (!created && created.error().code == errc::password_personal_data) refuse_personal_data(arguments);
  if (arguments.wrong()) co_return arguments.refusal();
  if (!created) co_return refused(created.error(), about);
  log_security(services, "sign_up", id, created->user.id, "by an administrator");
  co_return answer_user(created->user);
}

awaitable<Outcome> set_status(Job job, bool status) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string who = arguments.required("user");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const result<storage::Account> account = co_await find_account(services, project->number(), who);
  if (!account) co_return refused(account.error(), who);
  auto make = [p = project->number(), user_id = account->user.id, now = services.clock.now(), status] {
    return changes::set_status(p, user_id, now, status);
  };
  const result<User> user = co_await commit<User>(services.store.engine(), std::move(make));
  if (!user) co_return refused(user.error(), who);
  log_security(services, status ? "user_unblock" : "user_block", id, user->id, "by an administrator");
  co_return answer_user(*user);
}

awaitable<Outcome> create_user(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  changes::NewUser made;
  made.user = read_user(arguments, services);
  co_return co_await store_user(services, arguments, id, std::move(made));
}

/// Creates a user of the console project who is an owner of the administrators' team.
awaitable<Outcome> create_administrator(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  changes::NewUser made;
  made.user = read_user(arguments, services);
  if (made.user.email.empty()) arguments.refuse("email is needed to sign in");
  made.team = changes::first_team(made.user.created_at, services.random);
  made.signup_code = changes::SignupCode::ends;
  const std::string id(console_id);
  co_return co_await store_user(services, arguments, id, std::move(made));
}

/// Checks the user as it is read here. Errors: again, user_not_found, those of new_password().
awaitable<result<User>> try_password(Services& services, const LiveProject& project, const std::string& who,
                                     const Secret& password) {
  const result<storage::Account> account = co_await find_account(services, project.number(), who);
  if (!account) co_return account.error();
  HashTicket ticket = ticket_for(services, project.number());
  const BorrowedUser user = borrow(account->user);
  const result<changes::NewPassword> made = co_await new_password(services.hasher, project.settings(), user,
                                                                  account->credential, password, std::move(ticket));
  if (!made) co_return made.error();
  auto make = [p = project.number(), id = account->user.id, now = services.clock.now(), made = *made] {
    return changes::set_password(p, id, now, made);
  };
  co_return co_await commit<User>(services.store.engine(), std::move(make));
}

awaitable<Outcome> set_user_password(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string who = arguments.required("user");
  const std::optional<Secret> password = arguments.secret("password");
  if (!password) arguments.refuse("password is needed");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  check_password(arguments, project->settings(), *password);
  if (arguments.wrong()) co_return arguments.refusal();

  auto attempt = [&] { return try_password(services, *project, who, *password); };
  const result<User> user = co_await retry_stale<User>(std::move(attempt));
  if (!user && user.error().code == errc::password_personal_data) refuse_personal_data(arguments);
  if (arguments.wrong()) co_return arguments.refusal();
  if (!user) co_return refused(user.error(), who);
  log_security(services, "password_change", id, user->id, "by an administrator");
  co_return answer_user(*user);
}

awaitable<Outcome> block_user(Job job) { return set_status(std::move(job), false); }
awaitable<Outcome> unblock_user(Job job) { return set_status(std::move(job), true); }

awaitable<Outcome> delete_user(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string who = arguments.required("user");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const result<storage::Account> account = co_await find_account(services, project->number(), who);
  if (!account) co_return refused(account.error(), who);
  std::string user_id = account->user.id;
  const result<bool> deleted = co_await delete_whole_user(services.store, project->number(), std::move(user_id));
  if (!deleted) co_return refused(deleted.error(), who);
  log_security(services, "user_delete", id, account->user.id, "by an administrator");
  co_return answer_deleted("id", account->user.id);
}

}  // namespace

CommandGroup administrator_commands() {
  return {.word = "admin",
          .what = "Create administrators, or let the first one sign up",
          .commands = {{.name = "admin.create",
                        .what = "Create an administrator; the password is asked for",
                        .options = {{.flags = "--email",
                                     .member = "email",
                                     .type = "EMAIL",
                                     .what = "E-mail address to sign in with",
                                     .required = true},
                                    {.flags = "--name", .member = "name", .type = "TEXT", .what = "Name"}},
                        .password = AsksPassword::yes,
                        .creates_store = true,
                        .run = create_administrator},
                       {.name = "admin.code",
                        .what = "Make a code for the first administrator's sign-up; the former one ends",
                        .creates_store = true,
                        .run = make_signup_code}}};
}

CommandGroup user_commands() {
  using Kind = CommandOption::Kind;
  return {
      .word = "user",
      .what = "Create, list, show and change users",
      .commands = {
          {.name = "user.create",
           .what = "Create a user; the password is asked for",
           .options = {named_project,
                       {.flags = "--id", .member = "user", .type = "ID", .what = "Its id; a new one when not given"},
                       {.flags = "--email", .member = "email", .type = "EMAIL", .what = "E-mail address"},
                       {.flags = "--phone",
                        .member = "phone",
                        .type = "NUMBER",
                        .what = "Phone number, for example +4930123456"},
                       {.flags = "--name", .member = "name", .type = "TEXT", .what = "Name"}},
           .password = AsksPassword::unless_told_not_to,
           .run = create_user},
          {.name = "user.list",
           .what = "List users, oldest first",
           .options = {named_project,
                       {.flags = "--limit",
                        .member = "limit",
                        .type = "N",
                        .what = "How many, at most 10000; 100 when not given",
                        .kind = Kind::number},
                       {.flags = "--after",
                        .member = "after",
                        .type = "N",
                        .what = "Continue after the `next` of the page before",
                        .kind = Kind::number}},
           .run = list_users},
          {.name = "user.show",
           .what = "Show a user with targets and sessions",
           .options = {named_project, named_user},
           .run = show_user},
          {.name = "user.set-password",
           .what = "Set a password; the user's sessions end",
           .options = {named_project, named_user},
           .password = AsksPassword::yes,
           .run = set_user_password},
          {.name = "user.block", .what = "Block a user", .options = {named_project, named_user}, .run = block_user},
          {.name = "user.unblock",
           .what = "Let a blocked user in again",
           .options = {named_project, named_user},
           .run = unblock_user},
          {.name = "user.delete",
           .what = "Delete a user with everything that is theirs",
           .options = {named_project, named_user},
           .run = delete_user}}};
}

}  // namespace portcullis::commands
