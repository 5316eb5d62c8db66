#pragma once
// Scratch memory of hash threads: mapped once, huge pages where there are any, out of core dumps, locked where that is
// permitted. Owns its mapping.

#include <cstddef>
#include <system_error>

#include "core/hashing/pool.hpp"

namespace portcullis {

class HashMemory {
 public:
  HashMemory() = default;
  /// Throws std::bad_alloc when the machine does not grant the mapping.
  explicit HashMemory(std::size_t size);
  HashMemory(HashMemory&& other) noexcept;
  HashMemory& operator=(HashMemory&& other) noexcept;
  HashMemory(const HashMemory&) = delete;
  HashMemory& operator=(const HashMemory&) = delete;
  ~HashMemory();  ///< the kernel wipes the pages when they are unmapped

  /// Makes every page resident, so that no hash meets a page fault.
  void populate() noexcept;
  /// Keeps the pages out of swap. Answers the system's reason where that is not permitted.
  [[nodiscard]] std::error_code lock() noexcept;
  [[nodiscard]] HashArena arena() const noexcept { return {data_, size_}; }

 private:
  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  void* data_ = nullptr;  ///< aligned within the mapping
  std::size_t size_ = 0;
};

}  // namespace portcullis
