#pragma once
// An owned text that is wiped when it is destroyed: passwords, session secrets, key secrets. Move-only, never
// printable. Copies are explicit: clone(). Any thread, one at a time.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace portcullis {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text);
  /// Takes the text and wipes the source's bytes.
  [[nodiscard]] static Secret take(std::string& text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const { return Secret(view()); }
  [[nodiscard]] std::string_view view() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

/// Overwrites the text's whole capacity so that the compiler cannot remove it, and clears it.
void wipe(std::string& text) noexcept;
void wipe(void* bytes, std::size_t size) noexcept;
/// Overwrites the stack below the caller's frame, 16 KiB of it: calls that have returned left copies of what they had
/// in registers there, secrets among it. To be called where a thread has done with a secret, as near to its first frame
/// as it may be.
void wipe_free_stack() noexcept;
/// Appends; when the text has to move for that, its old place is wiped.
void append_secret(std::string& text, std::string_view more);
/// Equality in a time that depends on the lengths only.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace portcullis
