#include "storage/check.hpp"

#include <utility>

#include "core/project.hpp"
#include "core/user.hpp"
#include "core/words.hpp"
#include "storage/api_keys.hpp"
#include "storage/check_walk.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/mock_phones.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/platforms.hpp"
#include "storage/projects.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {
namespace {

constexpr std::size_t problems_kept = 100;
constexpr std::uint64_t progress_rows = 4096;

}  // namespace

std::string CheckWalk::readable(std::string_view key) {
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

void CheckWalk::problem(std::string text) {
  ++report_.problem_count;
  if (report_.problems.size() < problems_kept) report_.problems.push_back(std::move(text));
}

void CheckWalk::problem(const Row& row, std::string_view what) {
  problem("row " + readable(row.key) + ": " + std::string(what));
}

void CheckWalk::row(const Row& row) {
  ++report_.records;
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (!parsed) return problem(row, "its key is not of the store's grammar");
  if (parsed->project == system_space) return system_row(row, *parsed);
  project_row(row, *parsed);
}

void CheckWalk::system_row(const Row& row, const keys::Parsed& parsed) {
  if (parsed.kind == keys::kind_meta) {
    meta_ = decode<Meta>(row, codec::read<Meta>);
  } else if (parsed.kind == keys::kind_project) {
    live_project(row);
  } else if (parsed.kind == keys::kind_removed) {
    removed_project(row);
  } else if (parsed.kind == keys::kind_outbox) {
    outbox_row(row);
  } else {
    const std::optional<std::string> text = decode<std::string>(row, codec::read<std::string>);
    if (parsed.kind == keys::kind_unicode) other_unicode_ = text && *text != unicode_version();
  }
}

void CheckWalk::live_project(const Row& row) {
  ++report_.projects;
  const std::optional<Project> project = decode<Project>(row, codec::read<Project>);
  if (!project) return;
  expect(keys::project(project->id) == row.key, row, "the project inside has another id");
  expect(project->number != system_space, row, "the project has number 0");
  Tally& tally = tallies_[project->number];
  expect(!std::exchange(tally.project, true), row, "the project's number belongs to another project, too");
}

void CheckWalk::removed_project(const Row& row) {
  const std::optional<RemovedProject> removed = decode<RemovedProject>(row, codec::read<RemovedProject>);
  if (!removed) return;
  expect(keys::removed_project(removed->number) == row.key, row, "the removed project inside has another number");
  expect(!tallies_.contains(removed->number), row, "its number belongs to a project that is there");
  removed_[removed->number] = removed->erased;
}

void CheckWalk::project_row(const Row& row, const keys::Parsed& parsed) {
  const ProjectNo p = parsed.project;
  const auto removed = removed_.find(p);
  if (removed != removed_.end()) {
    ++report_.removed_rows;
    return expect(!removed->second, row, "it belongs to a removed project that should have no rows any more");
  }
  Tally& tally = tallies_[p];
  switch (parsed.kind) {
    case keys::kind_api_key: {
      ++report_.api_keys;
      const std::optional<ApiKey> key = decode<ApiKey>(row, codec::read<ApiKey>);
      if (key) expect(keys::api_key(p, key->id) == row.key, row, "the API key inside has another id");
      return;
    }
    case keys::kind_dev_key: {
      const std::optional<ApiKey> key = decode<ApiKey>(row, codec::read<ApiKey>);
      if (key) expect(keys::dev_key(p, key->id) == row.key, row, "the dev key inside has another id");
      return;
    }
    case keys::kind_pings:
      static_cast<void>(decode<Pings>(row, codec::read<Pings>));
      return;
    case keys::kind_platform: {
      const std::optional<Platform> platform = decode<Platform>(row, codec::read<Platform>);
      if (platform) expect(keys::platform(p, platform->id) == row.key, row, "the platform inside has another id");
      return;
    }
    case keys::kind_mock_phone: {
      const std::optional<MockPhone> phone = decode<MockPhone>(row, codec::read<MockPhone>);
      if (phone) expect(keys::mock_phone(p, phone->number) == row.key, row, "the mock phone inside has another number");
      return;
    }
    case keys::kind_team:
      return team(row, p);
    case keys::kind_member:
      return member_entry(row, p);
    case keys::kind_counters:
      tally.counters = decode<Counters>(row, codec::read<Counters>);
      return;
    case keys::kind_email:
      return address_entry(row, p, &User::email, keys::email_index);
    case keys::kind_phone:
      return address_entry(row, p, &User::phone, keys::phone_index);
    case keys::kind_identifier:
      return identifier_entry(row, p);
    case keys::kind_target:
      return target_entry(row, p);
    case keys::kind_identity:
      return identity_entry(row, p);
    case keys::kind_order:
      return order_entry(row, p);
    case keys::kind_word:
    case keys::kind_sorted:
      return list_entry(row, p);
    default:
      return user_row(row, parsed);
  }
}

void CheckWalk::finish() {
  bool strays = false;
  if (!meta_) problem("the store's head record is missing or damaged");
  for (const auto& [number, erased] : removed_)
    if (meta_ && static_cast<std::uint32_t>(number) >= meta_->next_project)
      problem("removed project number " + std::to_string(static_cast<std::uint32_t>(number)) +
              ": the number was never given out");
  for (const auto& [number, tally] : tallies_) {
    const std::string name = "project number " + std::to_string(static_cast<std::uint32_t>(number));
    if (!tally.project) problem(name + ": rows without a project");
    if (meta_ && static_cast<std::uint32_t>(number) >= meta_->next_project)
      problem(name + ": the number was never given out");
    const Counters counters = tally.counters.value_or(Counters{});
    if (counters.users != tally.users)
      problem(name + ": the count of users says " + std::to_string(counters.users) + ", there are " +
              std::to_string(tally.users));
    if (counters.next_sequence <= tally.highest_sequence)
      problem(name + ": the next user's sequence has already been used");
    if (counters.identities != tally.identities)
      problem(name + ": the count of identities says " + std::to_string(counters.identities) + ", there are " +
              std::to_string(tally.identities));
    if (counters.next_identity <= tally.highest_identity)
      problem(name + ": the next identity's sequence has already been used");
    count_members(name, tally);
    count_hashes(name, tally, counters.hash_classes);
    strays = strays || tally.misses_list_entries || tally.list_entries != tally.due_list_entries;
  }
  count_messages();
  if (!strays || is_old() || other_unicode_) return;
  snapshot_.each([this](const Row& row) { stray_entry(row); });
}

result<CheckReport> check(Engine& engine, const std::function<void(std::uint64_t)>& progress, Time now) {
  CheckReport report;
  const auto visit = [&](Snapshot& snapshot) {
    CheckWalk walk(snapshot, report, now);
    snapshot.each([&](const Row& row) {
      walk.row(row);
      if (progress && report.records % progress_rows == 0) progress(report.records);
    });
    walk.finish();
  };
  const result<void> walked = engine.inspect(visit);
  if (!walked) return walked.error();
  return report;
}

}  // namespace portcullis::storage
