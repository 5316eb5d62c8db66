#pragma once
// Records <-> bytes: format version, fields, XXH3-64 over key and value (docs/storage.md). Decoders take foreign bytes:
// every length is checked, errors are errc::record_corrupt, nothing is guessed. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/identity.hpp"
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
/// of format 5 cannot read.
inline constexpr std::uint32_t store_format = 6;
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

// put(key, record): the row ready for Edits. The record's checksum covers the key.
[[nodiscard]] Put put(std::string key, const Meta& v);
[[nodiscard]] Put put(std::string key, const Counters& v);
[[nodiscard]] Put put(std::string key, const Project& v);
[[nodiscard]] Put put(std::string key, const RemovedProject& v);
[[nodiscard]] Put put(std::string key, const ApiKey& v);
[[nodiscard]] Put put(std::string key, const Platform& v);
[[nodiscard]] Put put(std::string key, const Pings& v);
[[nodiscard]] Put put(std::string key, const MockPhone& v);
[[nodiscard]] Put put(std::string key, const Team& v);
[[nodiscard]] Put put(std::string key, const Membership& v);
[[nodiscard]] Put put(std::string key, const User& v);
[[nodiscard]] Put put(std::string key, const Credential& v);
[[nodiscard]] Put put(std::string key, const Target& v);
[[nodiscard]] Put put(std::string key, const Session& v);
[[nodiscard]] Put put(std::string key, const Token& v);
[[nodiscard]] Put put(std::string key, const Identity& v);
[[nodiscard]] Put put_time(std::string key, Time v);              ///< accessed
[[nodiscard]] Put put_text(std::string key, std::string_view v);  ///< prefs (JSON), user ids of indexes, saved limits
[[nodiscard]] Put put(std::string key, const TargetRef& v);       ///< indexes of identifiers and of target ids
[[nodiscard]] Put put(std::string key, const IdentityRef& v);     ///< indexes of identities

[[nodiscard]] Put put_mark(std::string key);  ///< an entry whose key says everything

/// The same as user(), target(), session() and text() below, into place and with texts that lie in the row's
/// value: a session check copies none. False: corrupt, and the record is then unspecified.
[[nodiscard]] bool borrow_from(const Row& row, BorrowedUser& out);
[[nodiscard]] bool borrow_from(const Row& row, BorrowedTarget& out);
[[nodiscard]] bool borrow_from(const Row& row, BorrowedMembership& out);
[[nodiscard]] bool borrow_from(const Row& row, BorrowedSession& out);
[[nodiscard]] bool borrow_from(const Row& row, std::string_view& out);

[[nodiscard]] result<Meta> meta(const Row& row);
[[nodiscard]] result<Counters> counters(const Row& row);
[[nodiscard]] result<Project> project(const Row& row);
[[nodiscard]] result<RemovedProject> removed_project(const Row& row);
[[nodiscard]] result<ApiKey> api_key(const Row& row);
[[nodiscard]] result<Platform> platform(const Row& row);
[[nodiscard]] result<Pings> pings(const Row& row);
[[nodiscard]] result<MockPhone> mock_phone(const Row& row);
[[nodiscard]] result<User> user(const Row& row);
[[nodiscard]] result<Credential> credential(const Row& row);
[[nodiscard]] result<Target> target(const Row& row);
[[nodiscard]] result<Session> session(const Row& row);
[[nodiscard]] result<Team> team(const Row& row);
[[nodiscard]] result<Membership> membership(const Row& row);
[[nodiscard]] result<Token> token(const Row& row);
[[nodiscard]] result<Identity> identity(const Row& row);
[[nodiscard]] result<Time> time(const Row& row);
[[nodiscard]] result<std::string> text(const Row& row);
[[nodiscard]] result<TargetRef> target_ref(const Row& row);
[[nodiscard]] result<IdentityRef> identity_ref(const Row& row);
[[nodiscard]] result<void> mark(const Row& row);

}  // namespace portcullis::storage::codec
