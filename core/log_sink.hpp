#pragma once
// Where spdlog's lines go: a bounded buffer that one background thread writes to a descriptor in large pieces. spdlog's
// own asynchronous logger wakes its thread for every line, which costs a request more than the line itself.

#include <spdlog/formatter.h>
#include <spdlog/sinks/sink.h>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "core/clock.hpp"

namespace portcullis {

/// Thread-safe. What is in the buffer is written within 200 ms, warnings and errors at once.
class BatchSink final : public spdlog::sinks::sink {
 public:
  /// Text of the line that tells how many lines were lost.
  using LostText = std::function<std::string(std::uint64_t lines)>;
  /// Writes to `fd`, which it does not own. Starts the background thread.
  BatchSink(const Clock& clock, int fd, std::unique_ptr<spdlog::formatter> formatter, LostText lost_text);
  ~BatchSink() override;  ///< flushes
  BatchSink(const BatchSink&) = delete;
  BatchSink& operator=(const BatchSink&) = delete;

  void log(const spdlog::details::log_msg& line) override;
  /// Waits until all lines so far are written.
  void flush() override;
  void set_pattern(const std::string& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override;
  /// Lines lost because the buffer (4 MiB) was full.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  void run();
  void append(const spdlog::details::log_msg& line, std::string& out);
  void append_lost(std::string& out);
  void write_all(std::string_view text) const;

  const Clock& clock_;
  const int fd_;
  const LostText lost_text_;
  mutable std::mutex mutex_;
  std::condition_variable wake_, written_;
  std::unique_ptr<spdlog::formatter> formatter_;
  std::string buffer_;
  std::uint64_t accepted_ = 0, done_ = 0, dropped_ = 0, dropped_reported_ = 0;
  bool stopping_ = false;
  bool flushing_ = false;
  std::thread thread_;
};

}  // namespace portcullis
