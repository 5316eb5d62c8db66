#include "storage/check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage {
namespace {

constexpr std::size_t problems_kept = 100;
constexpr std::uint64_t progress_rows = 4096;

/// A key fit for a message: printable bytes as they are, others as \xNN.
std::string readable(std::string_view key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : key) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text.push_back(c);
    } else {
      text.append("\\x").push_back(digits[byte >> 4]);
      text.push_back(digits[byte & 15U]);
    }
  }
  return text;
}

/// One walk over a snapshot. Each row is verified on its own and against the rows it names.
class Walk {
 public:
  Walk(Snapshot& snapshot, CheckReport& report) : snapshot_(snapshot), report_(report) {}

  void row(const Row& row);
  /// What only the whole walk can tell: counts, and the projects that rows belong to.
  void finish();

 private:
  struct Tally {
    bool project = false;
    std::uint64_t users = 0;
    std::uint64_t highest_sequence = 0;
    std::optional<codec::Counters> counters;
  };

  void problem(const Row& row, std::string_view what);
  void problem(std::string text);
  void expect(bool holds, const Row& row, std::string_view what) {
    if (!holds) problem(row, what);
  }
  template <class Record>
  std::optional<Record> decode(const Row& row, result<Record> (*decoder)(const Row&));
  template <class Record>
  std::optional<Record> look_up(const std::string& key, result<Record> (*decoder)(const Row&));
  void system_row(const Row& row, const keys::Parsed& parsed);
  void project_row(const Row& row, const keys::Parsed& parsed);
  void user_row(const Row& row, const keys::Parsed& parsed);
  void user(const Row& row, ProjectNo p);
  void target(const Row& row, const keys::Parsed& parsed);
  void session(const Row& row, const keys::Parsed& parsed);
  void address_entry(const Row& row, ProjectNo p, std::string User::*address,
                     std::string (*key_of)(ProjectNo, std::string_view));
  void identifier_entry(const Row& row, ProjectNo p);
  void order_entry(const Row& row, ProjectNo p);
  void entry_names(const Row& row, const std::string& index, const std::string& user_id, std::string_view which);

  Snapshot& snapshot_;
  CheckReport& report_;
  std::map<ProjectNo, Tally> tallies_;
  std::optional<codec::Meta> meta_;
};

void Walk::problem(std::string text) {
  ++report_.problem_count;
  if (report_.problems.size() < problems_kept) report_.problems.push_back(std::move(text));
}

void Walk::problem(const Row& row, std::string_view what) {
  problem("row " + readable(row.key) + ": " + std::string(what));
}

template <class Record>
std::optional<Record> Walk::decode(const Row& row, result<Record> (*decoder)(const Row&)) {
  result<Record> record = decoder(row);
  if (record) return std::move(*record);
  problem(row, "its checksum, version or layout is wrong");
  return std::nullopt;
}

/// The record under that key; a damaged one counts as absent here, its own visit reports it.
template <class Record>
std::optional<Record> Walk::look_up(const std::string& key, result<Record> (*decoder)(const Row&)) {
  const std::optional<std::string_view> value = snapshot_.find(key);
  if (!value) return std::nullopt;
  result<Record> record = decoder(Row{key, *value});
  return record ? std::optional<Record>(std::move(*record)) : std::nullopt;
}

void Walk::row(const Row& row) {
  ++report_.records;
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (!parsed) return problem(row, "its key is not of the store's grammar");
  if (parsed->project == system_space) return system_row(row, *parsed);
  project_row(row, *parsed);
}

void Walk::system_row(const Row& row, const keys::Parsed& parsed) {
  if (parsed.kind == keys::kind_meta) {
    meta_ = decode<codec::Meta>(row, codec::meta);
  } else if (parsed.kind == keys::kind_project) {
    ++report_.projects;
    const std::optional<Project> project = decode<Project>(row, codec::project);
    if (!project) return;
    expect(keys::project(project->id) == row.key, row, "the project inside has another id");
    expect(project->number != system_space, row, "the project has number 0");
    Tally& tally = tallies_[project->number];
    expect(!std::exchange(tally.project, true), row, "the project's number belongs to another project, too");
  } else {
    static_cast<void>(decode<std::string>(row, codec::text));
  }
}

void Walk::project_row(const Row& row, const keys::Parsed& parsed) {
  const ProjectNo p = parsed.project;
  Tally& tally = tallies_[p];
  switch (parsed.kind) {
    case keys::kind_api_key: {
      ++report_.api_keys;
      const std::optional<ApiKey> key = decode<ApiKey>(row, codec::api_key);
      if (key) expect(keys::api_key(p, key->id) == row.key, row, "the API key inside has another id");
      return;
    }
    case keys::kind_counters:
      tally.counters = decode<codec::Counters>(row, codec::counters);
      return;
    case keys::kind_email:
      return address_entry(row, p, &User::email, keys::email_index);
    case keys::kind_phone:
      return address_entry(row, p, &User::phone, keys::phone_index);
    case keys::kind_identifier:
      return identifier_entry(row, p);
    case keys::kind_order:
      return order_entry(row, p);
    default:
      return user_row(row, parsed);
  }
}

