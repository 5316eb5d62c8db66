#pragma once
// What an import counts, and its final report. Its size depends on the number of distinct reasons, which is small. Main
// thread.

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/value.hpp"

namespace portcullis::cli {

class ImportReport {
 public:
  /// `rejects` is created; empty = none. Throws std::runtime_error when it cannot be.
  explicit ImportReport(const std::string& rejects);

  void refuse(std::uint64_t line, const std::string& reason);
  void take(std::uint64_t users) { taken_ += users; }
  void skip() { ++existing_; }
  /// Counts commits, with the longest time that one of them held the writer and the longest flush, in microseconds.
  void note_commits(std::uint64_t commits, std::uint64_t held, std::uint64_t flushed) {
    commits_ += commits;
    longest_hold_us_ = std::max(longest_hold_us_, held);
    longest_flush_us_ = std::max(longest_flush_us_, flushed);
  }
  /// The rest of the file was not imported, for this reason.
  void fail(std::string why) { failure_ = std::move(why); }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  [[nodiscard]] bool failed() const noexcept { return !failure_.empty(); }
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// For people and as JSON. Throws std::runtime_error when the rejects could not all be written.
  [[nodiscard]] json::Object finish(double seconds, bool dry_run);

 private:
  struct Reason {
    std::uint64_t count = 0;
    std::vector<std::uint64_t> first_lines;
  };
  std::string rejects_name_;
  std::ofstream rejects_;
  std::map<std::string, Reason> reasons_;
  std::uint64_t taken_ = 0;
  std::uint64_t existing_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t commits_ = 0;
  std::uint64_t longest_hold_us_ = 0;
  std::uint64_t longest_flush_us_ = 0;
  std::string failure_;
};

}  // namespace portcullis::cli
