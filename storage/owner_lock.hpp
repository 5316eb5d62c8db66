#pragma once
// One process owns a store: flock on `<folder>/lock`, whose text is the owner's pid. Released by the kernel on death.

#include <filesystem>
#include <optional>

namespace portcullis::storage {

class OwnerLock {
 public:
  /// Takes the lock; creates the folder (0700) when absent. Empty when another process holds it (see owner()).
  /// Throws std::runtime_error when the folder cannot be used.
  [[nodiscard]] static std::optional<OwnerLock> take(const std::filesystem::path& folder);
  /// The pid written by the present owner, when readable.
  [[nodiscard]] static std::optional<int> owner(const std::filesystem::path& folder);
  OwnerLock(OwnerLock&& other) noexcept;
  OwnerLock& operator=(OwnerLock&&) = delete;
  ~OwnerLock();

 private:
  explicit OwnerLock(int fd) noexcept : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace portcullis::storage
