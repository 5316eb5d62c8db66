#pragma once
// The walk behind check(): private to storage/check*.cpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/user.hpp"
#include "storage/check.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/targets.hpp"

namespace portcullis::storage {

/// One walk over a snapshot. Each row is verified on its own and against the rows it names.
class CheckWalk {
 public:
  CheckWalk(Snapshot& snapshot, CheckReport& report, Time now) : snapshot_(snapshot), report_(report), now_(now) {}

  void row(const Row& row);
  /// What only the whole walk can tell: counts, and the projects that rows belong to.
  void finish();

 private:
  struct Tally {
    bool project = false;
    std::uint64_t users = 0;
    std::uint64_t highest_sequence = 0;
    std::uint64_t identities = 0;
    std::uint64_t highest_identity = 0;
    std::uint64_t list_entries = 0;
    std::uint64_t due_list_entries = 0;
    bool misses_list_entries = false;
    std::optional<Counters> counters;
    std::map<std::string, std::uint64_t> team_totals;  ///< what teams say
    std::map<std::string, std::uint64_t> members;      ///< confirmed, as found
    std::map<HashClass, std::uint64_t> hashes;
  };

  /// A key fit for a message: printable bytes as they are, others as \xNN.
  static std::string readable(std::string_view key);
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
  void live_project(const Row& row);
  void removed_project(const Row& row);
  void outbox_row(const Row& row);
  void outbox_message(const Row& row);
  void count_messages();
  void project_row(const Row& row, const keys::Parsed& parsed);
  void user_row(const Row& row, const keys::Parsed& parsed);
  void user(const Row& row, ProjectNo p);
  void credential(const Row& row, ProjectNo p);
  void count_hashes(const std::string& project, const Tally& tally, const HashClasses& stored);
  void target(const Row& row, const keys::Parsed& parsed);
  void session(const Row& row, const keys::Parsed& parsed);
  void token(const Row& row, const keys::Parsed& parsed);
  void identity(const Row& row, ProjectNo p);
  void identity_entry(const Row& row, ProjectNo p);
  void team(const Row& row, ProjectNo p);
  void membership(const Row& row, ProjectNo p);
  void member_entry(const Row& row, ProjectNo p);
  void count_members(const std::string& project, const Tally& tally);
  void address_entry(const Row& row, ProjectNo p, std::string User::*address,
                     std::string (*key_of)(ProjectNo, std::string_view));
  void identifier_entry(const Row& row, ProjectNo p);
  void target_entry(const Row& row, ProjectNo p);
  std::optional<Target> named_target(const TargetRef& ref, ProjectNo p);
  void order_entry(const Row& row, ProjectNo p);
  [[nodiscard]] bool is_old() const { return meta_ && meta_->format < format_with_list_entries; }
  void list_entry(const Row& row, ProjectNo p);
  void due_list_entries(const Row& row, ProjectNo p, const User& user);
  void stray_entry(const Row& row);
  void entry_names(const Row& row, const std::string& index, const std::string& user_id, std::string_view which);

  Snapshot& snapshot_;
  CheckReport& report_;
  const Time now_;
  std::map<ProjectNo, Tally> tallies_;
  std::map<ProjectNo, bool> removed_;  ///< and whether all their rows should be gone; known before any of the rows
  std::optional<Meta> meta_;
  OutboxCounters messages_;  ///< as found
  std::optional<OutboxCounters> message_counters_;
  bool other_unicode_ = false;  ///< list entries were made by other tables than this program's
};

template <class Record>
std::optional<Record> CheckWalk::decode(const Row& row, result<Record> (*decoder)(const Row&)) {
  result<Record> record = decoder(row);
  if (record) return std::move(*record);
  problem(row, "its checksum, version or layout is wrong");
  return std::nullopt;
}

/// The record under that key; a damaged one counts as absent here, its own visit reports it.
template <class Record>
std::optional<Record> CheckWalk::look_up(const std::string& key, result<Record> (*decoder)(const Row&)) {
  const std::optional<std::string_view> value = snapshot_.find(key);
  if (!value) return std::nullopt;
  result<Record> record = decoder(Row{key, *value});
  return record ? std::optional<Record>(std::move(*record)) : std::nullopt;
}

}  // namespace portcullis::storage
