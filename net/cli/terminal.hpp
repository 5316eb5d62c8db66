#pragma once
// What a command shows to people and asks them: tables, progress of long work, a password without echo. Main thread.

#include <chrono>
#include <cstdint>
#include <string>

#include "core/json/value.hpp"
#include "core/secret.hpp"

namespace portcullis::cli {

/// A command's answer for people: `name  value` lines, and a table for every list.
[[nodiscard]] std::string render(const json::Object& answer);

/// Says on a terminal, once a second, how far a long walk is. Copies share nothing.
class Progress {
 public:
  explicit Progress(std::string what) : what_(std::move(what)) {}
  void operator()(std::uint64_t done) const;

 private:
  std::string what_;
  mutable std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

/// From the terminal, typed twice without echo; or the first line of standard input when `from_input`.
/// Throws std::runtime_error when there is no terminal, the two differ, or there is no line.
[[nodiscard]] Secret ask_password(bool from_input);

}  // namespace portcullis::cli
