#pragma once
// Bytes of a file that is read piece by piece, so that its size does not matter. One thread.

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
  /// Fills from the front and answers how much; 0 = the end. Throws what it likes.
  using Fill = std::function<std::size_t(std::span<char>)>;
  /// A byte order mark at the beginning is skipped.
  explicit ByteSource(Fill fill);

  /// What is at hand, read anew when nothing is left; empty = the end.
  [[nodiscard]] std::string_view peek();
  /// Takes `size` of the bytes that peek() showed.
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

/// A source of bytes that are in memory; `text` outlives it.
[[nodiscard]] ByteSource source_of(std::string_view text);

}  // namespace portcullis::transfer
