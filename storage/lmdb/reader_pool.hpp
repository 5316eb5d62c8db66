#pragma once
// Read transactions kept ready: parked (reset) ones wait in lock-free slots with their cursor, so that a read costs a
// renewal and no allocation of LMDB's. Any thread; a reader is used by one thread at a time.

#include <array>
#include <atomic>
#include <memory>

#include "storage/lmdb/lmdb_env.hpp"

namespace portcullis::storage::lmdb {

/// One read transaction and its cursor.
struct Reader {
  Txn txn;
  Cursor cursor;  // declared after txn: closed before it
};

class ReaderPool {
 public:
  ReaderPool(MDB_env* env, MDB_dbi dbi) : env_(env), dbi_(dbi) {}
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  /// Takes a reader for the duration of a call and parks it again.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Reader> reader) : pool_(pool), reader_(std::move(reader)) {}
    ~Lease() { pool_.park(std::move(reader_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] MDB_txn* txn() const noexcept { return reader_->txn.get(); }
    [[nodiscard]] MDB_cursor* cursor() const noexcept { return reader_->cursor.get(); }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Reader> reader_;
  };

  /// A reader at the present state of the store; throws nothing but std::bad_alloc, answers LMDB's code otherwise.
  [[nodiscard]] int begin(std::unique_ptr<Reader>& reader);

 private:
  void park(std::unique_ptr<Reader> reader) noexcept;
  [[nodiscard]] static std::size_t home() noexcept;

  struct alignas(64) Slot {
    std::atomic<Reader*> reader{nullptr};
  };
  static constexpr std::size_t slot_count = 64;
  MDB_env* env_;
  MDB_dbi dbi_;
  std::array<Slot, slot_count> slots_;
};

}  // namespace portcullis::storage::lmdb
