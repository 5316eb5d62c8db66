#pragma once
// Declared reads through a cursor of an LMDB transaction. The view points into the map (or into pages the transaction
// has changed) and lives until the transaction writes or ends. The transaction's thread only.

#include <memory>

#include "storage/lmdb/lmdb_env.hpp"

namespace portcullis::storage::lmdb {

/// Answers LMDB's code; an absent key is no failure.
[[nodiscard]] int fetch(MDB_cursor* cursor, const Reads& reads, View& view);

/// The same view over one block of its own.
[[nodiscard]] Rows own(View view);

/// An empty view that takes over the memory of the thread's last one: a read of the usual size allocates nothing.
class ScratchView {
 public:
  ScratchView();
  ~ScratchView();
  ScratchView(const ScratchView&) = delete;
  ScratchView& operator=(const ScratchView&) = delete;
  [[nodiscard]] View& operator*() const noexcept { return *view_; }

 private:
  std::unique_ptr<View> view_;
};

}  // namespace portcullis::storage::lmdb
