// users.import and users.export: one piece of a file at a time, which bounds the memory of both processes.

#include <utility>

#include "core/json/writer.hpp"
#include "core/password/phc.hpp"
#include "net/actions/commit.hpp"
#include "net/changes/users.hpp"
#include "net/commands/arguments.hpp"
#include "net/commands/command.hpp"
#include "net/transfer/pacing.hpp"
#include "net/transfer/user_record.hpp"
#include "storage/counters.hpp"

namespace portcullis::commands {
namespace {

using changes::Imported;
using changes::NewUser;
using Verdicts = std::vector<Imported>;

constexpr std::size_t most_exported_bytes = 2 << 20;  // of one answer, and one more page
constexpr std::uint32_t page_users = 64;

struct Refusal {
  std::size_t at = 0;  ///< index among the records of the order
  std::string reason;
  bool exists = false;
};

/// The users of one order, while they are imported.
struct Import {
  std::vector<NewUser> users;   ///< those that could be read
  std::vector<std::size_t> at;  ///< index of each among the records
  std::vector<Refusal> refusals;
  std::size_t taken = 0;
  std::size_t commits = 0;
  storage::CommitTimes longest;
  std::string failure;  ///< why the rest was not imported
};

std::string_view reason_of(Imported how) {
  switch (how) {
    case Imported::taken:
      break;
    case Imported::id_exists:
      return "has the id of another user";
    case Imported::email_exists:
      return "has the e-mail of another user";
    case Imported::phone_exists:
      return "has the phone number of another user";
    case Imported::identity_exists:
      return "has the e-mail of another user's identity";
  }
  return "";
}

void read_all(Import& import, const json::Array& records, const transfer::ReadingContext& context) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const json::Object* const members = records[i].object();
    transfer::ReadUser read;
    if (members != nullptr) read = transfer::read_user(*members, context);
    if (members == nullptr) read.refusal = "is no object";
    if (!read.refusal.empty()) {
      import.refusals.push_back(Refusal{i, std::move(read.refusal), false});
      continue;
    }
    import.users.push_back(std::move(read.user));
    import.at.push_back(i);
  }
}

void note_verdicts(Import& import, std::size_t from, const Verdicts& verdicts) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] == Imported::taken)
      ++import.taken;
    else
      import.refusals.push_back(
          Refusal{import.at[from + i], std::string(reason_of(verdicts[i])), verdicts[i] != Imported::identity_exists});
  }
}

using Part = std::shared_ptr<const std::vector<NewUser>>;
using Times = std::shared_ptr<storage::CommitTimes>;

/// Makes one commit, or with `dry_run` only computes its outcome.
awaitable<result<Verdicts>> put_part(Services& services, ProjectNo project, Part part, Times times, bool dry_run) {
  storage::Engine& engine = services.store.engine();
  if (!dry_run) {
    auto make = [project, part, times] {
      storage::Change<Verdicts> change = changes::import_users(project, part);
      change.times = times;
      return change;
    };
    co_return co_await commit<Verdicts>(engine, std::move(make));
  }
  storage::Change<Verdicts> change = changes::import_users(project, part);
  const result<storage::Rows> rows = co_await engine.read(std::move(change.reads));
  if (!rows) co_return rows.error();
  result<storage::Decision<Verdicts>> decision = change.decide(rows->view());
  if (!decision) co_return decision.error();
  co_return std::move(decision->value);
}

/// Commits the readable users, part by part; `alone` = all in one part.
awaitable<void> put_all(const Job& job, ProjectNo project, Import& import, transfer::Pacing& pacing, bool alone,
                        bool dry_run) {
  for (std::size_t from = 0; from < import.users.size() && import.failure.empty();) {
    const std::size_t left = import.users.size() - from;
    const std::size_t size = alone ? left : std::min(left, pacing.size());
    const auto begin = import.users.begin() + static_cast<std::ptrdiff_t>(from);
    Part part = std::make_shared<const std::vector<NewUser>>(
        std::make_move_iterator(begin), std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(size)));
    const Times times = std::make_shared<storage::CommitTimes>();
    const result<Verdicts> done = co_await put_part(job.services, project, std::move(part), times, dry_run);
    if (!dry_run) ++import.commits;
    import.longest.held = std::max(import.longest.held, times->held);
    import.longest.flushed = std::max(import.longest.flushed, times->flushed);
    pacing.note(size, times->held);
    if (!done) import.failure = describe(done.error().code).message;
    if (done) note_verdicts(import, from, *done);
    from += size;
    if (job.stopping != nullptr && job.stopping->load(std::memory_order_relaxed) && from < import.users.size())
      import.failure = "the server is stopping";
  }
}

