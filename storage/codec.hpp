#pragma once
// Records <-> bytes: format version, fields, XXH3-64 over key and value (docs/storage.md). Decoders take foreign bytes:
// every length is checked, errors are errc::record_corrupt, nothing is guessed. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/identity.hpp"
#include "core/outbox.hpp"
#include "core/password/hash_class.hpp"
#include "core/project.hpp"
#include "core/session.hpp"
#include "core/team.hpp"
#include "core/token.hpp"
#include "core/user.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::codec {

/// Format 3 added identities, which programs of format 2 do not delete; format 4 counts of hashes, which programs of
/// format 3 do not keep, and marks of removed projects, whose rows they would leave for ever; format 5 notes in
/// projects, which programs of format 4 cannot read; format 6 the order of mock phone numbers, whose records programs
/// of format 5 cannot read; format 7 the outbox, which programs of format 6 would leave unsent.
inline constexpr std::uint32_t store_format = 7;
/// Older stores lack the entries that lists of users are read from and the index of target ids; storage/upgrade.hpp
/// makes them.
inline constexpr std::uint32_t format_with_list_entries = 2;
/// Older stores do not count hashes by what they cost; storage/upgrade.hpp does.
inline constexpr std::uint32_t format_with_hash_classes = 4;

struct Meta {
  std::uint32_t format = store_format;
  std::uint32_t next_project = 1;
};
struct Counters {
  std::uint64_t users = 0;
  std::uint64_t next_sequence = 1;
  std::uint64_t identities = 0;
  std::uint64_t next_identity = 1;  ///< its sequence
  HashClasses hash_classes{};       ///< of the users' passwords
};
/// Of the outbox: messages that wait, and records of messages that have ended.
struct OutboxCounters {
  std::uint64_t due = 0;
  std::uint64_t ended = 0;
};
struct TargetRef {
  std::string user_id;
  std::string target_id;
};
struct IdentityRef {
  std::string user_id;
  std::string identity_id;
};
/// A project that is gone for everybody. Nothing can be put into its space any more; its rows leave in small pieces.
struct RemovedProject {
  ProjectNo number{};
  std::string id;
  Time removed_at{};
  bool erased = false;  ///< no row is left
};

/// The row ready for Edits. The record's checksum covers the key. Records are those that this layer instantiates it
/// for, Time and std::string among them.
template <class Record>
[[nodiscard]] Put put(std::string key, const Record& record);
[[nodiscard]] Put put_text(std::string key, std::string_view v);  ///< prefs (JSON), user ids of indexes, saved limits
[[nodiscard]] Put put_mark(std::string key);                      ///< an entry whose key says everything

/// Errors: record_corrupt.
template <class Record>
[[nodiscard]] result<Record> read(const Row& row);
[[nodiscard]] result<void> mark(const Row& row);

/// The same into place, with texts that lie in the row's value: a session check copies none. Records are the borrowed
/// ones and std::string_view. False: corrupt, and the record is then unspecified.
template <class Record>
[[nodiscard]] bool borrow_from(const Row& row, Record& out);

}  // namespace portcullis::storage::codec
