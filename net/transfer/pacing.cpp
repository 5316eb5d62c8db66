#include "net/transfer/pacing.hpp"

#include <algorithm>

namespace portcullis::transfer {

Pacing::Pacing(std::size_t size) noexcept : size_(std::clamp(size, fewest, most)) {}

void Pacing::note(std::size_t users, std::chrono::microseconds held) noexcept {
  const auto goal = static_cast<std::size_t>(std::chrono::microseconds(usual_hold).count());
  const auto spent = static_cast<std::size_t>(std::max<std::chrono::microseconds::rep>(1, held.count()));
  const std::size_t fits = users * goal / spent;
  if (held > usual_hold)
    size_ = std::clamp(fits, fewest, size_);
  else if (users >= size_)
    size_ = std::min({fits, size_ + std::max<std::size_t>(1, size_ / 4), most});
}

}  // namespace portcullis::transfer