void Walk::user_row(const Row& row, const keys::Parsed& parsed) {
  const ProjectNo p = parsed.project;
  const auto kind = static_cast<keys::UserRow>(parsed.user_row);
  if (kind == keys::UserRow::user) return user(row, p);
  expect(snapshot_.find(keys::user(p, parsed.text)).has_value(), row, "it belongs to a user that is not there");
  switch (kind) {
    case keys::UserRow::user:
      return;
    case keys::UserRow::accessed:
      static_cast<void>(decode<Time>(row, codec::time));
      return;
    case keys::UserRow::prefs:
      static_cast<void>(decode<std::string>(row, codec::text));
      return;
    case keys::UserRow::credential:
      static_cast<void>(decode<Credential>(row, codec::credential));
      return;
    case keys::UserRow::target:
      return target(row, parsed);
    case keys::UserRow::session:
      return session(row, parsed);
  }
}

void Walk::user(const Row& row, ProjectNo p) {
  ++report_.users;
  Tally& tally = tallies_[p];
  ++tally.users;
  const std::optional<User> user = decode<User>(row, codec::user);
  if (!user) return;
  tally.highest_sequence = std::max(tally.highest_sequence, user->sequence);
  expect(keys::user(p, user->id) == row.key, row, "the user inside has another id");
  expect(snapshot_.find(keys::credential(p, user->id)).has_value(), row, "the user has no credential row");
  if (!user->email.empty()) entry_names(row, keys::email_index(p, user->email), user->id, "e-mail");
  if (!user->phone.empty()) entry_names(row, keys::phone_index(p, user->phone), user->id, "phone");
  entry_names(row, keys::order_index(p, user->sequence), user->id, "creation order");
}

void Walk::entry_names(const Row& row, const std::string& index, const std::string& user_id, std::string_view which) {
  const std::optional<std::string> named = look_up<std::string>(index, codec::text);
  if (!named) problem(row, "the user's entry in the " + std::string(which) + " index is missing");
  if (named && *named != user_id)
    problem(row, "the user's entry in the " + std::string(which) + " index names another user");
}

void Walk::target(const Row& row, const keys::Parsed& parsed) {
  ++report_.targets;
  const std::optional<Target> target = decode<Target>(row, codec::target);
  if (!target) return;
  expect(keys::target(parsed.project, target->user_id, target->id) == row.key, row,
         "the target inside has another user or id");
  const std::optional<codec::TargetRef> ref =
      look_up<codec::TargetRef>(keys::identifier_index(parsed.project, target->identifier), codec::target_ref);
  expect(ref && ref->user_id == target->user_id && ref->target_id == target->id, row,
         "the target's entry in the identifier index is missing or names another target");
}

void Walk::session(const Row& row, const keys::Parsed& parsed) {
  ++report_.sessions;
  const std::optional<Session> session = decode<Session>(row, codec::session);
  if (!session) return;
  expect(keys::session(parsed.project, session->user_id, session->selector) == row.key, row,
         "the session inside has another user or selector");
}

void Walk::address_entry(const Row& row, ProjectNo p, std::string User::*address,
                         std::string (*key_of)(ProjectNo, std::string_view)) {
  const std::optional<std::string> user_id = decode<std::string>(row, codec::text);
  if (!user_id) return;
  const std::optional<User> user = look_up<User>(keys::user(p, *user_id), codec::user);
  expect(user && key_of(p, (*user).*address) == row.key, row, "the entry names a user that does not have this address");
}

void Walk::identifier_entry(const Row& row, ProjectNo p) {
  const std::optional<codec::TargetRef> ref = decode<codec::TargetRef>(row, codec::target_ref);
  if (!ref) return;
  const std::optional<Target> target = look_up<Target>(keys::target(p, ref->user_id, ref->target_id), codec::target);
  expect(target && keys::identifier_index(p, target->identifier) == row.key, row,
         "the entry names a target that does not have this identifier");
}

void Walk::order_entry(const Row& row, ProjectNo p) {
  const std::optional<std::string> user_id = decode<std::string>(row, codec::text);
  if (!user_id) return;
  const std::optional<User> user = look_up<User>(keys::user(p, *user_id), codec::user);
  expect(user && user->sequence == keys::sequence_of(row.key), row,
         "the entry names a user that was not created at this place");
}

void Walk::finish() {
  if (!meta_) problem("the store's head record is missing or damaged");
  for (const auto& [number, tally] : tallies_) {
    const std::string name = "project number " + std::to_string(static_cast<std::uint32_t>(number));
    if (!tally.project) problem(name + ": rows without a project");
    if (meta_ && static_cast<std::uint32_t>(number) >= meta_->next_project)
      problem(name + ": the number was never given out");
    const codec::Counters counters = tally.counters.value_or(codec::Counters{});
    if (counters.users != tally.users)
      problem(name + ": the count of users says " + std::to_string(counters.users) + ", there are " +
              std::to_string(tally.users));
    if (counters.next_sequence <= tally.highest_sequence)
      problem(name + ": the next user's sequence has already been used");
  }
}

}  // namespace

result<CheckReport> check(Engine& engine, const std::function<void(std::uint64_t)>& progress) {
  CheckReport report;
  const auto look = [&](Snapshot& snapshot) {
    Walk walk(snapshot, report);
    snapshot.each([&](const Row& row) {
      walk.row(row);
      if (progress && report.records % progress_rows == 0) progress(report.records);
    });
    walk.finish();
  };
  const result<void> looked = engine.inspect(look);
  if (!looked) return looked.error();
  return report;
}

}  // namespace portcullis::storage
