#include "core/secret.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/crypto/sodium_once.hpp"

namespace portcullis {

Secret::Secret(std::string_view text) : data_(text.empty() ? nullptr : new char[text.size()]), size_(text.size()) {
  if (size_ > 0) std::memcpy(data_.get(), text.data(), size_);
}

Secret Secret::take(std::string& text) {
  Secret secret{std::string_view(text)};
  wipe(text);
  return secret;
}

Secret::Secret(Secret&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  if (data_) wipe(data_.get(), size_);
  data_ = std::move(other.data_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() {
  if (data_) wipe(data_.get(), size_);
}

void wipe(std::string& text) noexcept {
  // Wipes all bytes that the string owns, not only those in use; a resize within the capacity moves nothing.
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

void wipe(void* bytes, std::size_t size) noexcept { crypto::wipe_bytes(bytes, size); }

void wipe_free_stack() noexcept {
  constexpr std::size_t reach = std::size_t{16} * 1024;
  crypto::wipe_stack(reach);
}

void append_secret(std::string& text, std::string_view more) {
  if (text.capacity() - text.size() < more.size()) {
    std::string larger;
    larger.reserve(std::max(text.size() + more.size(), 2 * text.capacity()));
    larger.assign(text);
    wipe(text);
    text = std::move(larger);
  }
  text.append(more);
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept { return crypto::equal_bytes(a, b); }

}  // namespace portcullis
