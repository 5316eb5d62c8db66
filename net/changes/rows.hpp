#pragma once
// Changes of one row that depends on no other row: shared by the changes of keys, platforms and mock phones.

#include <string>
#include <utility>

#include "core/error.hpp"
#include "storage/change.hpp"
#include "storage/codec.hpp"

namespace portcullis::changes {

enum class Snapshot : bool { kept, replaced };

/// Reads the row, applies `edit` to the record and stores it. `edit`: callable as result<void>(Record&), free of side
/// effects (EngineChange). Errors: `missing` when there is no such row, record_corrupt, those of `edit`.
template <class Record, class Edit>
[[nodiscard]] storage::Change<Record> update_row(std::string key, errc missing, Snapshot snapshot,
                                                 result<Record> (*decode)(const storage::Row&), Edit edit) {
  storage::Reads reads{{std::move(key)}, {}};
  auto decide = [edit = std::move(edit), missing, decode,
                 name = reads.keys[0]](const storage::View& view) -> result<storage::Decision<Record>> {
    if (!view.values[0]) return missing;
    result<Record> record = decode(storage::Row{name, *view.values[0]});
    if (!record) return record.error();
    const result<void> edited = edit(*record);
    if (!edited) return edited.error();
    storage::Decision<Record> decision;
    decision.edits.put.push_back(storage::codec::put(name, *record));
    decision.value = std::move(*record);
    return decision;
  };
  return {std::move(reads), std::move(decide), snapshot == Snapshot::replaced};
}

/// Errors: `missing` when there is no such row.
[[nodiscard]] inline storage::Change<bool> erase_row(std::string key, errc missing, Snapshot snapshot) {
  storage::Reads reads{{std::move(key)}, {}};
  auto decide = [missing, name = reads.keys[0]](const storage::View& view) -> result<storage::Decision<bool>> {
    if (!view.values[0]) return missing;
    storage::Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(name);
    return decision;
  };
  return {std::move(reads), std::move(decide), snapshot == Snapshot::replaced};
}

}  // namespace portcullis::changes
