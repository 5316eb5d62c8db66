#include "core/log_sink.hpp"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace portcullis {
namespace {

constexpr std::size_t buffer_limit = std::size_t{4} << 20;
/// The writer wakes at least this often, so that the hot path signals only when the buffer grows large.
constexpr std::chrono::milliseconds write_pause{200};
constexpr std::size_t wake_at = 64 * 1024;

}  // namespace

BatchSink::BatchSink(const Clock& clock, int fd, std::unique_ptr<spdlog::formatter> formatter, LostText lost_text)
    : clock_(clock), fd_(fd), lost_text_(std::move(lost_text)), formatter_(std::move(formatter)) {
  thread_ = std::thread([this] { run(); });
}

BatchSink::~BatchSink() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void BatchSink::log(const spdlog::details::log_msg& line) {
  bool notify = line.level >= spdlog::level::warn;
  {
    const std::scoped_lock lock(mutex_);
    if (buffer_.size() > buffer_limit) {
      ++dropped_;
      return;
    }
    append(line, buffer_);
    ++accepted_;
    notify = notify || buffer_.size() > wake_at;
  }
  if (notify) wake_.notify_one();
}

void BatchSink::append(const spdlog::details::log_msg& line, std::string& out) {
  spdlog::memory_buf_t text;
  formatter_->format(line, text);
  out.append(text.data(), text.size());
}

void BatchSink::append_lost(std::string& out) {
  const std::string text = lost_text_(dropped_ - dropped_reported_);
  append(spdlog::details::log_msg(clock_.now(), {}, {}, spdlog::level::warn, text), out);
  dropped_reported_ = dropped_;
}

void BatchSink::run() {
  std::string batch;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, write_pause, [this] { return stopping_ || flushing_ || buffer_.size() > wake_at; });
    batch.clear();
    batch.swap(buffer_);
    const std::uint64_t upto = accepted_;
    if (dropped_ > dropped_reported_ && !batch.empty()) append_lost(batch);
    const bool last = stopping_;
    lock.unlock();
    write_all(batch);
    lock.lock();
    done_ = upto;
    if (done_ == accepted_) flushing_ = false;
    written_.notify_all();
    if (last && buffer_.empty()) return;
  }
}

void BatchSink::write_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    else if (errno != EINTR)
      return;  // nobody reads the descriptor; a log must not stop the server
  }
}

void BatchSink::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t upto = accepted_;
  flushing_ = true;
  wake_.notify_all();
  written_.wait(lock, [&] { return done_ >= upto; });
}

void BatchSink::set_pattern(const std::string& pattern) {
  set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
}

void BatchSink::set_formatter(std::unique_ptr<spdlog::formatter> formatter) {
  const std::scoped_lock lock(mutex_);
  formatter_ = std::move(formatter);
}

std::uint64_t BatchSink::dropped() const {
  const std::scoped_lock lock(mutex_);
  return dropped_;
}

}  // namespace portcullis
