#pragma once
// What every list endpoint shares: the declared parameters `queries`, `search` and `total`, and the way from them over
// the scan thread to the answer. Source: docs/contract/account.md 3.

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/pipeline/call.hpp"
#include "storage/query/source.hpp"

namespace portcullis {

struct ListInput {
  std::vector<std::string> queries;
  std::string search;
  bool total = true;
};
/// Their declarations, in the contract's order.
[[nodiscard]] InputsOf<ListInput> list_inputs();

/// An answer of more bytes is refused.
inline constexpr std::size_t largest_page = std::size_t{16} << 20;
inline constexpr error page_too_large{errc::general_argument_invalid, "queries",
                                      "a list of queries with a smaller limit: this page is too large"};

/// Where a list comes from and how its records are written. Used on the scan thread.
struct List {
  std::shared_ptr<const storage::query::Source> source;
  const char* member;  ///< the answer's name for the records
  /// Appends these records as JSON objects with commas between them, leaving out what is gone.
  std::function<result<void>(std::span<const storage::query::Ref>, std::string& body)> write;
  std::uint64_t page = storage::query::default_limit;  ///< records where no limit is asked for
};

/// The answer to what was asked of the list. Errors: general_argument_invalid, server_busy (all lists together hold
/// too much), those of storage::query::Scan and ScanThread.
[[nodiscard]] awaitable<result<Answer>> answer_list(Services& svc, const Call& call, const ListInput& input, List list);

/// The answer to a list whose records are at hand as a whole: `write` makes its body, on the scan thread when there are
/// more than a few records. It owns what it touches. Errors: those of `write` and of ScanThread,
/// general_argument_invalid (the body is too large).
[[nodiscard]] awaitable<result<Answer>> answer_whole(Services& svc, const Call& call, std::size_t records,
                                                     std::function<result<std::string>()> write);

}  // namespace portcullis