std::string import_answer(const Import& import, std::size_t batch) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("taken", static_cast<std::int64_t>(import.taken));
  out.field("batch", static_cast<std::int64_t>(batch));
  out.field("commits", static_cast<std::int64_t>(import.commits));
  out.field("heldMicroseconds", static_cast<std::int64_t>(import.longest.held.count()));
  out.field("flushedMicroseconds", static_cast<std::int64_t>(import.longest.flushed.count()));
  if (!import.failure.empty()) out.field("failure", import.failure);
  out.key("refusals");
  out.begin_array();
  for (const Refusal& each : import.refusals) {
    out.begin_object();
    out.field("at", static_cast<std::int64_t>(each.at));
    out.field("reason", each.reason);
    out.field("exists", each.exists);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return body;
}

std::size_t count_peppered(const std::vector<storage::ServedUser>& users) {
  std::size_t count = 0;
  for (const storage::ServedUser& each : users) {
    const std::optional<Argon2Phc> phc = parse_phc(each.credential.hash.encoded);
    if (phc && !phc->key_id.empty()) ++count;
  }
  return count;
}

/// Arguments: `users`, objects as in docs/import.md; `batch`, the initial number of users in a commit, which the answer
/// updates for the next order, or 0 = all in one, when no other process uses the store; `dryRun`.
awaitable<Outcome> import_users(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const json::Array records = arguments.take_array("users");
  const std::uint64_t first_batch = arguments.number("batch", transfer::Pacing::first_size, transfer::Pacing::most);
  const bool dry_run = arguments.flag("dryRun");
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);

  Import import;
  const transfer::ReadingContext context{project->settings(), services.hasher, services.random, services.clock.now()};
  read_all(import, records, context);
  transfer::Pacing pacing(first_batch);
  co_await put_all(job, project->number(), import, pacing, first_batch == 0, dry_run);
  if (import.taken > 0 && !dry_run)
    log_security(services, "user_import", id, "", std::to_string(import.taken) + " users by an administrator");
  co_return answered(import_answer(import, pacing.size()));
}

/// Arguments: `after`, the `next` of the previous answer; `hashes`. Users in the order of their creation.
awaitable<Outcome> export_users(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  std::uint64_t after = arguments.number("after", 0, INT64_MAX);
  const bool with_hashes = arguments.flag("hashes");
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
  std::size_t peppered = 0;
  bool more = true;
  while (more && body.size() < most_exported_bytes) {
    const result<storage::Store::UserPage> page = co_await services.store.users(number, after, page_users);
    if (!page) co_return refused(page.error());
    std::vector<std::string> ids;
    for (const User& user : page->users) ids.push_back(user.id);
    const result<std::vector<storage::ServedUser>> users = services.store.served_users_now(number, ids);
    if (!users) co_return refused(users.error());
    for (const storage::ServedUser& each : *users) transfer::write_user(out, each, with_hashes);
    if (with_hashes) peppered += count_peppered(*users);
    after = page->next;
    more = page->more;
  }
  out.end_array();
  out.field("peppered", static_cast<std::int64_t>(peppered));
  out.key("next");
  if (more) out.integer(static_cast<std::int64_t>(after));
  if (!more) out.null();
  out.end_object();
  co_return answered(std::move(body));
}

}  // namespace

CommandGroup transfer_commands() {
  return {.commands = {{.name = "users.import", .run = import_users}, {.name = "users.export", .run = export_users}},
          .of_another_command = true};
}

}  // namespace portcullis::commands
