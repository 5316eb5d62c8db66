#pragma once
// Writes a project's users to a file, page by page: the memory needed does not grow with the project.

#include <string>

#include "net/config/config.hpp"
#include "net/transfer/record_reader.hpp"

namespace portcullis::cli {

struct ExportOrder {
  std::string project;
  std::string file;  ///< a new one; empty or `-` = standard output
  transfer::Format format = transfer::Format::json_lines;
  bool with_hashes = false;
  bool as_json = false;
};

/// Runs, reports (to standard error when the users go to standard output), and returns the exit status. Throws
/// std::runtime_error with a sentence for people; an incomplete file is removed then.
[[nodiscard]] int export_users(const ExportOrder& order, Config config);

}  // namespace portcullis::cli
