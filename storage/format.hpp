#pragma once
// The format of the whole store and its head record, which every program reads before anything else. Pure; any thread.

#include <cstdint>
#include <string>

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string meta();     ///< store format and the next project number
[[nodiscard]] std::string unicode();  ///< the version of the tables that the entries of lists were made by

}  // namespace keys

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

/// The head record, under keys::meta(). Its version is 1 for ever.
struct Meta {
  std::uint32_t format = store_format;
  std::uint32_t next_project = 1;
};

}  // namespace portcullis::storage
