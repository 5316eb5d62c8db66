// mock-phone create, list and delete: the same changes as over HTTP, by the same rules. Source:
// docs/contract/project.md 6.

#include <utility>

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/mock_phones.hpp"
#include "net/changes/mock_phones.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"

namespace portcullis::commands {
namespace {

/// Numbers that were set as part of a list have no dates.
std::string date(Time at) { return at == Time{} ? std::string() : format_iso8601(at); }

void write_phone(json::Writer& out, const MockPhone& phone, const Secret& code) {
  out.begin_object();
  out.field("number", phone.number);
  out.field("otp", code.view());
  out.field("createdAt", date(phone.created_at));
  out.field("updatedAt", date(phone.updated_at));
  out.end_object();
}

awaitable<Outcome> create_mock_phone(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  const std::string number = arguments.ruled("number", rules::phone);
  const Secret code = arguments.ruled("otp", rules::six_digits);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const Time now = services.clock.now();
  MockPhone made{number, now, now, seal_mock_code(services, project->number(), number, code)};
  auto make = [p = project->number(), made = std::move(made)] { return changes::create_mock_phone(p, made); };
  const result<MockPhone> stored = co_await commit<MockPhone>(services.store.engine(), std::move(make));
  if (!stored) co_return refused(stored.error(), number);
  log_security(services, "mock_phone_create", id, "", "");
  std::string body;
  json::Writer out(body);
  write_phone(out, *stored, code);
  co_return answered(std::move(body));
}

awaitable<Outcome> list_mock_phones(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  const result<std::vector<MockPhone>> phones = services.store.all_mock_phones_now(project->number());
  if (!phones) co_return refused(phones.error(), id);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("total", static_cast<std::int64_t>(phones->size()));
  out.key("mockNumbers");
  out.begin_array();
  for (const MockPhone& phone : *phones) {
    const result<Secret> code = open_mock_code(services, project->number(), phone);
    if (!code) co_return refused(code.error(), phone.number);
    write_phone(out, phone, *code);
  }
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> delete_mock_phone(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.own_project();
  const std::string number = arguments.ruled("number", rules::phone_in_path);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), number] { return changes::delete_mock_phone(p, number); };
  const result<bool> deleted = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!deleted) co_return refused(deleted.error(), number);
  log_security(services, "mock_phone_delete", id, "", "");
  co_return answer_deleted("number", number);
}

}  // namespace

CommandGroup mock_phone_commands() {
  return {
      .word = "mock-phone",
      .what = "Create, list and delete phone numbers whose code is always the same",
      .commands = {
          {.name = "mock-phone.create",
           .what = "Create a mock phone number: no message is sent to it",
           .options =
               {named_project,
                {.flags = "--number",
                 .member = "number",
                 .type = "NUMBER",
                 .what = "Phone number, for example +4930123456",
                 .required = true},
                {.flags = "--otp", .member = "otp", .type = "CODE", .what = "Its code, six digits", .required = true}},
           .run = create_mock_phone},
          {.name = "mock-phone.list",
           .what = "List mock phone numbers with their codes",
           .options = {named_project},
           .run = list_mock_phones},
          {.name = "mock-phone.delete",
           .what = "Delete a mock phone number",
           .options = {named_project,
                       {.flags = "number,--number",
                        .member = "number",
                        .type = "NUMBER",
                        .what = "The number",
                        .required = true}},
           .run = delete_mock_phone}}};
}

}  // namespace portcullis::commands
