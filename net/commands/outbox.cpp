// outbox list, show, retry, drop and test: what waits to be sent, and what became of what does not wait any more.
// Nothing of what a message says is ever shown.

#include <algorithm>
#include <array>
#include <utility>

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/mail.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "policies/outbox_policy.hpp"
#include "storage/outbox.hpp"

namespace portcullis::commands {
namespace {

namespace outbox = storage::outbox;

constexpr std::uint32_t page = 64;  // records read at a time
constexpr std::array<std::string_view, 4> states{"due", "sent", "dead", "dropped"};

void write_message(json::Writer& out, const OutboxMessage& message) {
  const bool due = message.state == MessageState::due;
  out.begin_object();
  out.field("id", message.id);
  out.field("kind", std::string(name_of(message.kind)));
  out.field("state", std::string(name_of(message.state)));
  out.field("purpose", message.purpose);
  out.field("project", message.project_id);
  out.field("host", message.host);
  out.field("recipient", message.recipient);
  out.field("createdAt", format_iso8601(message.created_at));
  out.field(due ? "dueAt" : "forgottenAt", format_iso8601(message.due_at));
  if (due) out.field("givesUpAt", format_iso8601(message.gives_up_at));
  if (message.expires_at) out.field("expiresAt", format_iso8601(*message.expires_at));
  out.field("failures", std::int64_t{message.attempts});
  out.field("outcome", message.outcome);
  out.end_object();
}

Outcome answer_message(const OutboxMessage& message) {
  std::string body;
  json::Writer out(body);
  write_message(out, message);
  return answered(std::move(body));
}

awaitable<Outcome> list_messages(Job job) {
  constexpr std::uint64_t usual = 100, most = 1000;
  Arguments arguments(std::move(job.arguments));
  const std::string state = arguments.optional("state");
  const std::string project = arguments.optional("project");
  std::string after = arguments.optional("after");
  const std::uint64_t limit = arguments.number("limit", usual, most);
  if (!state.empty() && std::find(states.begin(), states.end(), state) == states.end())
    arguments.refuse("state must be due, sent, dead or dropped");
  if (arguments.wrong()) co_return arguments.refusal();
  storage::Engine& engine = job.services.store.engine();
  const result<storage::OutboxCounters> counters = outbox::counters(engine);
  if (!counters) co_return refused(counters.error());
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("due", static_cast<std::int64_t>(counters->due));
  out.field("ended", static_cast<std::int64_t>(counters->ended));
  out.key("messages");
  out.begin_array();
  for (std::uint64_t shown = 0; shown < limit;) {
    const result<std::vector<OutboxMessage>> messages = outbox::list(engine, after, page);
    if (!messages) co_return refused(messages.error());
    if (messages->empty()) break;
    for (const OutboxMessage& message : *messages) {
      after = message.id;
      const bool wanted =
          (state.empty() || state == name_of(message.state)) && (project.empty() || project == message.project_id);
      if (!wanted) continue;
      write_message(out, message);
      if (++shown == limit) break;
    }
  }
  out.end_array();
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> show_message(Job job) {
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("message");
  if (arguments.wrong()) co_return arguments.refusal();
  const result<std::optional<OutboxMessage>> found = outbox::find(job.services.store.engine(), id);
  if (!found) co_return refused(found.error());
  if (!*found) co_return refused(errc::outbox_message_not_found, id);
  co_return answer_message(**found);
}

using Make = std::function<storage::Change<OutboxMessage>(const std::string& id)>;

/// Does it to one message, or to all that are due of a project, or of all; answers the message, or how many they were.
awaitable<Outcome> change_messages(Job job, Make make, const char* event) {
  Services& services = job.services;
  storage::Engine& engine = services.store.engine();
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.optional("message");
  const std::string project = arguments.optional("project");
  const bool all = arguments.flag("all") || !project.empty();
  if (id.empty() != all) arguments.refuse("name one message, or --all, or a project");
  if (arguments.wrong()) co_return arguments.refusal();
  if (!all) {
    auto one = [make, id] { return make(id); };
    const result<OutboxMessage> changed = co_await commit<OutboxMessage>(engine, std::move(one));
    if (!changed) co_return refused(changed.error(), id);
    log_security(services, event, changed->project_id, "", "message " + id);
    co_return answer_message(*changed);
  }
  std::int64_t count = 0;
  for (std::string after;;) {
    const result<std::vector<OutboxMessage>> messages = outbox::list(engine, after, page);
    if (!messages) co_return refused(messages.error());
    if (messages->empty()) break;
    after = messages->back().id;
    for (const OutboxMessage& message : *messages) {
      if (message.state != MessageState::due || (!project.empty() && project != message.project_id)) continue;
      auto one = [make, each = message.id] { return make(each); };
      const result<OutboxMessage> changed = co_await commit<OutboxMessage>(engine, std::move(one));
      if (!changed && changed.error().code != errc::outbox_message_not_found) co_return refused(changed.error());
      if (changed) ++count;
    }
  }
  log_security(services, event, project, "", std::to_string(count) + " messages");
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("messages", count);
  out.end_object();
  co_return answered(std::move(body));
}

awaitable<Outcome> retry_messages(Job job) {
  const Time now = job.services.clock.now();
  Make make = [now](const std::string& id) { return outbox::retry(id, now, now + policies::gives_up_after); };
  co_return co_await change_messages(std::move(job), std::move(make), "outbox_retry");
}

awaitable<Outcome> drop_messages(Job job) {
  const Time goes_at = job.services.clock.now() + policies::keeps_sent;
  Make make = [goes_at](const std::string& id) { return outbox::drop(id, goes_at); };
  co_return co_await change_messages(std::move(job), std::move(make), "outbox_drop");
}

/// Through the server's own way of sending, as every other mail goes.
awaitable<Outcome> send_test(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string to = arguments.ruled("to", rules::email);
  if (arguments.wrong()) co_return arguments.refusal();
  if (!services.config.mail.is_set_up()) co_return refused(errc::general_smtp_disabled);
  const outbound::Mailbox from = outbound::own_sender(services.config.mail);
  const outbound::Mail mail = test_mail(from, {"", to}, from);
  const std::shared_ptr<const LiveProject> console = services.projects.find(console_id);
  if (!console) co_return refused(errc::project_not_found, console_id);
  const outbound::MessageOrder order{"smtp_test", console->number(), std::string(console_id), services.clock.now()};
  result<OutboxMessage> message = outbound::compose(mail, order, services.sealer, services.random);
  if (!message) co_return refused(message.error());
  const OutboxMessage made = *message;
  std::vector<OutboxMessage> messages;
  messages.push_back(std::move(*message));
  const result<std::vector<std::string>> put = co_await put_into_outbox(services, std::move(messages));
  if (!put) co_return refused(put.error());
  co_return answer_message(made);
}

const CommandOption one_message{.flags = "id,--id", .member = "message", .type = "ID", .what = "The message's id"};
const CommandOption of_project{
    .flags = "--project", .member = "project", .type = "ID", .what = "All that wait of this project"};
const CommandOption all_messages{
    .flags = "--all", .member = "all", .what = "All messages that wait", .kind = CommandOption::Kind::flag};

}  // namespace

CommandGroup outbox_commands() {
  using Kind = CommandOption::Kind;
  CommandOption shown = one_message;
  shown.required = true;
  return {.word = "outbox",
          .what = "Look at the messages that wait to be sent, and hurry or drop them",
          .commands = {
              {.name = "outbox.list",
               .what = "List messages in the order of their making, those that have ended for a while, too",
               .options = {{.flags = "--state",
                            .member = "state",
                            .type = "STATE",
                            .what = "Only those that are due, sent, dead or dropped"},
                           {.flags = "--project", .member = "project", .type = "ID", .what = "Only this project's"},
                           {.flags = "--after", .member = "after", .type = "ID", .what = "Go on behind this message"},
                           {.flags = "--limit",
                            .member = "limit",
                            .type = "N",
                            .what = "At most so many, 100 when not given",
                            .kind = Kind::number}},
               .run = list_messages},
              {.name = "outbox.show",
               .what = "Show one message, but not what it says",
               .options = {shown},
               .run = show_message},
              {.name = "outbox.retry",
               .what = "Try messages that wait for their next try now, for another day",
               .options = {one_message, of_project, all_messages},
               .run = retry_messages},
              {.name = "outbox.drop",
               .what = "Do not send messages that wait",
               .options = {one_message, of_project, all_messages},
               .run = drop_messages},
              {.name = "outbox.test",
               .what = "Send a mail that shows whether sending works, through the running server",
               .options = {{.flags = "--to", .member = "to", .type = "EMAIL", .what = "Whom to", .required = true}},
               .run = send_test}}};
}

}  // namespace portcullis::commands
