#pragma once
// Output of commands for people, and questions to them: tables, progress of long work, a password without echo. Main
// thread.

#include <chrono>
#include <cstdint>
#include <string>

#include "core/json/value.hpp"
#include "core/secret.hpp"

namespace portcullis::cli {

/// A command's answer as text: `name  value` lines, and a table for every list.
[[nodiscard]] std::string render(const json::Object& answer);

/// Prints the progress of a long walk on a terminal, once a second. Copies share nothing.
class Progress {
 public:
  explicit Progress(std::string what) : what_(std::move(what)) {}
  void operator()(std::uint64_t done) const;

 private:
  std::string what_;
  mutable std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

/// A progress bar on the terminal for work of known length; prints nothing without a terminal. Erased when it ends.
class ProgressBar {
 public:
  explicit ProgressBar(std::size_t steps);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();
  /// Begins the next step, and names its subject.
  void begin(const std::string& what);
  /// Sets the number of finished steps; drawn at most ten times a second.
  void move_to(std::size_t step, const std::string& what);

 private:
  void draw(const std::string& what) const;
  std::size_t steps_;
  std::size_t begun_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
  bool shown_;
};

/// Reads a password: from the terminal, typed twice without echo; or the first line of standard input when
/// `from_input`. Throws std::runtime_error when there is no terminal, the two differ, or there is no line.
[[nodiscard]] Secret ask_password(bool from_input);

}  // namespace portcullis::cli
