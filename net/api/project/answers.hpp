#pragma once
// The project in answers, with what it shows of records of its own: dev keys and pings, and in formats before 1.9.5 its
// platforms, keys and mock phone numbers.

#include <cstddef>
#include <string>
#include <vector>

#include "core/project.hpp"
#include "net/pipeline/call.hpp"

namespace portcullis::api {

struct ProjectText {
  std::string text;
  std::size_t whole_bytes = 0;  ///< written before the selection, which saves nobody that work
};

/// As the caller's response format has it. A caller sees there what the lists of their own would show: dev keys with
/// `devKeys.read`; in older formats key secrets with `keys.read` and mock phone numbers with `mocks.read`, without
/// those keys without their secrets and no numbers. Errors: record_corrupt, those of answer_whole().
/// Only the members in `selected`, unless that is empty.
[[nodiscard]] awaitable<result<ProjectText>> project_text(Services& svc, const Call& call, const Project& project,
                                                          const std::vector<std::string>& selected);
[[nodiscard]] awaitable<result<Answer>> answer_project(Services& svc, const Call& call, const Project& project);

}  // namespace portcullis::api
