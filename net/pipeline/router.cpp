#include "net/pipeline/router.hpp"

#include <algorithm>
#include <array>

#include "core/crypto/encoding.hpp"

namespace portcullis {
namespace {

constexpr std::size_t max_segments = 16;

struct Segments {
  std::array<std::string_view, max_segments> at;
  std::size_t count = 0;
};

/// The segments of a path that are not empty: an endpoint set up as `https://host/v1/` makes `/v1//account` of
/// `/account`.
std::optional<Segments> split(std::string_view path) {
  Segments out;
  if (path.empty() || path.front() != '/') return std::nullopt;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (segment.empty()) continue;
    if (out.count == max_segments) return std::nullopt;
    out.at[out.count++] = segment;
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
    const bool is_param = segment.front() == ':';
    if (is_param) names.push_back(segment.substr(1));
    std::unique_ptr<Node>& next = is_param ? node->param : node->children[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  node->entries.push_back(Entry{route.method, &route, std::move(names)});
}

const Router::Node* Router::descend(const Node& node, http::Method method, std::span<const std::string_view> segments,
                                    std::vector<std::string_view>& values) const {
  if (segments.empty()) {
    const auto has_method = [&](const Entry& entry) { return entry.method == method; };
    return std::any_of(node.entries.begin(), node.entries.end(), has_method) ? &node : nullptr;
  }
  // A literal segment goes before a parameter, but only where the method exists behind it.
  const auto child = node.children.find(segments.front());
  if (child != node.children.end())
    if (const Node* found = descend(*child->second, method, segments.subspan(1), values)) return found;
  if (!node.param) return nullptr;
  values.push_back(segments.front());
  const Node* found = descend(*node.param, method, segments.subspan(1), values);
  if (!found) values.pop_back();
  return found;
}

std::optional<Match> Router::find(http::Method method, std::string_view target) const {
  const std::optional<Segments> segments = split(target.substr(0, target.find_first_of("?#")));
  if (!segments) return std::nullopt;
  const http::Method wanted = method == http::Method::head ? http::Method::get : method;
  std::vector<std::string_view> values;
  const Node* node = descend(root_, wanted, std::span(segments->at).first(segments->count), values);
  if (!node) return std::nullopt;
  const auto entry =
      std::find_if(node->entries.begin(), node->entries.end(), [&](const Entry& r) { return r.method == wanted; });
  Match match;
  match.route = entry->route;
  for (std::size_t v = 0; v < values.size(); ++v)
    match.params.emplace_back(entry->names[v], crypto::url_decode(values[v], false));
  return match;
}

}  // namespace portcullis
