#pragma once
// Records <-> bytes: record version, fields, XXH3-64 over key and value (docs/storage.md). Which fields a record has is
// said once, in the file of its noun. Decoders take foreign bytes: every length is checked, errors are
// errc::record_corrupt, nothing is guessed. Pure; any thread.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::codec {

/// The row ready for Edits. The record's checksum covers the key. Records are those that the nouns' files instantiate
/// it for, Time and std::string besides.
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
