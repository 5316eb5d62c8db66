#pragma once
// Finds the row of the route table for a method and target: a tree by path segments. Built once; read by all reactors.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/pipeline/route.hpp"

namespace portcullis {

struct Match {
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params;  ///< percent-decoded; names live in the table
};

class Router {
 public:
  /// `routes` outlive the router.
  explicit Router(const std::vector<Route>& routes);
  /// HEAD finds GET's row. `target` may carry a query. At most 16 segments are looked at; more is a miss.
  [[nodiscard]] std::optional<Match> find(http::Method method, std::string_view target) const;

 private:
  /// One route behind a node, with the names of the path's parameters in order.
  struct Entry {
    http::Method method;
    const Route* route;
    std::vector<std::string_view> names;
  };
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::unique_ptr<Node> param;
    std::vector<Entry> entries;
  };
  [[nodiscard]] const Node* descend(const Node& node, http::Method method, std::span<const std::string_view> segments,
                                    std::vector<std::string_view>& values) const;
  void add(std::string_view path, const Route& route);
  Node root_;
};

}  // namespace portcullis
