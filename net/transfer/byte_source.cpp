#include "net/transfer/byte_source.hpp"

#include <algorithm>
#include <utility>

namespace portcullis::transfer {
namespace {

constexpr std::size_t piece = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

ByteSource::ByteSource(Fill fill) : fill_(std::move(fill)), buffer_(piece) {}

void ByteSource::refill() {
  at_ = 0;
  end_ = fill_(buffer_);
  if (begun_) return;
  begun_ = true;
  while (end_ > 0 && end_ < byte_order_mark.size()) {
    const std::size_t more = fill_(std::span(buffer_).subspan(end_));
    if (more == 0) break;
    end_ += more;
  }
  if (std::string_view(buffer_.data(), end_).starts_with(byte_order_mark)) consume(byte_order_mark.size());
}

std::string_view ByteSource::peek() {
  if (at_ == end_) refill();
  if (at_ == end_ && end_ > 0) refill();  // the byte order mark was all of the buffer
  return {buffer_.data() + at_, end_ - at_};
}

void ByteSource::consume(std::size_t size) noexcept {
  at_ += size;
  consumed_ += size;
}

ByteSource source_of(std::string_view text) {
  return ByteSource([text](std::span<char> into) mutable {
    const std::size_t size = std::min(into.size(), text.size());
    std::copy_n(text.begin(), size, into.begin());
    text.remove_prefix(size);
    return size;
  });
}

}  // namespace portcullis::transfer
