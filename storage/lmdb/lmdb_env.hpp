#pragma once
// Opening the LMDB environment: how much address space to reserve, what is a store and what is not, and LMDB's codes as
// our errors. The environment is used by all threads; each function says what it needs.

#include <lmdb.h>

#include <memory>
#include <string_view>

#include "core/error.hpp"
#include "storage/lmdb/lmdb_engine.hpp"

namespace portcullis::storage::lmdb {

struct CloseEnv {
  void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
};
struct AbortTxn {
  void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
};
struct CloseCursor {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using Env = std::unique_ptr<MDB_env, CloseEnv>;
using Txn = std::unique_ptr<MDB_txn, AbortTxn>;
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

struct Environment {
  Env env;
  MDB_dbi dbi = 0;
};

/// Opens or creates the environment and its head record; throws std::runtime_error as open_lmdb says.
[[nodiscard]] Environment open_environment(const LmdbOptions& options);

/// The largest step of 1 TiB, 256, 64, 16, 4, 1 GiB, at most `wanted`, for which the process still gets address space.
[[nodiscard]] std::uint64_t reservable_map(std::uint64_t wanted);

/// What a failed read means above the seam.
[[nodiscard]] error read_error(int code) noexcept;
/// True for the failures that say "no room" and leave the store as it was.
[[nodiscard]] bool is_full(int code) noexcept;
/// An errno, or a code of LMDB's own, in words.
[[nodiscard]] std::string words_of(int code);

[[nodiscard]] inline MDB_val to_val(std::string_view bytes) noexcept {
  return {bytes.size(), const_cast<char*>(bytes.data())};  // LMDB takes keys and values as void*, and only reads them
}
[[nodiscard]] inline std::string_view to_view(const MDB_val& val) noexcept {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

}  // namespace portcullis::storage::lmdb
