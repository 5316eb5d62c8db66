#pragma once
// Imports users from a file into a project, piece by piece: the memory needed does not grow with the file.

#include <string>

#include "net/config/config.hpp"
#include "net/transfer/record_reader.hpp"

namespace portcullis::cli {

struct ImportOrder {
  std::string project;
  std::string file;  ///< `-` = standard input
  transfer::Format format = transfer::Format::json_lines;
  std::string rejects;  ///< file for refused lines; empty = none
  bool skip_existing = false;
  bool dry_run = false;
  bool as_json = false;
};

/// Runs, reports, and returns the exit status: 0 all imported, 3 some were refused, 1 the file was not read to its end.
/// Throws std::runtime_error with a sentence for people when it could not begin.
[[nodiscard]] int import_users(const ImportOrder& order, Config config);

}  // namespace portcullis::cli
