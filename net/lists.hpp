#pragma once
// What every list endpoint shares: the declared parameters `queries`, `search` and `total`, and the way from them over
// the scan thread to the answer. Contract account.md section 3.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/route.hpp"
#include "storage/query/source.hpp"

namespace portcullis {

struct ListInput {
  std::vector<std::string> queries;
  std::string search;
  bool total = true;
};
/// Their declarations, in the contract's order.
[[nodiscard]] Inputs list_inputs();

/// Where a list comes from and how its records are written. Used on the scan thread.
struct List {
  std::shared_ptr<const storage::query::Source> source;
  const char* member;  ///< the answer's name for the records
  /// Appends these records as JSON objects with commas between them, leaving out what is gone.
  std::function<result<void>(std::span<const storage::query::Ref>, std::string& body)> write;
  std::uint64_t page = storage::query::default_limit;  ///< records where no limit is asked for
};

/// The answer to the call's ListInput. Errors: general_argument_invalid, those of storage::query::Scan and ScanThread.
[[nodiscard]] awaitable<result<Answer>> answer_list(Services& svc, const Call& call, List list);

}  // namespace portcullis
