#include "net/router.hpp"

#include <array>

#include "core/crypto/encoding.hpp"

namespace portcullis {
namespace {

constexpr std::size_t max_segments = 16;

struct Segments {
  std::array<std::string_view, max_segments> at;
  std::size_t count = 0;
};

/// The segments of `/a/b` and of `/a/b/`; an empty one in the middle is kept and matches no row.
std::optional<Segments> split(std::string_view path) {
  Segments out;
  if (path.empty() || path.front() != '/') return std::nullopt;
  path.remove_prefix(1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  bool more = !path.empty();
  while (more) {
    if (out.count == max_segments) return std::nullopt;
    const std::size_t slash = path.find('/');
    out.at[out.count++] = path.substr(0, slash);
    more = slash != std::string_view::npos;
    if (more) path.remove_prefix(slash + 1);
  }
  return out;
}

}  // namespace

Router::Router(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    add(route.path, route);
    for (const std::string_view alias : route.aliases) add(alias, route);
  }
}

void Router::add(std::string_view path, const Route& route) {
  Node* node = &root_;
  std::vector<std::string_view> names;
  const std::optional<Segments> segments = split(path);
  for (std::size_t i = 0; segments && i < segments->count; ++i) {
    const std::string_view segment = segments->at[i];
    const bool is_param = !segment.empty() && segment.front() == ':';
    if (is_param) names.push_back(segment.substr(1));
    std::unique_ptr<Node>& next = is_param ? node->param : node->children[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  node->routes.emplace_back(route.method, &route);
  node->names.emplace_back(route.method, std::move(names));
}

std::optional<Match> Router::find(http::Method method, std::string_view target) const {
  const std::optional<Segments> segments = split(target.substr(0, target.find_first_of("?#")));
  if (!segments) return std::nullopt;
  const Node* node = &root_;
  std::array<std::string_view, max_segments> values;
  std::size_t value_count = 0;
  for (std::size_t i = 0; i < segments->count; ++i) {
    const std::string_view segment = segments->at[i];
    const auto child = node->children.find(segment);
    if (child != node->children.end()) {
      node = child->second.get();
    } else if (node->param && !segment.empty()) {
      values[value_count++] = segment;
      node = node->param.get();
    } else {
      return std::nullopt;
    }
  }
  const http::Method wanted = method == http::Method::head ? http::Method::get : method;
  for (std::size_t r = 0; r < node->routes.size(); ++r) {
    if (node->routes[r].first != wanted) continue;
    Match match;
    match.route = node->routes[r].second;
    const std::vector<std::string_view>& names = node->names[r].second;
    for (std::size_t v = 0; v < value_count && v < names.size(); ++v)
      match.params.emplace_back(names[v], crypto::url_decode(values[v], false));
    return match;
  }
  return std::nullopt;
}

}  // namespace portcullis
