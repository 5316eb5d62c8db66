#pragma once
// Reads a file piece by piece, so that the memory needed does not depend on its size. One thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace portcullis::transfer {

class ByteSource {
 public:
  /// Fills the buffer from the front and returns the number of bytes; 0 = the end. May throw.
  using Fill = std::function<std::size_t(std::span<char>)>;
  /// A byte order mark at the beginning is skipped.
  explicit ByteSource(Fill fill);

  /// The buffered bytes, read again when none are left; empty = the end.
  [[nodiscard]] std::string_view peek();
  /// Consumes `size` of the bytes that peek() returned.
  void consume(std::size_t size) noexcept;
  [[nodiscard]] std::uint64_t consumed() const noexcept { return consumed_; }

 private:
  void refill();
  Fill fill_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
  bool begun_ = false;
};

/// A source of bytes in memory; `text` outlives it.
[[nodiscard]] ByteSource source_of(std::string_view text);

}  // namespace portcullis::transfer
